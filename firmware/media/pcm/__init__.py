"""Where the samples of the analog lines come from and go to: one file a back end, found by its name."""

from typing import Protocol


class PcmGone(Exception):
    """The other end of the PCM path has gone or does not answer; the pump goes on by its own clock and comes back."""


class Pcm(Protocol):
    """One period of all channels at a time: S16_LE, interleaved, 8 kHz. Used by the pump's thread only."""

    @property
    def channels(self) -> int: ...
    @property
    def period_samples(self) -> int:
        """Samples of one channel in one period."""

    def open(self) -> None:
        """Open or reopen; raises PcmGone with the reason."""

    def read(self) -> bytes:
        """Wait for the next period of captured samples. This wait is the box's clock. Raises PcmGone."""

    def write(self, period: bytes) -> None:
        """Hand over one period to play. Raises PcmGone."""

    def close(self) -> None: ...
