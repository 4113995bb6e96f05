"""Tones that a line chip makes itself, as samples: its oscillators and its modem."""

from collections.abc import Sequence

import numpy as np

from firmware.chips.simchip import Oscillator, Shift
from firmware.simboard.sound import RATE_HZ, Samples, amplitude, sine


class ChipTones:
    """Of one chip, from period to period without a jump of phase."""

    def __init__(self) -> None:
        self._at, self._phase = 0, 0.0

    def read(self, oscillators: Sequence[Oscillator], count: int) -> list[tuple[Oscillator, Samples]]:
        """A period of each oscillator."""
        self._at += count
        return [(one, sine(one.hz, one.level_dbm0, count, self._at - count)) for one in oscillators]

    def modem(self, bits: Sequence[Shift], count: int, now_s: float) -> tuple[Oscillator, Samples] | None:
        """The period that ends now: each sample has the tone of the last bit that had begun by then."""
        if not bits:
            return None
        times = now_s - np.arange(count, 0, -1) / RATE_HZ
        which = np.searchsorted([bit.at_s for bit in bits], times, side="right") - 1
        hz = np.array([bit.tone.hz for bit in bits])[np.maximum(which, 0)]
        peak = np.array([amplitude(bit.tone.level_dbm0) for bit in bits])[np.maximum(which, 0)]
        phase = self._phase + np.cumsum(2 * np.pi / RATE_HZ * hz)
        self._phase = float(phase[-1] % (2 * np.pi))
        return bits[-1].tone, np.where(which >= 0, peak * np.sin(phase), 0).astype(np.float32)
