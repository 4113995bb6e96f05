"""What an FXO line shows, as two state machines: being called, and battery with its polarity.

Pure. Not responsible for reading the chip nor for running the timers.
"""

from dataclasses import dataclass
from enum import Enum

from firmware.lines.port import BatteryLost, BatteryRestored, LineDropped, PolarityReversed, RingStarted, RingStopped
from firmware.lines.timer import StartTimer, StopTimer
from firmware.telephony.country import RingCadence

STABLE_MS = 64.0  # a new voltage counts after so long (DAHDI wctdm battery and polarity debounce)
PRESENT_V = 3  # below, the line has no battery
RING_GIVE_UP_MS = 8000.0  # DAHDI ringtimeout: the longest pause of any cadence


class Called(Enum):
    QUIET = "quiet"
    BURST = "burst"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class RingSeen:
    """The chip validates a ring, or no longer does."""

    on: bool


@dataclass(frozen=True, slots=True)
class Seized:
    pass


@dataclass(frozen=True, slots=True)
class TimeUp:
    pass


RingAction = StartTimer | StopTimer | RingStarted | RingStopped


def give_up_ms(cadence: RingCadence) -> float:
    """How long without a ring until nobody calls any more: well over the longest pause of the country's cadence."""
    return min(RING_GIVE_UP_MS, 1.5 * max(off_ms for _, off_ms in cadence.bursts_ms) + 500)


def ring_step(
    state: Called, event: RingSeen | Seized | TimeUp, pause_ms: float
) -> tuple[Called, tuple[RingAction, ...]]:
    """Next state and what to do. Pairs that are not listed change nothing."""
    match state, event:
        case Called.QUIET, RingSeen(on=True):
            return Called.BURST, (RingStarted(),)
        case Called.BURST, RingSeen(on=False):
            return Called.PAUSE, (StartTimer(pause_ms),)
        case Called.PAUSE, RingSeen(on=True):
            return Called.BURST, (StopTimer(),)
        case Called.PAUSE, TimeUp():
            return Called.QUIET, (RingStopped(),)
        case ((Called.BURST | Called.PAUSE), Seized()):
            return Called.QUIET, (StopTimer(),)
    return state, ()


@dataclass(frozen=True, slots=True)
class Battery:
    """`sign` of the line's voltage: 1, -1, 0 for none, None while not known. `new` is one that must prove stable."""

    sign: int | None = None
    new: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    volts: int


@dataclass(frozen=True, slots=True)
class Stable:
    """The timer is up and the voltage still differs; `held`: the box is off-hook."""

    held: bool


BatteryAction = StartTimer | StopTimer | BatteryLost | BatteryRestored | PolarityReversed | LineDropped


def battery_step(state: Battery, event: Seen | Stable) -> tuple[Battery, tuple[BatteryAction, ...]]:
    """Next state and what to do."""
    match event:
        case Seen(volts):
            sign = 0 if abs(volts) < PRESENT_V else 1 if volts > 0 else -1
            if sign == state.sign:
                return Battery(sign), ((StopTimer(),) if state.new is not None else ())
            if sign == state.new:
                return state, ()
            return Battery(state.sign, sign), (StartTimer(STABLE_MS),)
        case Stable(held):
            return (Battery(state.new), _changed(state.sign, state.new, held)) if state.new is not None else (state, ())


def _changed(old: int | None, new: int, held: bool) -> tuple[BatteryAction, ...]:
    if new == 0:
        return (LineDropped() if held else BatteryLost(),)
    if not old:
        return (BatteryRestored(),)
    return (PolarityReversed(),)
