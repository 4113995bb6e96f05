"""Simulated Si3210 or Si3215: answers the SPI bytes that the chip would, and moves the wires as it would.

Not modelled: GCI, pulse metering, impedance synthesis and the high-pass filters of the audio path.
"""

import random
from collections.abc import Callable

from firmware.chips.register import RegisterFile
from firmware.chips.si3210 import registers as r
from firmware.chips.si3210.registers import LineFeed
from firmware.chips.si3210.sim_audio import DIGITS, audio_path
from firmware.chips.si3210.sim_cal import Calibration
from firmware.chips.si3210.sim_feed import Battery
from firmware.chips.si3210.sim_line import FEEDING, LineCircuit
from firmware.chips.si3210.sim_osc import Oscillators
from firmware.chips.si3210.sim_spi import SlicFrames
from firmware.chips.simchip import AudioPath, Faults
from firmware.chips.simtime import Timers
from firmware.chips.wires import TelephoneWires

INDIRECT_BUSY_S = 62.5e-6  # S15 section 4: 16 kHz
REVISION = 5  # E
_STATUS_ENABLE = {r.IRQ_TIMERS: r.IRQ_TIMERS_ENABLE, r.IRQ_LINE: r.IRQ_LINE_ENABLE, r.IRQ_MISC: r.IRQ_MISC_ENABLE}


class Si321xSim:
    """One chip. `changed` is called whenever its interrupt pin or audio path may have changed."""

    def __init__(self, timers: Timers, wires: TelephoneWires, *, si3215: bool, changed: Callable[[], None]) -> None:
        self.faults = Faults()
        self.driver_bugs: list[str] = []  # what a real chip would have punished
        self.si3215, self.wires = si3215, wires
        self._timers, self._changed = timers, changed
        self._regs = RegisterFile(r.DIRECT)
        self._random = random.Random(3210)  # noqa: S311 - undefined content, not a secret
        self._battery = Battery(timers, wires)
        self.line = LineCircuit(self._regs, timers, wires, self._battery, self.indirect, self._latch, changed)
        self._calibration = Calibration(self._regs, timers, lambda: self.faults, self._battery.volts)
        self._oscillators = Oscillators(
            self._regs, timers, self.indirect, lambda bits: self._latch(r.IRQ_TIMERS, bits), changed, si3215=si3215
        )
        self._ram: dict[int, int] = {}
        self.frames = SlicFrames(self)
        self._in_reset, self._clocked = True, False
        wires.load_changed = self._load_changed
        self._reset()

    # ---- pins ----
    def set_reset(self, low: bool) -> None:
        if low:
            self._in_reset = True
            self._reset()
        elif self._in_reset:
            self._in_reset = False
        self._changed()

    def set_clock(self, running: bool) -> None:
        self._clocked = running
        self._power()
        if running and self._regs[r.INDIRECT_STATUS]:
            self._timers.start(self, "indirect", INDIRECT_BUSY_S, self._indirect_done)

    @property
    def interrupt(self) -> bool:
        return not self.faults.absent and any(self._regs[status] for status in _STATUS_ENABLE)

    # ---- bus ----
    @property
    def answers(self) -> bool:
        return not (self.faults.absent or self._in_reset)

    @property
    def chained(self) -> bool:
        """SPIDC: frames have a third byte that selects chips of a daisy chain."""
        return bool(self._regs[r.ID] & 0x80)

    def read(self, number: int) -> int:
        return self.faults.spoil(self._read(number))

    def write(self, number: int, value: int) -> None:
        self._write(number, value)
        self._changed()

    # ---- audio ----
    def audio(self) -> AudioPath:
        if not self._clocked or self.faults.absent:
            return AudioPath()
        fed = self.line.state in FEEDING
        return audio_path(self._regs, self.indirect, self._oscillators, fed=fed, si3215=self.si3215)

    def key_heard(self, key: str) -> None:
        self._regs[r.DTMF] = 0x10 | DIGITS[key] if key else self._regs[r.DTMF] & 0x0F
        if key:
            self._latch(r.IRQ_MISC, 0x01)

    # ---- registers ----
    def __getitem__(self, number: int) -> int:
        """Content of a direct register, without the bus."""
        return self._regs[number]

    def indirect(self, number: int) -> int:
        """Content of an indirect register by its Si3210 number."""
        here = r.si3215_indirect(number) if self.si3215 else number
        return self._ram.get(number if here is None else here, 0)

    def _read(self, number: int) -> int:
        match number:
            case r.LOOP_CURRENT:
                return min(0x3F, round(self.line.current_ma() / r.LOOP_CURRENT_LSB_MA))
            case r.LOOP_VOLTAGE:
                return min(0x3F, round(self._loop_v() / r.LOOP_VOLTAGE_LSB_V))
            case r.TIP_VOLTAGE | r.RING_VOLTAGE:
                return min(0xFF, round(self._leg_v(number) / r.VBAT_LSB_V))
            case r.BATTERY_VOLTAGE | 83:
                return min(0xFF, round(self._battery.volts() / r.VBAT_LSB_V))
            case r.POWER:
                return self.line.heat.power(min(5, self._regs[r.POWER_POINTER]))
            case r.Q5_CURRENT if self.line.state is LineFeed.OPEN:
                return self._calibration.monitor_current(r.CAL_RING_GAIN)
            case r.Q6_CURRENT if self.line.state is LineFeed.OPEN:
                return self._calibration.monitor_current(r.CAL_TIP_GAIN)
            case _ if r.Q1_CURRENT <= number <= r.Q6_CURRENT:
                return self.line.heat.current(number - r.Q1_CURRENT)
        return self._regs[number]

    def _write(self, number: int, value: int) -> None:
        if number in _STATUS_ENABLE:
            self._regs[number] = self._regs[number] & ~value  # write 1 to clear
            return
        self._regs.write(number, value)
        match number:
            case r.INDIRECT_ADDRESS:
                self._start_indirect(value)
            case r.INDIRECT_LOW | r.INDIRECT_HIGH:
                self._data_written = True
            case r.LINEFEED:
                self.line.commanded()
            case r.POWER_DOWN | r.BATTERY_HIGH | r.ON_HOOK_VOLTAGE | r.COMMON_MODE_VOLTAGE:
                self._power()
            case r.DCDC_CONTROL:
                self._regs[number] = value & 0x7F  # DCCAL clears itself
            case r.CALIBRATION_1:
                self._calibration.started(self.wires.load_ohms is not None)
            case r.OSC1 | r.OSC2:
                self._start_oscillator(number)

    def _start_oscillator(self, control: int) -> None:
        if control == r.OSC2 and self._regs[control] & 0x04 and self.line.state is LineFeed.RINGING:
            self.driver_bugs.append("oscillator 2 started while ringing, which uses the same hardware")
        self._oscillators.written(control)

    def _start_indirect(self, address: int) -> None:
        if self._regs[r.INDIRECT_STATUS]:
            self.driver_bugs.append(f"indirect access to {address} while the last one was under way")
            return
        if self._data_written:
            self._ram[address] = self._regs[r.INDIRECT_LOW] | self._regs[r.INDIRECT_HIGH] << 8
        self._indirect_reads = not self._data_written
        self._data_written = False
        self._regs[r.INDIRECT_STATUS] = 1
        if self._clocked:
            self._timers.start(self, "indirect", INDIRECT_BUSY_S, self._indirect_done)

    def _indirect_done(self) -> None:
        self._regs[r.INDIRECT_STATUS] = 0
        if self._indirect_reads:
            value = self._ram.get(self._regs[r.INDIRECT_ADDRESS], 0)
            self._regs[r.INDIRECT_LOW], self._regs[r.INDIRECT_HIGH] = value & 0xFF, value >> 8
        self._latch(r.IRQ_MISC, 0x02)

    # ---- inside ----
    def _reset(self) -> None:
        self._regs.reset()
        self._regs[r.ID] = self.faults.revision if self.faults.revision is not None else REVISION
        if self.si3215:
            self._regs[r.PCM_MODE] = 0x88
        self._ram = {number: self._random.randrange(0x10000) for number in range(256)}
        self._data_written = self._indirect_reads = False
        self.frames.reset()
        self._oscillators.reset()
        self._timers.stop_all(self)
        self._calibration.reset()
        self._battery.reset()
        self.line.reset()

    def _power(self) -> None:
        self.line.aim_battery(running=self._clocked and not self._regs[r.POWER_DOWN] & 0x10)

    def _load_changed(self) -> None:
        if self._calibration.hook_moved():
            self._latch(r.IRQ_MISC, 0x04)
        self.line.load_changed()

    def _latch(self, status: int, bits: int) -> None:
        """A status bit is latched only when its interrupt is enabled (S15 2.9)."""
        self._regs[status] = self._regs[status] | (bits & self._regs[_STATUS_ENABLE[status]])
        self._changed()

    def _loop_v(self) -> float:
        current_ma = self.line.current_ma()
        load = self.wires.load_ohms
        return self.wires.feed_v if load is None else current_ma * load / 1000

    def _leg_v(self, number: int) -> float:
        """Volts below ground of the tip or ring lead: the common mode at the positive one, the loop below it."""
        if self.line.state in (LineFeed.OPEN, LineFeed.RINGING):
            return 0.0
        far = (number == r.RING_VOLTAGE) is not self.wires.reversed
        return self.line.common_mode_v() + (self._loop_v() if far else 0.0)
