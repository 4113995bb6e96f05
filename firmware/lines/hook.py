"""A telephone's hook as a state machine: tells bounce, dial pulse, flash and hang-up apart by the length of a break.

Pure. Not responsible for how the loop is seen (the chip debounces it for 12.5 ms) nor for running the timer.
"""

from dataclasses import dataclass
from enum import Enum

from firmware.lines.port import HookFlash, OffHook, OnHook, PulseDigit
from firmware.lines.timer import StartTimer, StopTimer
from firmware.telephony.country import Country

FLASH_GAP_MS = 250  # a break sooner after a flash is bounce of the switch (Asterisk sig_analog)


class Hook(Enum):
    ON = "on"
    OFF = "off"
    BREAK = "break"  # open after having been closed: not yet known what it will be
    PULSING = "pulsing"  # closed after a dial pulse: more may follow
    FLASHED = "flashed"  # closed just after a flash


@dataclass(frozen=True, slots=True)
class HookState:
    """`pulses` counts those of the digit under way; `bounce`: the break began too soon after a flash."""

    hook: Hook = Hook.ON
    pulses: int = 0
    bounce: bool = False


@dataclass(frozen=True, slots=True)
class HookTiming:
    """Lengths of a break: below `bounce_ms` nothing, then pulse, from `flash_min_ms` flash, then on-hook."""

    bounce_ms: float
    flash_min_ms: float
    flash_max_ms: float
    digit_gap_ms: float


@dataclass(frozen=True, slots=True)
class LoopClosed:
    open_ms: float  # how long it had been open


@dataclass(frozen=True, slots=True)
class LoopOpen:
    pass


@dataclass(frozen=True, slots=True)
class TimerExpired:
    pass


HookInput = LoopClosed | LoopOpen | TimerExpired
HookAction = StartTimer | StopTimer | OffHook | OnHook | HookFlash | PulseDigit


def timing_of(country: Country) -> HookTiming:
    return HookTiming(country.pulse.break_min_ms, country.flash.min_ms, country.flash.max_ms, country.pulse.gap_ms)


def step(state: HookState, event: HookInput, t: HookTiming) -> tuple[HookState, tuple[HookAction, ...]]:
    """Next state and what to do. Pairs that are not listed change nothing: the loop already is as the event says."""
    match state.hook, event:
        case Hook.ON, LoopClosed():
            return HookState(Hook.OFF), (OffHook(),)
        case ((Hook.OFF | Hook.PULSING), LoopOpen()):
            return HookState(Hook.BREAK, state.pulses), (StartTimer(t.flash_max_ms),)
        case Hook.FLASHED, LoopOpen():
            return HookState(Hook.BREAK, bounce=True), (StartTimer(t.flash_max_ms),)
        case Hook.BREAK, LoopClosed(open_ms):
            return _closed_again(state, open_ms, t)
        case Hook.BREAK, TimerExpired():
            return HookState(Hook.ON), (OnHook(),)
        case Hook.PULSING, TimerExpired():
            return HookState(Hook.OFF), _digit(state.pulses)
        case Hook.FLASHED, TimerExpired():
            return HookState(Hook.OFF), ()
    return state, ()


def _closed_again(state: HookState, open_ms: float, t: HookTiming) -> tuple[HookState, tuple[HookAction, ...]]:
    if state.bounce:
        return HookState(Hook.FLASHED), (StartTimer(FLASH_GAP_MS),)
    if open_ms >= t.flash_min_ms:
        return HookState(Hook.FLASHED), (*_digit(state.pulses), HookFlash(), StartTimer(FLASH_GAP_MS))
    pulses = state.pulses + (open_ms >= t.bounce_ms)
    if pulses:
        return HookState(Hook.PULSING, pulses), (StartTimer(t.digit_gap_ms),)
    return HookState(Hook.OFF), (StopTimer(),)


def _digit(pulses: int) -> tuple[HookAction, ...]:
    """One pulse is 1, ten are 0; more is no digit."""
    return (PulseDigit(str(pulses % 10)),) if 1 <= pulses <= 10 else ()
