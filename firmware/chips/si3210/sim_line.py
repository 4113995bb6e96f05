"""Line circuit of a simulated Si3210/15: line-feed states, loop closure, ring trip, ringing, power alarm.

Works on the register file; not responsible for SPI nor for calibration.
"""

import math
from collections.abc import Callable

from firmware.chips.register import RegisterFile
from firmware.chips.si3210 import registers as r
from firmware.chips.si3210.registers import LineFeed
from firmware.chips.si3210.sim_feed import FEED_OHMS, OVERHEAD_V, RAMP_S, Battery, loop_current_ma, ring_hz, ring_peak_v
from firmware.chips.si3210.sim_heat import SHORT_MA, Heat, load_of
from firmware.chips.simtime import Timers
from firmware.chips.wires import Ringing, TelephoneWires

FOLLOW_S = 0.002  # LFS follows LF after 1-5 ms
RING_TRIP_S = 0.1  # direct current found under the ringing; 100-200 ms after lifting, debounce included
THRESHOLD_LSB_MA = 1.27

_TALKING = {LineFeed.ACTIVE, LineFeed.REVERSE_ACTIVE}
_ON_HOOK_TX = {LineFeed.ON_HOOK_TRANSMISSION, LineFeed.REVERSE_ON_HOOK_TRANSMISSION}
_REVERSED = {LineFeed.REVERSE_ACTIVE, LineFeed.REVERSE_ON_HOOK_TRANSMISSION}
FEEDING = _TALKING | _ON_HOOK_TX


class LineCircuit:
    """Follows DR64 and the wires; latches DR18 and DR19. `indirect` reads an IR by its Si3210 number."""

    def __init__(
        self,
        regs: RegisterFile,
        timers: Timers,
        wires: TelephoneWires,
        battery: Battery,
        indirect: Callable[[int], int],
        latch: Callable[[int, int], None],
        changed: Callable[[], None],
    ) -> None:
        self._regs, self._timers, self._wires, self._battery = regs, timers, wires, battery
        self._indirect, self._latch, self._changed = indirect, latch, changed
        self.heat = Heat(timers, indirect, self._alarm)

    @property
    def state(self) -> LineFeed:
        return LineFeed(self._regs[r.LINEFEED] >> 4)

    def reset(self) -> None:
        self._timers.stop_all(self)
        self.heat.reset()
        self._enter(LineFeed.OPEN)

    def commanded(self) -> None:
        """LF was written."""
        self._timers.start(self, "follow", FOLLOW_S, lambda: self._enter(LineFeed(self._regs[r.LINEFEED] & 7)))

    def load_changed(self) -> None:
        """Handset, short or plug: called by the telephone side."""
        self._feed()
        if self.state is LineFeed.RINGING:
            self._watch_ring_trip()
        else:
            self._watch_loop()
        self._warm()

    def current_ma(self) -> float:
        if self.state not in FEEDING or self._battery.volts() < 20:
            return 0.0
        limit_ma = 20 + 3 * self._regs[r.CURRENT_LIMIT]
        return loop_current_ma(self._wires.load_ohms, self.open_circuit_v(), limit_ma)

    def open_circuit_v(self) -> float:
        return (self._regs[r.ON_HOOK_VOLTAGE] & 0x3F) * r.FEED_LSB_V

    def common_mode_v(self) -> float:
        return self._regs[r.COMMON_MODE_VOLTAGE] * r.FEED_LSB_V

    def aim_battery(self, running: bool) -> None:
        """What the DC-DC converter heads for: the high battery, or in the fed states just enough (tracking)."""
        if not running:
            self._battery.aim(0.0)
        elif self.state in FEEDING:
            self._battery.aim(self.common_mode_v() + self.open_circuit_v() + OVERHEAD_V)
        else:
            self._battery.aim(self._regs[r.BATTERY_HIGH] * r.FEED_LSB_V)

    def _enter(self, state: LineFeed) -> None:
        self._regs[r.LINEFEED] = (state << 4) | (self._regs[r.LINEFEED] & 7)
        self.aim_battery(self._battery.target_v > 0)
        self._set_bit(r.LOOP_STATUS, 0x02, on=False)
        self._set_bit(r.RING, 0xA0, on=state is LineFeed.RINGING)  # RSS, RDAC
        self._time_ringing()
        if state is LineFeed.RINGING:  # the bell sounds once the battery is high enough
            self._timers.start(self, "battery", RAMP_S / 3, self._feed)
        self.load_changed()
        self._changed()

    def _time_ringing(self) -> None:
        """With RTAE and RTIE the chip itself alternates ringing and silence while LF stays 4."""
        if self._regs[r.LINEFEED] & 7 != LineFeed.RINGING or self._regs[r.RING] & 0x18 != 0x18:
            self._timers.stop(self, "cadence")
            return
        ringing = self.state is LineFeed.RINGING
        low = r.RING_ON_LOW if ringing else r.RING_OFF_LOW
        after_s = (self._regs[low] | self._regs[low + 1] << 8) * 125e-6
        following = LineFeed.ON_HOOK_TRANSMISSION if ringing else LineFeed.RINGING

        def over() -> None:
            self._latch(r.IRQ_TIMERS, 0x10 if ringing else 0x20)  # RGA, RGI
            self._enter(following)

        self._timers.start(self, "cadence", after_s, over)

    def _feed(self) -> None:
        """Tell the telephone what its wires carry now."""
        wires, state = self._wires, self.state
        wires.feed_v = self.open_circuit_v() if state in FEEDING else 0.0
        wires.reversed = state in _REVERSED
        wires.current_ma = self.current_ma() if wires.closed else 0.0
        wires.ringing = self._ringing() if state is LineFeed.RINGING and wires.connected else None
        wires.feed_changed()

    def _ringing(self) -> Ringing | None:
        rco, rngx = self._indirect(r.RING_FREQUENCY), self._indirect(r.RING_AMPLITUDE)
        if not 0x7000 <= rco < 0x7FFF or self._battery.volts() < ring_peak_v(rco, rngx):
            return None
        return Ringing(ring_hz(rco), ring_peak_v(rco, rngx))

    def _watch_loop(self) -> None:
        """Debounce of loop closure (DR69, between two rings DR63); thresholds (IR28, with HYSTEN IR43 to open)."""
        closed = bool(self._regs[r.LOOP_STATUS] & 1)
        hysteresis = closed and self._regs[r.ENHANCEMENT] & 0x01
        threshold = self._indirect(r.LOOP_OFF_THRESHOLD if hysteresis else r.LOOP_ON_THRESHOLD)
        between_rings = self._regs[r.LINEFEED] & 7 == LineFeed.RINGING and self.state in _ON_HOOK_TX
        debounce = self._regs[r.DEBOUNCE_RING_PAUSE if between_rings else r.DEBOUNCE_LOOP]
        now_closed = self.current_ma() > (threshold >> 9) * THRESHOLD_LSB_MA
        if now_closed is closed:
            self._timers.stop(self, "loop")
        elif not self._timers.running(self, "loop"):
            self._timers.start(self, "loop", debounce * 1.25e-3, lambda: self._loop(now_closed))

    def _loop(self, closed: bool) -> None:
        self._set_bit(r.LOOP_STATUS, 0x01, closed)
        if closed and self.state in _ON_HOOK_TX and self._regs[r.AUTOMATIC] & 0x02:  # AOLD
            self._enter(LineFeed.ACTIVE if self.state is LineFeed.ON_HOOK_TRANSMISSION else LineFeed.REVERSE_ACTIVE)
        self._latch(r.IRQ_LINE, r.LCI)

    def _watch_ring_trip(self) -> None:
        if self._ring_current_ma() <= (self._indirect(r.RING_TRIP_THRESHOLD) >> 9) * THRESHOLD_LSB_MA:
            self._timers.stop(self, "trip")
        elif not self._timers.running(self, "trip"):
            debounce_s = self._regs[r.DEBOUNCE_RING_TRIP] * 1.25e-3
            self._timers.start(self, "trip", RING_TRIP_S + debounce_s, self._trip)

    def _ring_current_ma(self) -> float:
        """Mean of the rectified current, ringing and its offset (IR19)."""
        if self._wires.load_ohms is None or self._battery.volts() < 20:
            return 0.0
        peak_v = ring_peak_v(self._indirect(r.RING_FREQUENCY), self._indirect(r.RING_AMPLITUDE))
        offset_v = self._indirect(r.RING_OFFSET) / 32768 * 96 if self._regs[r.RING] & 0x02 else 0.0
        return (2 / math.pi * peak_v + offset_v) / (FEED_OHMS + self._wires.load_ohms) * 1000

    def _trip(self) -> None:
        if self.state is not LineFeed.RINGING:
            return
        if self._regs[r.AUTOMATIC] & 0x04:  # AORD
            self._enter(LineFeed.ACTIVE)
        self._set_bit(r.LOOP_STATUS, 0x02, on=True)
        self._latch(r.IRQ_LINE, r.RTI)

    def _warm(self) -> None:
        """What the line transistors carry now."""
        loop_ma, loop_v = self.current_ma(), 0.0
        if self._wires.shorted and self.state is not LineFeed.OPEN and self._battery.volts() > 20:
            loop_ma = SHORT_MA
        elif self._wires.load_ohms is not None:
            loop_v = loop_ma * self._wires.load_ohms / 1000
        reversed_ = self.state in _REVERSED
        self.heat.feed(load_of(loop_ma, loop_v, self.common_mode_v(), self._battery.volts(), reversed_=reversed_))

    def _alarm(self, transistors: int) -> None:
        self._latch(r.IRQ_LINE, transistors)
        if self._regs[r.AUTOMATIC] & 0x01:  # AOPN
            self._enter(LineFeed.OPEN)

    def _set_bit(self, number: int, bit: int, on: bool) -> None:
        self._regs[number] = self._regs[number] | bit if on else self._regs[number] & ~bit
