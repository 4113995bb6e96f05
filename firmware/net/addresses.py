"""The machine's addresses, asked of the kernel each time (rtnetlink, RFC 3549). Not here: changing them."""

import ipaddress
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_RTM_GETADDR, _NLMSG_DONE, _NLMSG_ERROR = 22, 3, 2
_NLM_F_REQUEST_DUMP = 0x301
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_HEADER, _IFADDR, _ATTRIBUTE = struct.Struct("=IHHII"), struct.Struct("=BBBBI"), struct.Struct("=HH")

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Address:
    """One address of one interface."""

    interface: str
    ip: Ip


def addresses() -> list[Address]:
    """All addresses but loopback and link-local ones, in the kernel's order. Empty when the kernel does not answer."""
    try:
        return [each for each in _ask_kernel() if not (each.ip.is_loopback or each.ip.is_link_local)]
    except OSError:
        return []


def _ask_kernel() -> Iterator[Address]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(0.2)
        body = _IFADDR.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
        kernel.send(_HEADER.pack(_HEADER.size + len(body), _RTM_GETADDR, _NLM_F_REQUEST_DUMP, 1, 0) + body)
        while True:
            packet = kernel.recv(65536)
            at = 0
            while at + _HEADER.size <= len(packet):
                size, kind, *_ = _HEADER.unpack_from(packet, at)
                if kind in (_NLMSG_DONE, _NLMSG_ERROR) or size < _HEADER.size:
                    return
                yield from _parse(packet[at + _HEADER.size : at + size])
                at += (size + 3) & ~3


def _parse(message: bytes) -> Iterator[Address]:
    _family, _length, _flags, _scope, index = _IFADDR.unpack_from(message)
    found: dict[int, bytes] = {}
    at = _IFADDR.size
    while at + _ATTRIBUTE.size <= len(message):
        size, kind = _ATTRIBUTE.unpack_from(message, at)
        if size < _ATTRIBUTE.size:
            break
        found[kind] = message[at + _ATTRIBUTE.size : at + size]
        at += (size + 3) & ~3
    raw = found.get(_IFA_LOCAL) or found.get(_IFA_ADDRESS)
    if raw is not None and len(raw) in (4, 16):
        yield Address(socket.if_indextoname(index), ipaddress.ip_address(raw))


def uplink(route_file: Path = Path("/proc/net/route")) -> str | None:
    """The interface of the IPv4 default route with the lowest metric, None without one."""
    try:
        rows = [line.split() for line in route_file.read_text().splitlines()[1:]]
    except OSError:
        return None
    defaults = [(int(row[6]), row[0]) for row in rows if len(row) > 7 and row[1] == "00000000" and row[7] == "00000000"]
    return min(defaults)[1] if defaults else None


class KernelAddresses:
    """WAN: the interface with the default route. LAN: every other one, or the same where there is only one."""

    def wan(self) -> list[Ip]:
        outward = uplink()
        return [each.ip for each in addresses() if each.interface == outward]

    def lan(self) -> list[Ip]:
        outward, found = uplink(), addresses()
        inward = [each.ip for each in found if each.interface != outward]
        return inward or [each.ip for each in found]
