"""What a child and the supervisor say to each other over their socket pair, and the child's end of that pair.

One packet a message (SOCK_SEQPACKET), JSON. Not responsible for the beat's rhythm: the loop that must be seen to be
alive calls `beat` itself, each `EVERY_S`.
"""

import contextlib
import socket
from typing import Final

import msgspec
from msgspec import Struct

from firmware.contract.status import Check

EVERY_S: Final = 1.0
MAX_BYTES: Final = 16384


class Signal(Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Base of a child's messages."""


class Ready(Signal, frozen=True):
    """Once, when the child does its work: `addresses` says what is reachable where.

    `claim` is the administrator's password if it was made at this start: it is shown once, on the terminal.
    """

    addresses: dict[str, str] = {}
    claim: str | None = None


class Beat(Signal, frozen=True):
    """Each second. Every counter must have moved at least once in the time that the supervisor allows."""

    counters: dict[str, int]


class Failed(Signal, frozen=True):
    """The child cannot start and another try will not help; `reason` is for the user. It exits right after."""

    reason: str


class Checked(Signal, frozen=True):
    """From the supervisor to the core, after each round of self-checks: they go into the box's status."""

    checks: tuple[Check, ...]


_checked: Final[msgspec.json.Decoder[Checked]] = msgspec.json.Decoder(Checked)
_decoder: Final[msgspec.json.Decoder[Ready | Beat | Failed]] = msgspec.json.Decoder(Ready | Beat | Failed)


def decode(packet: bytes) -> Ready | Beat | Failed | None:
    """The message in a packet, None when it is none: the supervisor treats that as silence."""
    try:
        return _decoder.decode(packet)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


class Heart:
    """The child's end. Never blocks and never raises: a supervisor that is gone or slow must not disturb a call."""

    def __init__(self, fd: int) -> None:
        """`fd` is the number that the supervisor gave with --heartbeat-fd."""
        self._socket = socket.socket(fileno=fd)
        self._socket.setblocking(False)

    def ready(self, addresses: dict[str, str], claim: str | None = None) -> None:
        self._send(Ready(addresses, claim))

    def beat(self, **counters: int) -> None:
        """Core: `beat(loop=n, media=ticks, lines=scans)`. A counter that the child does not have is left out."""
        self._send(Beat(counters))

    def failed(self, reason: str) -> None:
        self._send(Failed(reason))

    def fileno(self) -> int:
        """For the loop: readable when `received` has something."""
        return self._socket.fileno()

    def received(self) -> Checked | None:
        """The supervisor's next message, None when there is none."""
        try:
            return _checked.decode(self._socket.recv(MAX_BYTES))
        except (OSError, msgspec.MsgspecError):
            return None

    def close(self) -> None:
        self._socket.close()

    def _send(self, signal: Signal) -> None:
        with contextlib.suppress(OSError):
            self._socket.send(msgspec.json.encode(signal))
