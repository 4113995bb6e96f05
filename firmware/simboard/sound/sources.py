"""What speaks into a simulated line: tones with a cadence, keys, files, whole prepared sounds."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from firmware.simboard.sound import RATE_HZ, Samples, silence, sine
from firmware.telephony.country import Tone, ToneSegment

KEYS = "123A456B789C*0#D"
LOW_HZ, HIGH_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)  # ITU-T Q.23
LOW_DBM0, HIGH_DBM0 = -9.0, -7.0  # hardware.md section 5: the high group 2 dB above the low one
KEY_MS, GAP_MS = 80, 80


class Source(Protocol):
    """Something that sounds. Read a period at a time; None once it has ended."""

    def read(self, count: int) -> Samples | None: ...


class Sound:
    """A prepared sound, played once."""

    def __init__(self, samples: Samples) -> None:
        self._samples, self._at = samples, 0

    def read(self, count: int) -> Samples | None:
        if self._at >= self._samples.size:
            return None
        part = self._samples[self._at : self._at + count]
        self._at += count
        return part if part.size == count else np.concatenate((part, silence(count - part.size)))


class CadencedTone:
    """A country's tone, for as long as it is read; a tone that does not repeat ends."""

    def __init__(self, tone: Tone) -> None:
        self._samples = np.concatenate([_segment(part, tone.level_dbm0) for part in tone.segments])
        self._repeat, self._at = tone.repeat, 0

    def read(self, count: int) -> Samples | None:
        if not self._repeat and self._at >= self._samples.size:
            return None
        at = np.arange(self._at, self._at + count)
        self._at += count
        if self._repeat:
            return self._samples[at % self._samples.size]
        return np.where(at < self._samples.size, self._samples[np.minimum(at, self._samples.size - 1)], 0)


def _segment(part: ToneSegment, level_dbm0: float) -> Samples:
    on_ms = part.on_ms or 1000  # whole hertz: a second joins itself without a click
    samples = silence((on_ms + part.off_ms) * RATE_HZ // 1000)
    on = on_ms * RATE_HZ // 1000
    match part.freqs_hz:
        case (carrier, modulation) if modulation < 0:
            samples[:on] = sine(carrier, level_dbm0, on) * (1 + sine(-modulation, 3.14, on) / 32768) / 2
        case freqs:
            for hz in freqs:
                samples[:on] += sine(hz, level_dbm0, on)
    return samples


def dtmf(keys: Sequence[str], key_ms: int = KEY_MS, gap_ms: int = GAP_MS) -> Samples:
    """The keys one after the other, each followed by a gap. KeyError for what is no key."""
    on, off = key_ms * RATE_HZ // 1000, gap_ms * RATE_HZ // 1000
    parts: list[Samples] = []
    for key in keys:
        if key.upper() not in KEYS:
            raise KeyError(key)
        row, column = divmod(KEYS.index(key.upper()), 4)
        parts += [sine(LOW_HZ[row], LOW_DBM0, on) + sine(HIGH_HZ[column], HIGH_DBM0, on), silence(off)]
    return np.concatenate(parts) if parts else silence(0)
