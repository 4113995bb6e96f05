"""Speak to the core from a thread: for the portal and the command line. Blocks; never for an event loop.

One connection, one request at a time. A connection that has failed is closed and stays closed: connect again.
"""

import socket
from collections.abc import Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from firmware.contract import VERSION, wire
from firmware.contract.events import Event
from firmware.contract.replies import Refusal, Reply, Welcome
from firmware.contract.requests import Hello, Peer, Request, Subscribe

R = TypeVar("R", bound=Reply)
SOCKET_NAME = "run/core.sock"


class CoreDown(Exception):
    """Nobody answers at the core's socket; it may be starting again."""


class Refused(Exception):
    """The core refused the request; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


class Client:
    """A connection to the core at `path`. Raises CoreDown, WireError when the far end is not the box's core, Refused.

    `timeout_s` bounds each wait for a reply; `allowed` are the user ids that the core may run as.
    """

    def __init__(
        self, path: Path, peer: Peer, *, timeout_s: float = 10.0, allowed: Collection[int] | None = None
    ) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect(str(path))
            wire.check_peer(self._socket, wire.own_uids() if allowed is None else allowed)
            self.product = self.ask(Hello(VERSION, peer), Welcome).product
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise CoreDown(f"no answer at {path}: {error.strerror or error}") from error
            raise

    def ask(self, request: Request, expected: type[R]) -> R:
        """Send one request and return its reply, which must be of the expected type."""
        self._send(request)
        reply = self._receive()
        if isinstance(reply, Refusal):
            raise Refused(reply)
        if not isinstance(reply, expected):
            raise wire.WireError(f"{type(reply).__name__} came where {expected.__name__} was due")
        return reply

    def follow(self, request: Subscribe, *, wait_s: float) -> Iterator[Event | None]:
        """Yield each event, and None after each `wait_s` without one. Takes the connection for good."""
        self._send(request)
        self._socket.settimeout(wait_s)
        header = b""
        while True:
            try:
                header += self._socket.recv(wire.LENGTH.size - len(header)) or self._end()
            except TimeoutError:
                yield None
                continue
            except OSError as error:
                raise CoreDown(f"the core has gone: {error.strerror or error}") from error
            if len(header) == wire.LENGTH.size:
                message, header = wire.decode_answer(self._exactly(wire.length(header))), b""
                if isinstance(message, Refusal):
                    raise Refused(message)
                if isinstance(message, Event):
                    yield message

    def close(self) -> None:
        self._socket.close()

    def _send(self, request: Request) -> None:
        try:
            self._socket.sendall(wire.encode(request))
        except OSError as error:
            raise CoreDown(f"the core has gone: {error.strerror or error}") from error

    def _receive(self) -> Reply | Event:
        return wire.decode_answer(self._exactly(wire.length(self._exactly(wire.LENGTH.size))))

    def _exactly(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            try:
                data += self._socket.recv(count - len(data)) or self._end()
            except OSError as error:
                raise CoreDown(f"the core does not answer: {error.strerror or error}") from error
        return bytes(data)

    @staticmethod
    def _end() -> bytes:
        raise CoreDown("the core has closed the connection")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()
