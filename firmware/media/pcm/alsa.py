"""PCM of a sound card: the TDM bus of a board (`alsa`), or the kernel's loopback card (`aloop`).

Both directions are opened before anything else happens and never stop: the chips' clock is the card's
(hardware.md section 6). A stop (xrun) is a gap in that clock, told to `on_gap`, whose owner re-checks the chips.
"""

from collections.abc import Callable

import alsaaudio

from firmware.media.pcm import PcmGone

PERIODS = 4
PRIMED = 2  # periods of silence queued before the first one is due


class AlsaPcm:
    """Capture and playback of one card as one clock."""

    def __init__(
        self, capture: str, playback: str, channels: int, period_samples: int, on_gap: Callable[[], object]
    ) -> None:
        self.channels, self.period_samples = channels, period_samples
        self._names = {alsaaudio.PCM_CAPTURE: capture, alsaaudio.PCM_PLAYBACK: playback}
        self._on_gap = on_gap
        self._in: alsaaudio.PCM | None = None
        self._out: alsaaudio.PCM | None = None

    def _open_one(self, direction: int) -> alsaaudio.PCM:
        name = self._names[direction]
        try:
            pcm = alsaaudio.PCM(
                type=direction,
                mode=alsaaudio.PCM_NORMAL,
                device=name,
                rate=8000,
                channels=self.channels,
                format=alsaaudio.PCM_FORMAT_S16_LE,
                periodsize=self.period_samples,
                periods=PERIODS,
            )
        except alsaaudio.ALSAAudioError as error:
            raise PcmGone(f"sound card {name}: {error}") from error
        got = pcm.info()
        wanted = {"rate": 8000, "channels": self.channels, "period_size": self.period_samples}
        for key, value in wanted.items():
            if got[key] != value:
                raise PcmGone(f"sound card {name} gives {key} {got[key]}, the board needs {value}")
        return pcm

    def open(self) -> None:
        self.close()
        self._out = self._open_one(alsaaudio.PCM_PLAYBACK)
        self._in = self._open_one(alsaaudio.PCM_CAPTURE)
        for _ in range(PRIMED):
            self._out.write(bytes(self.channels * self.period_samples * 2))

    def read(self) -> bytes:
        assert self._in is not None
        size, data = self._in.read()
        if size < 0:  # overrun: ALSA restarts at the next call
            self._on_gap()
            size, data = self._in.read()
        if size != self.period_samples:
            raise PcmGone(f"sound card {self._names[alsaaudio.PCM_CAPTURE]}: {size} samples instead of a period")
        return bytes(data)

    def write(self, period: bytes) -> None:
        assert self._out is not None
        if self._out.write(period) < 0:  # underrun: recovered by the driver, this period is lost
            self._on_gap()
            self._out.write(period)

    def close(self) -> None:
        for pcm in (self._in, self._out):
            if pcm is not None:
                pcm.close()
        self._in = self._out = None
