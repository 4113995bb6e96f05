"""Calibration of a simulated Si3210/15: the automatic one, and the currents that the manual one of the Si3210 reads."""

from collections.abc import Callable

from firmware.chips.register import RegisterFile
from firmware.chips.si3210 import registers as r
from firmware.chips.simchip import Faults
from firmware.chips.simtime import Timers

CALIBRATION_S = 0.45  # 300 to 600 ms (S15 2.10); with CALSP a tenth
CALIBRATION_FAST_S = 0.03
MIN_BATTERY_V = 60.0
HIDDEN_GAIN = 0x0B  # at and below this DR98/99 the monitor currents read 0
TYPICAL_RESULTS = {100: 0x12, 101: 0x11, 102: 0x0F, 103: 0x10, 104: 0x07, 105: 0x09, 107: 0x08}


class Calibration:
    """Runs when DR96 bit 6 is written; clears its bits when it has succeeded, else leaves them set."""

    def __init__(
        self, regs: RegisterFile, timers: Timers, faults: Callable[[], Faults], battery_v: Callable[[], float]
    ) -> None:
        self._regs, self._timers, self._faults, self._battery_v = regs, timers, faults, battery_v
        self._disturbed = False

    def started(self, off_hook: bool) -> None:
        if not self._regs[r.CALIBRATION_1] & 0x40:
            return
        fast = self._regs[r.CALIBRATION_1] & 0x20
        self._disturbed = off_hook or self._battery_v() < MIN_BATTERY_V or self._faults().calibration_fails
        self._timers.start(self, "calibration", CALIBRATION_FAST_S if fast else CALIBRATION_S, self._finish)

    def hook_moved(self) -> bool:
        """The loop changed; returns whether a balance calibration (CALCM) was running, which it spoils."""
        if not self._timers.running(self, "calibration"):
            return False
        self._disturbed = True
        return bool(self._regs[r.CALIBRATION_2] & 0x01)

    def monitor_current(self, gain_register: int) -> int:
        """DR88 and DR89 while the gain mismatch of ring and tip is calibrated by hand."""
        return 0 if self._regs[gain_register] <= HIDDEN_GAIN else 3

    def reset(self) -> None:
        self._timers.stop_all(self)

    def _finish(self) -> None:
        if self._disturbed:
            return
        for number, value in TYPICAL_RESULTS.items():
            self._regs[number] = value
        if self._regs[r.CALIBRATION_1] & 0x18:  # CALR, CALT: the chip finds the mismatch gains itself
            self._regs[r.CAL_RING_GAIN] = self._regs[r.CAL_TIP_GAIN] = HIDDEN_GAIN
        self._regs[r.CALIBRATION_1] = self._regs[r.CALIBRATION_2] = 0
