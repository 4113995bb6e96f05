"""A port to the exchange on an Si3050: runs the ring and battery state machines with the chip and the loop's timers.

Not responsible for tones, dialling by keys and caller ID (the call) nor for when the chip's pin interrupts.
"""

import asyncio
import logging
from collections.abc import Callable

from firmware.chips import ChipError
from firmware.chips.si3050.driver import LineStatus, Si3050
from firmware.hal import BusError
from firmware.lines import office
from firmware.lines.office import Battery, Called
from firmware.lines.port import BatteryRestored, FxoEvent, InService, OutOfService, Watchers
from firmware.lines.timer import StartTimer, StopTimer, Timer
from firmware.lines.upkeep import Upkeep
from firmware.telephony.country import Country

log = logging.getLogger(__name__)


class DaaPort:
    """One port, an `FxoPort`. `upkeep` starts its chip; `on_interrupt` and `scan` are the board's calls."""

    def __init__(self, name: str, tdm_slot: int, chip: Si3050, country: Country) -> None:
        self.name, self.tdm_slot, self.chip = name, tdm_slot, chip
        self.in_service, self.seized = False, False
        self.fault: str | None = None
        self._country, self._pause_ms = country, office.give_up_ms(country.ring)
        self._watchers: Watchers[FxoEvent] = Watchers()
        self._called, self._battery = Called.QUIET, Battery()
        self._ring_timer = Timer(lambda: self._ring_step(office.TimeUp()))
        self._battery_timer = Timer(self._battery_time_up)
        self._flash_timer = Timer(self._flash_over)
        self._pulsing = False
        self.upkeep = Upkeep(name, chip.start, self._up, self._down)

    def watch(self, watcher: Callable[[FxoEvent], object]) -> Callable[[], None]:
        return self._watchers.watch(watcher)

    @property
    def line_present(self) -> bool:
        return bool(self._battery.sign)

    @property
    def ringing(self) -> bool:
        return self._called is not Called.QUIET

    # ---- what a call wants ----
    def seize(self) -> None:
        if self.in_service:
            log.info("%s: seize", self.name)
            self.seized = True
            self._ring_step(office.Seized())
            self._hook(True)

    def release(self) -> None:
        if self.seized:
            log.info("%s: release", self.name)
            self.seized = False
            self._flash_timer.stop()
            self._hook(False)

    def flash(self) -> None:
        if self.seized:
            self._hook(False)
            self._flash_timer.start(self._country.flash.send_ms / 1000)

    async def dial_pulses(self, digits: str) -> None:
        pulse = self._country.pulse
        self._pulsing = True
        try:
            for digit in digits:
                for _ in range(int(digit) or 10):
                    self._hook(False)
                    await asyncio.sleep(pulse.send_break_ms / 1000)
                    self._hook(self.seized)
                    await asyncio.sleep(pulse.send_make_ms / 1000)
                await asyncio.sleep(pulse.send_gap_ms / 1000)
        finally:
            self._pulsing = False

    def _hook(self, off: bool) -> None:
        self._try(lambda: self.chip.hook(off))

    def _flash_over(self) -> None:
        if self.seized:
            self._hook(True)

    # ---- what the board tells ----
    def on_interrupt(self) -> None:
        """The interrupt pin is low: read and clear this chip's sources."""
        self._try(self._take_interrupts)

    def scan(self, _thorough: bool) -> None:
        """Slow look: battery has no interrupt while on-hook, and a lost interrupt is made up for."""
        if self.in_service:
            self._try(self._look)

    def _take_interrupts(self) -> None:
        if self.chip.take_interrupts().any and self.in_service:
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

    def _look(self) -> None:
        status = self.chip.status()
        if not self.seized:
            self._ring_step(office.RingSeen(status.ringing))
        if self._battery_counts(status):
            self._battery_step(office.Seen(status.volts))

    def _battery_counts(self, status: LineStatus) -> bool:
        """Ringing and our own breaks swing the voltage."""
        return not (status.ringing or self._flash_timer.running or self._pulsing)

    # ---- state machines ----
    def _ring_step(self, event: office.RingSeen | office.Seized | office.TimeUp) -> None:
        self._called, actions = office.ring_step(self._called, event, self._pause_ms)
        for action in actions:
            self._do(action, self._ring_timer)

    def _battery_step(self, event: office.Seen | office.Stable) -> None:
        self._battery, actions = office.battery_step(self._battery, event)
        for action in actions:
            self._do(action, self._battery_timer)

    def _battery_time_up(self) -> None:
        """Has the new voltage held? Look once more."""
        if self.in_service:
            self._try(self._look)
        if self._battery.new is not None:
            self._battery_step(office.Stable(self.seized))

    def _do(self, action: office.RingAction | office.BatteryAction, timer: Timer) -> None:
        match action:
            case StartTimer(ms):
                timer.start(ms / 1000)
            case StopTimer():
                timer.stop()
            case event:
                self._tell(event)

    def _tell(self, event: FxoEvent) -> None:
        log.info("%s: %s", self.name, event)
        self._watchers.post(event)

    # ---- the chip's life ----
    def _up(self) -> None:
        self.in_service, self.fault = True, None
        log.info("%s: in service", self.name)
        try:
            volts = self.chip.status().volts
        except (BusError, ChipError) as error:
            self.upkeep.lost(error)
            return
        self._watchers.post(InService())
        self._battery_step(office.Seen(volts))
        if self._battery.new:  # found in place: no need to wait
            self._battery_timer.stop()
            self._battery = Battery(self._battery.new)
            self._tell(BatteryRestored())

    def _down(self, reason: str) -> None:
        was, self.in_service = self.in_service, False
        self.close()
        self.seized, self._called, self._battery = False, Called.QUIET, Battery()
        if was or self.fault != reason:
            log.warning("%s: out of service: %s", self.name, reason)
            self.fault = reason
            self._watchers.post(OutOfService(reason))

    def close(self) -> None:
        for timer in (self._ring_timer, self._battery_timer, self._flash_timer):
            timer.stop()
