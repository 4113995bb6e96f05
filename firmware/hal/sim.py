"""SPI and pins of the simulated board, over its `bus.sock`. Connects when first used and again after a loss.

Not responsible for starting the board nor for bringing its chips up again: a failed access raises BusError and
whoever drives the chip tries again later.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from firmware.hal import BusError, wire

REPLY_TIMEOUT_S = 0.2  # the board answers in well under a millisecond; later than this it hangs

log = logging.getLogger(__name__)


class SimBus:
    """Both `Spi` and `Gpio`. Use on the event loop's thread; `path` is DATA/run/bus.sock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._requests: socket.socket | None = None
        self._edges: socket.socket | None = None
        self._on_fall: dict[str, list[Callable[[], None]]] = {}

    def transfer(self, cs: int, frames: Sequence[bytes]) -> bytes:
        return self._ask(wire.transfer_request(cs, frames))

    def write(self, name: str, level: bool) -> None:
        self._ask(wire.write_request(name, level))

    def read(self, name: str) -> bool:
        return self._ask(wire.read_request(name)) == b"\x01"

    def on_fall(self, name: str, callback: Callable[[], None]) -> None:
        self._on_fall.setdefault(name, []).append(callback)

    def close(self) -> None:
        if self._edges is not None:
            asyncio.get_running_loop().remove_reader(self._edges)
            self._edges.close()
        if self._requests is not None:
            self._requests.close()
        self._requests = self._edges = None

    def _ask(self, request: bytes) -> bytes:
        if self._requests is None:
            self._connect()
        assert self._requests is not None
        try:
            self._requests.send(request)
            reply = self._requests.recv(wire.PACKET_MAX_BYTES)
        except OSError as error:  # also a late reply, which must not answer the next request: start over
            self.close()
            raise BusError(f"simulated board, {self._path}: {error}") from error
        if not reply:
            self.close()
            raise BusError(f"simulated board, {self._path}: it has gone")
        if reply[:1] != wire.OK:
            raise BusError(f"simulated board: {reply[1:].decode(errors='replace')}")
        return reply[1:]

    def _connect(self) -> None:
        try:
            self._requests = self._open()
            self._edges = self._open()
            self._edges.send(wire.EDGES)
            self._edges.setblocking(False)
        except OSError as error:
            self._abandon()
            raise BusError(f"simulated board, {self._path}: {error.strerror or error}") from error
        asyncio.get_running_loop().add_reader(self._edges, self._take_edges)
        log.info("simulated board: connected")

    def _open(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.settimeout(REPLY_TIMEOUT_S)
        try:
            connection.connect(str(self._path))
        except OSError:
            connection.close()
            raise
        return connection

    def _abandon(self) -> None:
        for connection in (self._requests, self._edges):
            if connection is not None:
                connection.close()
        self._requests = self._edges = None

    def _take_edges(self) -> None:
        assert self._edges is not None
        names: list[str] = []
        with contextlib.suppress(BlockingIOError):
            while packet := self._edges.recv(wire.PACKET_MAX_BYTES):
                names.append(packet.decode())
            log.warning("simulated board: connection lost")
            self.close()
        for name in dict.fromkeys(names):
            for callback in self._on_fall.get(name, ()):
                callback()
