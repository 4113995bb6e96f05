"""A telephone's port on an Si3210/15: runs the hook and ringing state machines with the chip and the loop's timers.

Not responsible for tones and caller ID audio (the call) nor for when the chip's pin interrupts (`board.py`).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from firmware.chips import ChipError
from firmware.chips.si3210.driver import LineStatus, PowerAlarm, Si321x
from firmware.chips.si3210.registers import LineFeed
from firmware.hal import BusError
from firmware.lines import hook, ringing
from firmware.lines.hook import HookState
from firmware.lines.port import FirstRingEnded, FxsEvent, InService, OffHook, OnHook, OutOfService, Watchers
from firmware.lines.ring_power import RingPower
from firmware.lines.ringing import Line, RingInput, RingState
from firmware.lines.timer import StartTimer, StopTimer, Timer
from firmware.lines.upkeep import LineFault, Upkeep
from firmware.telephony.country import Country, RingCadence

BATTERY_REMOVED_S, SETTLE_S = 0.5, 0.3  # DAHDI KEWLTIME and its settling time
REVERSAL_SETTLE_S = 0.1
ALARM_RETRY_S, ALARMS_MAX, ALARM_WINDOW_S = 1.0, 3, 60.0  # hardware.md section 7

log = logging.getLogger(__name__)
_FEED = {
    Line.IDLE: (LineFeed.ACTIVE, LineFeed.REVERSE_ACTIVE),
    Line.TALK: (LineFeed.ACTIVE, LineFeed.REVERSE_ACTIVE),
    Line.TRANSMIT: (LineFeed.ON_HOOK_TRANSMISSION, LineFeed.REVERSE_ON_HOOK_TRANSMISSION),
    Line.RING: (LineFeed.RINGING, LineFeed.RINGING),
}


class SlicPort:
    """One port, an `FxsPort`. `upkeep` starts its chip; `on_interrupt` and `scan` are the board's calls."""

    def __init__(self, name: str, tdm_slot: int, chip: Si321x, country: Country, power: RingPower) -> None:
        self.name, self.tdm_slot, self.chip = name, tdm_slot, chip
        self.in_service = False
        self.fault: str | None = None
        self._timing, self._power = hook.timing_of(country), power
        self._watchers: Watchers[FxsEvent] = Watchers()
        self._hook, self._ring = HookState(), RingState()
        self._hook_timer = Timer(lambda: self._hook_step(hook.TimerExpired()))
        self._ring_timer = Timer(lambda: self._ring_step(ringing.TimeUp()))
        self._blind_timer = Timer(self._see_again)  # battery removed or alarm: the loop says nothing of the hook
        self._line, self._reversed = Line.IDLE, False
        self._closed, self._opened_s = False, 0.0
        self._alarms_s: deque[float] = deque(maxlen=ALARMS_MAX)
        self.upkeep = Upkeep(name, chip.start, self._up, self._down)

    def watch(self, watcher: Callable[[FxsEvent], object]) -> Callable[[], None]:
        return self._watchers.watch(watcher)

    @property
    def off_hook(self) -> bool:
        return self._hook.hook is not hook.Hook.ON

    @property
    def loop_open(self) -> bool:
        return self._hook.hook is hook.Hook.BREAK

    @property
    def ringing(self) -> bool:
        return self._ring.ringing

    # ---- what a call wants ----
    def ring(self, cadence: RingCadence) -> None:
        if self.in_service and not self.off_hook:
            log.info("%s: ring %s", self.name, cadence.name)
            self._ring_step(ringing.Ring(cadence))

    def stop_ring(self) -> None:
        self._ring_step(ringing.Stop())

    def transmit(self) -> None:
        if self.in_service and not self.off_hook:
            self._ring_step(ringing.Transmit())

    async def prepare_caller_id(self) -> None:
        self._reversed = not self._reversed
        self.transmit()
        await asyncio.sleep(REVERSAL_SETTLE_S)

    def reverse_polarity(self, reversed_: bool) -> None:
        self._reversed = reversed_
        self._show(self._line)

    def remove_battery(self) -> None:
        if self.in_service and not self._blind_timer.running:
            self._try(lambda: self.chip.feed(LineFeed.OPEN))
            self._blind_timer.start(BATTERY_REMOVED_S)

    def loop_current_ma(self) -> float:
        try:
            return self.chip.loop_current_ma() if self.in_service else 0.0
        except (BusError, ChipError):
            return 0.0  # the scan finds out what has happened

    # ---- what the board tells ----
    def on_interrupt(self) -> None:
        """The interrupt pin is low: read and clear this chip's sources."""
        self._try(self._take_interrupts)

    def scan(self, thorough: bool) -> None:
        """Slow safety net: a hook change whose interrupt was lost, a chip that was reset, a battery that has gone."""
        if self.in_service:
            self._try(lambda: self._look(thorough))

    def _take_interrupts(self) -> None:
        sources = self.chip.take_interrupts()
        if not self.in_service:
            return  # read to free the pin, which all chips share
        if sources.power_alarm:
            self._power_alarm()
        elif sources.any:
            self._look()

    def _try(self, access: Callable[[], None]) -> None:
        """Use the chip. A failure that does not repeat at once was a disturbance on the bus; otherwise it is lost."""
        try:
            access()
        except (BusError, ChipError) as first:
            try:
                if self.in_service:
                    self.chip.status()
                    access()
                    log.warning("%s: went well the second time: %s", self.name, first)
            except (BusError, ChipError) as error:
                self.upkeep.lost(error)

    # ---- hook ----
    def _look(self, thorough: bool = False) -> None:
        """See whether the loop is closed and tell the hook machine of a change."""
        if self._blind_timer.running:
            return
        match self.chip.status(battery=thorough):
            case PowerAlarm():
                self._power_alarm()
            case LineStatus(closed):
                self._loop(closed)

    def _loop(self, closed: bool) -> None:
        if closed is self._closed:
            return
        self._closed = closed
        now_s = asyncio.get_running_loop().time()
        if closed:
            self._hook_step(hook.LoopClosed((now_s - self._opened_s) * 1000))
        else:
            self._opened_s = now_s
            self._hook_step(hook.LoopOpen())

    def _hook_step(self, event: hook.HookInput) -> None:
        self._hook, actions = hook.step(self._hook, event, self._timing)
        for action in actions:
            match action:
                case StartTimer(ms):
                    self._hook_timer.start(ms / 1000)
                case StopTimer():
                    self._hook_timer.stop()
                case told:
                    self._tell(told)

    def _tell(self, event: FxsEvent) -> None:
        log.info("%s: %s", self.name, event)
        match event:
            case OffHook():
                self._ring_step(ringing.Lifted())
            case OnHook():
                self._reversed = False
                self._show(Line.IDLE)
        self._watchers.post(event)

    # ---- ringing and feed ----
    def _ring_step(self, event: RingInput) -> None:
        self._ring, actions = ringing.step(self._ring, event)
        for action in actions:
            match action:
                case Line():
                    self._show(action)
                case StartTimer(ms):
                    self._ring_timer.start(ms / 1000)
                case StopTimer():
                    self._ring_timer.stop()
                case ringing.TakePower():
                    self._power.take(self, lambda: self._ring_step(ringing.PowerGranted()))
                case ringing.GivePower():
                    self._power.give(self)
                case FirstRingEnded():
                    self._tell(action)

    def _show(self, line: Line) -> None:
        """Put the line into this state, straight or reversed."""
        self._line = line
        if self.in_service and not self._blind_timer.running:
            self._try(lambda: self.chip.feed(_FEED[line][self._reversed]))

    def _see_again(self) -> None:
        """Battery back; a moment later the loop is looked at again."""
        if self.in_service and self.chip.commanded is LineFeed.OPEN:
            self._try(lambda: self.chip.feed(_FEED[self._line][self._reversed]))
            self._blind_timer.start(SETTLE_S)
        elif self.in_service:
            self._try(self._look)

    def _power_alarm(self) -> None:
        """The chip opened the line: try again in a second; a third alarm within a minute is a fault of the line."""
        now_s = asyncio.get_running_loop().time()
        self._alarms_s.append(now_s)
        log.warning("%s: power alarm, line opened", self.name)
        if len(self._alarms_s) == ALARMS_MAX and now_s - self._alarms_s[0] < ALARM_WINDOW_S:
            self._alarms_s.clear()
            self.chip.power_down()
            self.upkeep.lost(LineFault(f"{self.name}: the line is shorted: check cable and telephone, then plug it in"))
            return
        self.chip.feed(LineFeed.OPEN)
        self._blind_timer.start(ALARM_RETRY_S)

    # ---- the chip's life ----
    def _up(self) -> None:
        self.in_service, self.fault = True, None
        self._closed, self._opened_s = False, asyncio.get_running_loop().time()
        log.info("%s: in service", self.name)
        self._watchers.post(InService())
        self._try(self._look)

    def _down(self, reason: str) -> None:
        was, self.in_service = self.in_service, False
        self.close()
        self._hook, self._ring, self._line, self._reversed = HookState(), RingState(), Line.IDLE, False
        if was or self.fault != reason:
            log.warning("%s: out of service: %s", self.name, reason)
            self.fault = reason
            self._watchers.post(OutOfService(reason))

    def close(self) -> None:
        for timer in (self._hook_timer, self._ring_timer, self._blind_timer):
            timer.stop()
        self._power.give(self)
