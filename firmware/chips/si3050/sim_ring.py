"""Ring detection of a simulated Si3050: the raw bits, and validation by frequency and length (R22-24)."""

import math
from collections.abc import Callable

from firmware.chips.register import RegisterFile
from firmware.chips.si3050 import registers as r
from firmware.chips.simtime import Timers
from firmware.chips.wires import OfficeWires

THRESHOLD_V = (15.0, 21.5)  # RT: 13.5 to 16.5 and 19.35 to 23.65 V, taken as root mean square
WINDOW_S = 2e-3  # unit of RAS and RMX


class RingDetector:
    """`latch` sets a bit of R4. RDT of R5 is this one's."""

    def __init__(self, regs: RegisterFile, timers: Timers, wires: OfficeWires, latch: Callable[[int], None]) -> None:
        self._regs, self._timers, self._wires, self._latch = regs, timers, wires, latch

    def reset(self) -> None:
        self._timers.stop_all(self)

    def raw(self) -> int:
        """RDTP and RDTN of R5: the half wave that passes now."""
        if not self._loud:
            return 0
        assert self._wires.ringing is not None
        half = int(self._timers.now_s * self._wires.ringing.hz * 2) % 2
        return r.RDTP if half else r.RDTN

    def watch(self) -> None:
        """The line has changed. Validated (RNGV): RDT after RCC of ringing, gone after RTO without."""
        ringing = self._loud and self._fits and not self._wires.off_hook
        shown = bool(self._regs[r.DAA_CONTROL_1] & r.RDT)
        if not self._regs[r.RING_3] & 0x80 or ringing is shown:
            self._timers.stop(self, "ring")
        elif not self._timers.running(self, "ring"):
            confirm_ms = r.RING_CONFIRM_MS[self._regs[r.RING_2] & 7]
            timeout_ms = r.RING_TIMEOUT_MS[self._regs[r.RING_2] >> 3 & 15]
            after_s = (confirm_ms if ringing else timeout_ms) / 1000
            self._timers.start(self, "ring", after_s, self._begun if ringing else self.over)

    def over(self) -> None:
        """No more rings, or somebody has answered."""
        self._timers.stop(self, "ring")
        if self._regs[r.DAA_CONTROL_1] & r.RDT:
            self._regs[r.DAA_CONTROL_1] = self._regs[r.DAA_CONTROL_1] & ~r.RDT
            if self._regs[r.CONTROL_2] & 0x04:  # RDI: at the end too
                self._latch(r.RING)

    @property
    def _loud(self) -> bool:
        ringing = self._wires.ringing
        threshold_v = THRESHOLD_V[self._regs[r.INTERNATIONAL_1] & 1]
        return ringing is not None and ringing.peak_v / math.sqrt(2) >= threshold_v

    @property
    def _fits(self) -> bool:
        """Whether the frequency is one that R22 and R24 let through (S50 R22 page 76)."""
        assert self._wires.ringing is not None
        longest, shortest = self._regs[r.RING_3] & 0x3F, self._regs[r.RING_1] & 0x3F
        half_wave_s = 1 / (2 * self._wires.ringing.hz)
        return (longest - shortest) * WINDOW_S <= half_wave_s <= longest * WINDOW_S

    def _begun(self) -> None:
        self._regs[r.DAA_CONTROL_1] = self._regs[r.DAA_CONTROL_1] | r.RDT
        self._latch(r.RING)
