"""The hook's state machine: every pair of state and event."""

import pytest

from firmware.lines.hook import (
    Hook,
    HookAction,
    HookInput,
    HookState,
    HookTiming,
    LoopClosed,
    LoopOpen,
    TimerExpired,
    step,
    timing_of,
)
from firmware.lines.port import HookFlash, OffHook, OnHook, PulseDigit
from firmware.lines.timer import StartTimer, StopTimer
from firmware.telephony.country import load_country

T = HookTiming(bounce_ms=15, flash_min_ms=80, flash_max_ms=1000, digit_gap_ms=250)
ON, OFF = HookState(), HookState(Hook.OFF)
BREAK, FLASHED = HookState(Hook.BREAK), HookState(Hook.FLASHED)
BOUNCE = HookState(Hook.BREAK, bounce=True)


def breaking(pulses: int) -> HookState:
    return HookState(Hook.BREAK, pulses)


def pulsing(pulses: int) -> HookState:
    return HookState(Hook.PULSING, pulses)


@pytest.mark.parametrize(
    ("state", "event", "after", "actions"),
    [
        (ON, LoopClosed(5000), OFF, (OffHook(),)),
        (ON, LoopOpen(), ON, ()),
        (ON, TimerExpired(), ON, ()),
        (OFF, LoopClosed(0), OFF, ()),
        (OFF, LoopOpen(), BREAK, (StartTimer(1000),)),
        (OFF, TimerExpired(), OFF, ()),
        (BREAK, LoopClosed(14), OFF, (StopTimer(),)),
        (BREAK, LoopClosed(15), pulsing(1), (StartTimer(250),)),
        (BREAK, LoopClosed(79), pulsing(1), (StartTimer(250),)),
        (BREAK, LoopClosed(80), FLASHED, (HookFlash(), StartTimer(250))),
        (BREAK, LoopClosed(999), FLASHED, (HookFlash(), StartTimer(250))),
        (BREAK, LoopOpen(), BREAK, ()),
        (BREAK, TimerExpired(), ON, (OnHook(),)),
        (breaking(2), LoopClosed(60), pulsing(3), (StartTimer(250),)),
        (breaking(2), LoopClosed(5), pulsing(2), (StartTimer(250),)),
        (breaking(2), LoopClosed(300), FLASHED, (PulseDigit("2"), HookFlash(), StartTimer(250))),
        (breaking(2), TimerExpired(), ON, (OnHook(),)),
        (pulsing(3), LoopOpen(), breaking(3), (StartTimer(1000),)),
        (pulsing(3), LoopClosed(0), pulsing(3), ()),
        (pulsing(1), TimerExpired(), OFF, (PulseDigit("1"),)),
        (pulsing(10), TimerExpired(), OFF, (PulseDigit("0"),)),
        (pulsing(11), TimerExpired(), OFF, ()),
        (FLASHED, LoopOpen(), BOUNCE, (StartTimer(1000),)),
        (FLASHED, LoopClosed(0), FLASHED, ()),
        (FLASHED, TimerExpired(), OFF, ()),
        (BOUNCE, LoopClosed(100), FLASHED, (StartTimer(250),)),
        (BOUNCE, TimerExpired(), ON, (OnHook(),)),
    ],
)
def test_step(state: HookState, event: HookInput, after: HookState, actions: tuple[HookAction, ...]) -> None:
    assert step(state, event, T) == (after, actions)


def test_timing_comes_from_the_country() -> None:
    assert timing_of(load_country("US")) == HookTiming(15, 200, 1200, 250)
