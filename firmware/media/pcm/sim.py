"""PCM of the simulated board: packets of one period over a Unix socket; the board is the clock."""

import socket
from pathlib import Path

from firmware.media.pcm import PcmGone

PERIOD_TIMEOUT_S = 0.5  # fifty periods: the board is dead or hangs
PRIMED = 2  # periods of silence ahead, as with a card: either process may be late by that much


class SimPcm:
    """Client of the board's `pcm.sock`."""

    def __init__(self, path: Path, channels: int, period_samples: int) -> None:
        self.channels, self.period_samples = channels, period_samples
        self._path, self._socket = path, socket.socket()
        self._socket.close()

    def open(self) -> None:
        self._socket.close()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.settimeout(PERIOD_TIMEOUT_S)
        try:
            connection.connect(str(self._path))
        except OSError as error:
            connection.close()
            raise PcmGone(f"{self._path}: {error.strerror}") from error
        self._socket = connection
        for _ in range(PRIMED):
            self.write(bytes(self.channels * self.period_samples * 2))

    def read(self) -> bytes:
        size = self.channels * self.period_samples * 2
        try:
            packet = self._socket.recv(size + 1)
        except OSError as error:
            raise PcmGone(f"{self._path}: {error}") from error
        if len(packet) != size:
            raise PcmGone(f"{self._path}: a period of {len(packet)} bytes came, {size} are due")
        return packet

    def write(self, period: bytes) -> None:
        try:
            self._socket.send(period)
        except OSError as error:
            raise PcmGone(f"{self._path}: {error}") from error

    def close(self) -> None:
        self._socket.close()
