"""Serves the simulated board's SPI and pins on `bus.sock` (packets: firmware/hal/wire.py)."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path

from firmware.hal import wire
from firmware.simboard.board import Board, NoSuchPin

log = logging.getLogger(__name__)


def listen(path: Path, kind: int = socket.SOCK_SEQPACKET) -> socket.socket:
    """A fresh socket at `path`, for its owner only; of packets unless said otherwise."""
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX, kind)
    server.bind(str(path))
    path.chmod(0o600)
    server.listen(4)
    server.setblocking(False)
    return server


class BusServer:
    """`advance` moves the board to the present before each access and after it sets the next timer."""

    def __init__(self, path: Path, board: Board, advance: Callable[[], None]) -> None:
        self._board, self._advance = board, advance
        self._loop = asyncio.get_running_loop()
        self._server = listen(path)
        self._edges: list[socket.socket] = []
        self._loop.add_reader(self._server, self._accept)
        board.on_fall = self._push_edge

    def _accept(self) -> None:
        connection, _ = self._server.accept()
        connection.setblocking(False)
        self._loop.add_reader(connection, self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        """Answer what has come in; a busy core's next request usually follows at once."""
        try:
            request = connection.recv(wire.PACKET_MAX_BYTES)
            if request == wire.EDGES:
                self._edges.append(connection)
            elif request:
                connection.send(self._answer(request))
            else:
                self._drop(connection)
        except OSError:
            self._drop(connection)

    def _answer(self, request: bytes) -> bytes:
        self._advance()
        try:
            match request[:1]:
                case wire.TRANSFER:
                    reply = self._board.transfer(*wire.split_transfer(request))
                case wire.READ:
                    reply = bytes((self._board.read_pin(request[1:].decode()),))
                case wire.WRITE:
                    self._board.write_pin(request[2:].decode(), bool(request[1]))
                    reply = b""
                case unknown:
                    return wire.REFUSED + b"unknown request " + unknown
        except NoSuchPin as error:
            return wire.REFUSED + str(error).encode()
        self._advance()
        return wire.OK + reply

    def _push_edge(self, pin: str) -> None:
        for connection in tuple(self._edges):
            try:
                connection.send(pin.encode())
            except BlockingIOError:
                log.warning("edge of %s lost: the core does not read", pin)
            except OSError:
                self._drop(connection)

    def _drop(self, connection: socket.socket) -> None:
        if connection in self._edges:
            self._edges.remove(connection)
        with contextlib.suppress(OSError):
            self._loop.remove_reader(connection)
        connection.close()
