"""Simulated Si3050 with Si3019: answers the SPI bytes that the chip would and behaves on the line as it would.

The daisy chain in front of it is `chain.py`. Numbers without a source: hardware.md section 4 item 10.
"""

from collections.abc import Callable

from firmware.chips.register import RegisterFile
from firmware.chips.si3050 import registers as r
from firmware.chips.si3050.sim_audio import audio_path
from firmware.chips.si3050.sim_ring import RingDetector
from firmware.chips.si3050.sim_spi import DaaFrames
from firmware.chips.simchip import AudioPath, Faults
from firmware.chips.simtime import Timers
from firmware.chips.wires import OfficeWires

LINK_S = 0.2  # isolation link comes up 50 to 500 ms after PDL = 0
DROPOUT_S = 0.01
OFF_HOOK_V = 7.0  # 6 to 9 V
DAA_OHMS = 300.0
MIN_SHOWN_V = 3.0
LINE_SIDE_SI3019 = 0x33
CALIBRATION_S = 0.256  # of the converter at each off-hook, unless CALD
OVERLOAD_COUNTS = 31  # of the loop current (S56 T16)


class Si3050Sim:
    """One chip. `changed` is called whenever its interrupt pin or audio path may have changed."""

    def __init__(self, timers: Timers, wires: OfficeWires, changed: Callable[[], None]) -> None:
        self.faults = Faults()
        self.driver_bugs: list[str] = []
        self.wires = wires
        self._timers, self._changed = timers, changed
        self._regs = RegisterFile(r.TABLE)
        self._ring = RingDetector(self._regs, timers, wires, self._latch)
        self.frames = DaaFrames(self)
        self._in_reset, self._link_lost = True, False
        self._off_hook_since_s = 0.0
        self._sign = 0
        wires.feed_changed = self._feed_changed
        self._reset()

    # ---- pins and bus ----
    def set_reset(self, low: bool) -> None:
        self._in_reset = low
        if low:
            self._reset()
        self._changed()

    def set_clock(self, running: bool) -> None:
        """The Si3050's registers work without PCLK; audio is the board's matter."""

    @property
    def interrupt(self) -> bool:
        regs = self._regs
        enabled = regs[r.CONTROL_2] & r.INTE and not self.faults.absent
        return bool(enabled and regs[r.IRQ_SOURCE] & regs[r.IRQ_MASK])

    @property
    def answers(self) -> bool:
        return not (self.faults.absent or self._in_reset)

    def read(self, number: int) -> int:
        return self.faults.spoil(self._value(number))

    def write(self, number: int, value: int) -> None:
        if number == r.IRQ_SOURCE:  # cleared by writing 0, the opposite of the Si3210
            self._regs[number] = self._regs[number] & value
        else:
            self._regs.write(number, value)
        match number:
            case r.CONTROL_1 if value & r.SOFT_RESET:
                self._reset()
            case r.DAA_CONTROL_1:
                self._hook(bool(value & r.OFF_HOOK))
            case r.DAA_CONTROL_2:
                self._line_side()
        self._changed()

    def __getitem__(self, number: int) -> int:
        """Content of a register as the bus would show it, without the bus."""
        return self._value(number)

    def set_link(self, up: bool) -> None:
        """Fault: the isolation link to the line side breaks, or is whole again."""
        self._link_lost = not up
        if up:
            self._line_side()
        elif self._regs[r.LINE_SIDE]:
            self._regs[r.LINE_SIDE] = 0
            self._hook(False)
            self._latch(r.LINK)

    def audio(self) -> AudioPath:
        if self.faults.absent or not self._linked:
            return AudioPath()
        deaf = self._timers.running(self, "calibration")
        return audio_path(self._regs, off_hook=self.wires.off_hook, deaf=deaf)

    def key_heard(self, key: str) -> None:
        """The Si3050 has no DTMF decoder."""

    # ---- registers that measure ----
    def _value(self, number: int) -> int:
        match number:
            case r.DAA_CONTROL_1:
                return self._regs[number] | (self._ring.raw() if self._linked else 0)
            case r.LOOP_STATUS:
                return (r.LINK_UP | self._current_counts(self._shown_ma())) if self._linked else 0
            case r.LOOP_CURRENT:
                return min(255, round(self._shown_ma() / 1.1)) if self._linked else 0
            case r.LINE_VOLTAGE:
                return self._line_v() & 0xFF if self._linked else 0
            case r.INTERNATIONAL_4:
                return 0x02 if self._linked and self.wires.off_hook and not self.wires.supply_v else 0
        return self._regs[number]

    @property
    def _linked(self) -> bool:
        return self._regs[r.LINE_SIDE] != 0

    def _line_v(self) -> int:
        volts = self.wires.supply_v
        if self.wires.off_hook and volts:
            volts = OFF_HOOK_V if volts > 0 else -OFF_HOOK_V
        if abs(volts) < MIN_SHOWN_V and not self._regs[r.DAA_CONTROL_5] & 0x01:
            return 0
        return round(volts)

    def _current_ma(self) -> float:
        if not self.wires.off_hook or not self.wires.supply_v:
            return 0.0
        limit_ma = 60.0 if self._regs[r.DC_TERMINATION] & 0x02 else 160.0
        loop_ma = (abs(self.wires.supply_v) - OFF_HOOK_V) / (self.wires.source_ohms + DAA_OHMS) * 1000
        return max(0.0, min(limit_ma, loop_ma))

    def _shown_ma(self) -> float:
        """Shown once the off-hook counter (R31 FOH) has run."""
        counter_s = r.OFF_HOOK_COUNTER_MS[self._regs[r.DAA_CONTROL_5] >> 5 & 3] / 1000
        return self._current_ma() if self._timers.now_s - self._off_hook_since_s >= counter_s else 0.0

    @staticmethod
    def _current_counts(milliamperes: float) -> int:
        return min(OVERLOAD_COUNTS, round(milliamperes / r.LOOP_CURRENT_LSB_MA))

    # ---- inside ----
    def _reset(self) -> None:
        self._timers.stop_all(self)
        self._ring.reset()
        self._regs.reset()
        self._hook(False)
        self._sign = 0

    def _hook(self, off_hook: bool) -> None:
        off_hook = off_hook and self._linked
        if off_hook and not self.wires.off_hook:
            self._off_hook_since_s = self._timers.now_s
            self._ring.over()
            self._calibrate()
        if off_hook is not self.wires.off_hook:
            self.wires.off_hook = off_hook
            self.wires.load_changed()
            self._watch_supply()

    def _calibrate(self) -> None:
        if not self._regs[r.INTERNATIONAL_2] & 0x20:  # CALD
            self._timers.start(self, "calibration", CALIBRATION_S, self._changed)

    def _line_side(self) -> None:
        """R6 PDL = 0 powers the line side, whose link comes up a little later."""
        if self._regs[r.DAA_CONTROL_2] & 0x10 or self._link_lost:
            self._timers.stop(self, "link")
            self._regs[r.LINE_SIDE] = 0
        elif not self._linked:
            self._timers.start(self, "link", LINK_S, self._link_up)

    def _link_up(self) -> None:
        self._regs[r.LINE_SIDE] = LINE_SIDE_SI3019
        self._sign = self._sign_now()
        self._latch(r.RING)  # spurious, once
        self._feed_changed()

    def _sign_now(self) -> int:
        return (self.wires.supply_v > 0) - (self.wires.supply_v < 0)

    def _feed_changed(self) -> None:
        """Battery, polarity or ringing of the office changed."""
        if not self._linked:
            return
        sign = self._sign_now()
        if sign and sign != self._sign:
            if self._sign:
                self._latch(r.POLARITY)
            self._sign = sign
        self._watch_supply()
        self._ring.watch()

    def _watch_supply(self) -> None:
        if self._current_counts(self._current_ma()) == OVERLOAD_COUNTS:
            self._latch(r.OVERLOAD)
        if not self.wires.off_hook or self.wires.supply_v:
            self._timers.stop(self, "dropout")
        elif not self._timers.running(self, "dropout"):
            self._timers.start(self, "dropout", DROPOUT_S, lambda: self._latch(r.DROPOUT))

    def _latch(self, bit: int) -> None:
        self._regs[r.IRQ_SOURCE] = self._regs[r.IRQ_SOURCE] | bit
        self._changed()
