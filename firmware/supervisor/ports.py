"""Whether a port can be taken, and the words for when it cannot."""

import errno
import socket
from collections.abc import Iterable

from firmware.contract.status import Check, Mark
from firmware.supervisor.programs import Address


def port_check(name: str, address: Address, option: str, kinds: Iterable[socket.SocketKind]) -> Check:
    """Try to bind the address with each kind of socket; `option` is what the user may change it with."""
    for kind in kinds:
        try:
            try_to_bind(address, kind)
        except OSError as error:
            return Check(name, Mark.FAILED, f"{name} {address} {reason(error)}", remedy(error, option))
    return Check(name, Mark.PASSED, f"{name} {address} is free")


def try_to_bind(address: Address, kind: socket.SocketKind) -> None:
    """Bind and let go. Raises OSError."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # old connections in TIME_WAIT do not count
        probe.bind((address.host, address.port))


def reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "is in use by another program"
    if error.errno == errno.EADDRNOTAVAIL:
        return "is not an address of this machine"
    if error.errno == errno.EACCES:
        return "may be used by root only"
    return f"cannot be used: {error.strerror or error}"


def remedy(error: OSError, option: str) -> str:
    stop = "stop it or " if error.errno == errno.EADDRINUSE else ""
    return f"{stop}start with {option} ADDRESS:PORT"
