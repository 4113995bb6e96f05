"""No analog line at all: the pump's own timer is the clock (tests, a box with IP phones only)."""

from firmware.media.pcm import PcmGone


class NoPcm:
    """Never opens, so that the pump keeps its own time."""

    channels = 0

    def __init__(self, period_samples: int) -> None:
        self.period_samples = period_samples

    def open(self) -> None:
        raise PcmGone("this box has no analog lines")

    def read(self) -> bytes:
        raise PcmGone("this box has no analog lines")

    def write(self, period: bytes) -> None:
        raise PcmGone("this box has no analog lines")

    def close(self) -> None:
        """Nothing is open."""
