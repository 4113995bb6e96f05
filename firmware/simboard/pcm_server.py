"""Serves the simulated board's PCM on `pcm.sock`: one packet each period out, what the box plays in.

Format: docs/architecture.md, "PCM back end". The newest connection is the sound card's only user.
"""

import asyncio
import socket
from collections import deque
from pathlib import Path

import numpy as np

from firmware.simboard.board import Board
from firmware.simboard.bus_server import listen

HELD_MAX = 4  # periods of playback that wait their turn


class PcmServer:
    """Owner calls `tick` once a period."""

    def __init__(self, path: Path, board: Board) -> None:
        self._board, self._loop = board, asyncio.get_running_loop()
        self._shape = (board.spec.pcm.period_samples, board.spec.pcm.channels)
        self._bytes = self._shape[0] * self._shape[1] * 2
        self._silence = bytes(self._bytes)
        self._held: deque[bytes] = deque(maxlen=HELD_MAX)
        self._client: socket.socket | None = None
        self._server = listen(path)
        self._loop.add_reader(self._server, self._accept)

    def tick(self) -> None:
        """One period through the board and on to the box."""
        self._take()
        capture = self._period(self._held.popleft() if self._held else self._silence)
        if self._client is not None:
            try:
                self._client.send(capture)
            except BlockingIOError:
                pass  # the box is late: it loses this period, as with a card's overrun
            except OSError:
                self._drop()

    def close(self) -> None:
        self._loop.remove_reader(self._server)
        self._server.close()
        self._drop()

    def _period(self, playback: bytes) -> bytes:
        """What the box captures while it plays this."""
        board, audio = self._board, self._board.audio
        if playback == self._silence:
            board.stirred = board.stirred and not audio.at_rest
            if not board.stirred:
                return self._silence  # most periods of most days: nobody needs to look at samples
        board.stirred = True
        return audio.period(np.frombuffer(playback, dtype=np.int16).reshape(self._shape)).tobytes()

    def _accept(self) -> None:
        connection, _ = self._server.accept()
        if self._client is not None:
            self._drop()
        connection.setblocking(False)
        self._client = connection
        self._board.set_clock(True)

    def _take(self) -> None:
        """Playback that has come in since the last period."""
        while self._client is not None:
            try:
                packet = self._client.recv(self._bytes + 1)
            except BlockingIOError:
                return
            except OSError:
                packet = b""
            if len(packet) == self._bytes:
                self._held.append(packet)
            else:  # gone, or not a period
                self._drop()

    def _drop(self) -> None:
        """The box has closed the card: the PCM clock stops."""
        if self._client is not None:
            self._client.close()
            self._client = None
            self._held.clear()
            self._board.set_clock(False)
