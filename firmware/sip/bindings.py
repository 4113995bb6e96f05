"""Bindings: where an extension's devices are reached, and the address that a call to one goes to.

Not responsible for who may register (native/auth.c) nor for the rules of REGISTER (register.py).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from msgspec import Struct


class Source(Struct, frozen=True):
    """Where a message came from."""

    ip: str
    port: int
    transport: str  # udp, tcp, tls


class Binding(Struct, frozen=True):
    """One registered device."""

    extension: str
    contact: str  # URI as the device gave it
    target: str  # URI that a call to it goes to, see `target_of`
    source: Source
    user_agent: str  # printable
    instance: str  # +sip.instance, "" = none
    call_id: str
    cseq: int
    granted_s: int
    since: datetime  # first registered, without a gap, UTC
    expires_at: datetime  # wall time, UTC
    key: str = ""  # fingerprint of the register password that it was made with, "" = not known


class BindingStore(Protocol):
    """Keeps bindings over a restart of the core. Writing returns at once; it may be batched."""

    def load(self) -> Iterable[Binding]: ...
    def save(self, binding: Binding) -> None:
        """Insert, or replace the one with the same extension and contact."""

    def remove(self, extension: str, contact: str) -> None: ...


class MemoryBindings:
    """A store that forgets with the process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Binding] = {}

    def load(self) -> Iterable[Binding]:
        return tuple(self._kept.values())

    def save(self, binding: Binding) -> None:
        self._kept[binding.extension, binding.contact] = binding

    def remove(self, extension: str, contact: str) -> None:
        self._kept.pop((extension, contact), None)


def split_uri(uri: str) -> tuple[str, str, str, str]:
    """Scheme, user (with @, or empty), host and port, and the rest of a SIP URI (RFC 3261 25.1)."""
    scheme, _, rest = uri.partition(":")
    user, at, rest = rest.rpartition("@")  # no part after the host may hold an @
    end = min((rest.index(mark) for mark in ";?" if mark in rest), default=len(rest))
    return scheme, user + at, rest[:end], rest[end:]


def _host_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, ""
    return host.strip("[]").lower(), int(port) if port.isdigit() else 5060


def _with_transport(rest: str, transport: str) -> str:
    """URI parameters without URI headers, and with this transport; UDP needs no saying."""
    parts = [part for part in rest.partition("?")[0].split(";") if part]
    kept = [part for part in parts if part.partition("=")[0].lower() not in ("transport", "maddr")]
    if transport != "udp":
        kept.append(f"transport={transport}")
    return "".join(f";{part}" for part in kept)


def target_of(contact: str, source: Source, *, rport: bool) -> str:
    """The URI that reaches the device: its contact, or where it really sent from.

    A device on TCP or TLS is reached over the connection that it has opened. One on UDP is taken at its word unless its
    host is not where it sends from (NAT), or it asked for answers to its source port (RFC 3581).
    """
    scheme, user, place, rest = split_uri(contact)
    host, port = _host_port(place)
    moved = source.transport != "udp" or host != source.ip.lower() or (rport and port != source.port)
    if moved:
        place = f"[{source.ip}]:{source.port}" if ":" in source.ip else f"{source.ip}:{source.port}"
    return f"{scheme}:{user}{place}{_with_transport(rest, source.transport)}"
