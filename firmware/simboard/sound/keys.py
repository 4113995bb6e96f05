"""Decoding DTMF keys from a line's audio, as the exchange and the Si3210 do. Not shared with the core's decoder."""

import numpy as np

from firmware.simboard.sound import RATE_HZ, Samples, amplitude, silence
from firmware.simboard.sound.sources import HIGH_HZ, KEYS, LOW_HZ

WINDOW = 160  # 20 ms: rows are 73 Hz apart
MIN_DBM0 = -30.0
TWIST_DB = 8.0
HITS = 2  # windows, half overlapping: 30 ms of key

_AT = np.arange(WINDOW)
_PROBE = np.exp(-2j * np.pi * np.array(LOW_HZ + HIGH_HZ)[:, None] / RATE_HZ * _AT).astype(np.complex64)


def key_in(window: Samples) -> str:
    """The key that sounds throughout 20 ms of audio, or ""."""
    power = np.abs(_PROBE @ window.astype(np.float32)) * (2 / WINDOW)
    row, column = int(np.argmax(power[:4])), int(np.argmax(power[4:]))
    low, high = float(power[row]), float(power[4 + column])
    if min(low, high) < amplitude(MIN_DBM0):
        return ""
    if abs(20 * np.log10(high / low)) > TWIST_DB:
        return ""
    energy = float(np.mean(np.square(window, dtype=np.float64)))
    if (low * low + high * high) / 2 < 0.7 * energy:  # speech and tones have more than the two
        return ""
    return KEYS[4 * row + column]


class KeyDecoder:
    """Feed it periods; it gives each key once."""

    def __init__(self) -> None:
        self._window = silence(WINDOW)
        self._last, self._hits = "", 0
        self.at_rest = True  # silence tells it nothing new

    def feed(self, samples: Samples) -> str:
        """The key that is recognised with these samples, or ""."""
        self._window = np.concatenate((self._window, samples))[-WINDOW:]
        sounds = bool(self._window.any())
        key = key_in(self._window) if sounds else ""
        self.at_rest = not sounds
        self._hits = self._hits + 1 if key == self._last else 1
        self._last = key
        return key if key and self._hits == HITS else ""

    @property
    def sounding(self) -> str:
        """The key that is being pressed, or ""."""
        return self._last if self._hits >= HITS else ""
