"""Tone oscillators of a simulated Si3210/15 with their timers, and the modem made of the first one.

Coefficient cos(2 pi f / fs) 2^15 and amplitude X = 1/4 sqrt((1-c)/(1+c)) (2^15 - 1) Vrms / 1.11 (hardware.md 2.2).
Modem: with FSKEN (DR108) and REL (DR32) the first oscillator runs at 24 kHz from IR99-102, and at each end of its
active timer takes the bit that the host has left in DR52 meanwhile.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from firmware.chips.register import RegisterFile
from firmware.chips.si3210 import registers as r
from firmware.chips.simchip import Oscillator, Shift
from firmware.chips.simtime import Timers

VOLTS_OF_0_DBM0 = 0.7746  # one milliwatt into 600 ohm
TIMER_S = 125e-6
MODEM_HZ = 24_000
KEPT_BITS = 256  # of the modem: more than a period of audio has
OSS, REL, TAE, TIE, OE = 0x80, 0x40, 0x10, 0x08, 0x04  # DR32, DR33

# Control register, active timer, inactive timer, coefficient, their bits in DR18.
_OSCILLATORS = (
    (r.OSC1, r.OSC1_ACTIVE, r.OSC1_INACTIVE, 13, 0x01, 0x02),
    (r.OSC2, r.OSC2_ACTIVE, r.OSC2_INACTIVE, 16, 0x04, 0x08),
)


class Oscillators:
    """`latch` sets bits of DR18, `changed` tells that what sounds has changed. `indirect` reads an IR."""

    def __init__(
        self,
        regs: RegisterFile,
        timers: Timers,
        indirect: Callable[[int], int],
        latch: Callable[[int], None],
        changed: Callable[[], None],
        *,
        si3215: bool,
    ) -> None:
        self._regs, self._timers, self._indirect = regs, timers, indirect
        self._latch, self._changed = latch, changed
        self._rate_hz = 16_000 if si3215 else 8000
        self._bits: deque[Shift] = deque(maxlen=KEPT_BITS)

    def reset(self) -> None:
        self._timers.stop_all(self)
        self._bits.clear()

    def written(self, control: int) -> None:
        """DR32 or DR33 was written: start or stop."""
        row = next(row for row in _OSCILLATORS if row[0] == control)
        self._timers.stop(self, str(control))
        if not self._regs[control] & OE:
            self._sound(control, on=False)
        elif self._is_modem(control):
            self._bits.clear()
            self._next_bit()
        else:
            self._active(*row)

    @property
    def modem(self) -> Sequence[Shift] | None:
        """The bits that were sent, the last one lasting; None when the modem is off."""
        return self._bits if self._regs[r.OSC1] & OE and self._is_modem(r.OSC1) else None

    def sounding(self) -> Iterator[Oscillator]:
        """The plain tones."""
        for control, _on, _off, coefficient, *_ in _OSCILLATORS:
            if self._regs[control] & OSS and not self._is_modem(control):
                yield self._tone(control, coefficient, coefficient + 1, self._rate_hz)

    # ---- cadence ----
    def _active(self, control: int, on: int, off: int, coefficient: int, active_bit: int, inactive_bit: int) -> None:
        self._sound(control, on=True)

        def silence() -> None:
            self._sound(control, on=False)
            self._latch(active_bit)
            if self._regs[control] & TIE:
                self._timers.start(self, str(control), self._timer_s(off), again)

        def again() -> None:
            self._latch(inactive_bit)
            self._active(control, on, off, coefficient, active_bit, inactive_bit)

        if self._regs[control] & TAE:
            self._timers.start(self, str(control), self._timer_s(on), silence)

    def _timer_s(self, low: int, unit_s: float = TIMER_S) -> float:
        return (self._regs[low] | self._regs[low + 1] << 8) * unit_s

    def _sound(self, control: int, *, on: bool) -> None:
        self._regs[control] = self._regs[control] | OSS if on else self._regs[control] & ~OSS
        self._changed()

    # ---- modem ----
    def _is_modem(self, control: int) -> bool:
        return control == r.OSC1 and bool(self._regs[control] & REL and self._regs[r.ENHANCEMENT] & 0x40)

    def _next_bit(self) -> None:
        mark = self._regs[r.FSK_DATA] & 1
        amplitude, coefficient = (r.FSK1_X, r.FSK1) if mark else (r.FSK0_X, r.FSK0)
        self._bits.append(Shift(self._timers.now_s, self._tone(r.OSC1, coefficient, amplitude, MODEM_HZ)))
        self._latch(0x01)
        self._timers.start(self, str(r.OSC1), self._timer_s(r.OSC1_ACTIVE, 1 / MODEM_HZ), self._next_bit)

    def _tone(self, control: int, coefficient: int, amplitude: int, rate_hz: int) -> Oscillator:
        cosine = min(self._indirect(coefficient), 0x7FFF) / 32768
        rms_v = self._indirect(amplitude) * 4 * 1.11 / 32767 / math.sqrt((1 - cosine) / (1 + cosine))
        return Oscillator(
            hz=math.acos(cosine) * rate_hz / (2 * math.pi),
            level_dbm0=20 * math.log10(max(rms_v, 1e-6) / VOLTS_OF_0_DBM0),
            to_box=bool(self._regs[control] & 0x01),
            to_line=bool(self._regs[control] & 0x02),
        )
