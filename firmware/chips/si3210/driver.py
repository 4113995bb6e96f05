"""Driver of an Si3210 or Si3215: one telephone line. Says what the chip sees, does what the port wants.

Not responsible for what a closed loop means (hook, flash, pulses: `firmware/lines`) nor for when to start again.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from firmware.chips import ChipError
from firmware.chips.si3210 import registers as r
from firmware.chips.si3210.access import Si321xRegisters
from firmware.chips.si3210.bring_up import Calibration, Setting, bring_up, kept_calibration
from firmware.chips.si3210.registers import LineFeed
from firmware.hal import ChipSelect

BATTERY_GONE = 0x10  # DR82: 6 V; an active line has 50 V and more

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Interrupts:
    """What DR19 held: any of it changed since the last look."""

    loop_changed: bool
    ring_trip: bool
    power_alarm: bool

    @property
    def any(self) -> bool:
        return self.loop_changed or self.ring_trip or self.power_alarm


@dataclass(frozen=True, slots=True)
class LineStatus:
    """`closed`: the telephone draws current, debounced by the chip for 12.5 ms; while ringing, ring trip."""

    closed: bool


@dataclass(frozen=True, slots=True)
class PowerAlarm:
    """The chip opened the line because a transistor got too hot: the line is shorted."""


class Si321x:
    """One chip. All methods but `start` are one or two bus accesses. They raise BusError and ChipError."""

    def __init__(
        self, name: str, chip_select: ChipSelect, setting: Setting, release_reset: Callable[[], Awaitable[None]]
    ) -> None:
        self._chip = Si321xRegisters(name, chip_select, si3215=setting.si3215)
        self._setting, self._release_reset = setting, release_reset
        self._calibration: Calibration | None = None
        self._feed = LineFeed.OPEN

    @property
    def name(self) -> str:
        return self._chip.chip

    def keep_calibration(self) -> None:
        """Before a reset: remember the calibration of a chip that was up already, so that `start` is the fast one."""
        self._calibration = kept_calibration(self._chip)

    async def start(self) -> None:
        """Bring the chip up to Forward Active; fast when its calibration is known, which a failure makes forgotten."""
        await self._release_reset()
        kept, self._calibration = self._calibration, None
        self._calibration = await bring_up(self._chip, self._setting, kept)
        self._feed = LineFeed.ACTIVE
        log.info("%s: up", self.name)

    # ---- what the port wants ----
    def feed(self, state: LineFeed) -> None:
        """Command a line-feed state (DR64)."""
        self._feed = state
        self._chip.write(r.LINEFEED, state)

    @property
    def commanded(self) -> LineFeed:
        return self._feed

    def power_down(self) -> None:
        """Line open, battery converter off: for a port that is given up."""
        self.feed(LineFeed.OPEN)
        self._chip.write(r.POWER_DOWN, 0x10)

    # ---- what the chip sees ----
    def take_interrupts(self) -> Interrupts:
        """Read and clear the sources of the interrupt pin."""
        value = self._chip.read(r.IRQ_LINE)
        if value == 0xFF:  # not a source each: an absent chip
            raise self._chip.unexpected(r.IRQ_LINE, value, "fewer sources at once")
        if value:
            self._chip.write(r.IRQ_LINE, value)
        return Interrupts(bool(value & r.LCI), bool(value & r.RTI), bool(value & r.POWER_ALARMS))

    def status(self, *, battery: bool = False) -> LineStatus | PowerAlarm:
        """What the line shows, in one transfer while all is well. With `battery`, whether that has gone too.

        Where the chip changed the line feed by itself (answer), the command is made to match. Run-time check of
        hardware.md 2.3: raises ChipError when the chip was reset or lost its clock or battery.
        """
        loop, feed, *volts = self._chip.read_all(r.LOOP_STATUS, r.LINEFEED, *((r.BATTERY_VOLTAGE,) if battery else ()))
        for number, value in ((r.LINEFEED, feed), (r.LOOP_STATUS, loop)):
            if value & ~r.DIRECT[number].present:  # a byte went wrong, or nobody answers
                raise self._chip.unexpected(number, value, "reserved bits 0")
        if feed >> 4 == LineFeed.OPEN and self._feed is not LineFeed.OPEN:
            return self._opened(feed)
        if volts:
            self._check_battery(volts[0])
        closed = bool(loop & 0x03)
        if closed:
            self._settle_feed(LineFeed(feed >> 4 & 7))
        return LineStatus(closed)

    def _opened(self, feed: int) -> PowerAlarm:
        """The line is open, which nobody asked for."""
        loopback, power_down = self._chip.read_all(r.LOOPBACK, r.POWER_DOWN)
        if loopback:
            raise self._chip.unexpected(r.LOOPBACK, loopback, "0x00", "the chip was reset; it is started again")
        if feed & 7 == self._feed and not power_down:
            return PowerAlarm()
        raise self._chip.unexpected(r.LINEFEED, feed, f"LF={self._feed:d}", "the chip was reset; it is started again")

    def _settle_feed(self, actual: LineFeed) -> None:
        moved_itself = {LineFeed.ACTIVE, LineFeed.REVERSE_ACTIVE}
        if actual in moved_itself and self._feed not in (actual, LineFeed.OPEN):
            self.feed(actual)

    def _check_battery(self, value: int) -> None:
        """It goes when the PCM clock stops."""
        if value < BATTERY_GONE and self._feed is not LineFeed.OPEN:
            advice = "the line battery has gone: check its supply and the PCM clock"
            raise self._chip.unexpected(r.BATTERY_VOLTAGE, value, f"0x{BATTERY_GONE:02X} or more", advice)

    def loop_current_ma(self) -> float:
        return (self._chip.read(r.LOOP_CURRENT) & 0x3F) * r.LOOP_CURRENT_LSB_MA


__all__ = ["Calibration", "ChipError", "Interrupts", "LineFeed", "PowerAlarm", "Setting", "Si321x"]
