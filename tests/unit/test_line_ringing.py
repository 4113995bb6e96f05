"""Ringing's state machine: every pair of state and event; the share-out of ringing power."""

import pytest

from firmware.lines.port import FirstRingEnded
from firmware.lines.ring_power import RingPower
from firmware.lines.ringing import (
    GivePower,
    Lifted,
    Line,
    Phase,
    PowerGranted,
    Ring,
    RingAction,
    RingInput,
    RingState,
    Stop,
    TakePower,
    TimeUp,
    Transmit,
    step,
)
from firmware.lines.timer import StartTimer, StopTimer
from firmware.telephony.country import RingCadence

PLAIN = RingCadence("normal", ((1000, 4000),))
DOUBLE = RingCadence("normal", ((400, 200), (300, 2000)))
QUIET, TRANSMITTING = RingState(), RingState(Phase.TRANSMITTING)
LIFTED = (QUIET, (GivePower(), StopTimer(), Line.TALK))
STOPPED = (TRANSMITTING, (GivePower(), Line.TRANSMIT, StartTimer(6000)))


def waiting(at: int = 0, cadence: RingCadence = PLAIN) -> RingState:
    return RingState(Phase.WAITING, cadence, at)


def burst(at: int, cadence: RingCadence = PLAIN) -> RingState:
    return RingState(Phase.BURST, cadence, at)


def pause(at: int, cadence: RingCadence = PLAIN) -> RingState:
    return RingState(Phase.PAUSE, cadence, at)


@pytest.mark.parametrize(
    ("state", "event", "after", "actions"),
    [
        (QUIET, Ring(PLAIN), waiting(), (StopTimer(), TakePower())),
        (QUIET, Transmit(), TRANSMITTING, (Line.TRANSMIT, StartTimer(6000))),
        (QUIET, Stop(), QUIET, ()),
        (QUIET, PowerGranted(), QUIET, ()),
        (QUIET, TimeUp(), QUIET, ()),
        (QUIET, Lifted(), *LIFTED),
        (TRANSMITTING, Ring(PLAIN), waiting(), (StopTimer(), TakePower())),
        (TRANSMITTING, Transmit(), TRANSMITTING, (Line.TRANSMIT, StartTimer(6000))),
        (TRANSMITTING, TimeUp(), QUIET, (Line.IDLE,)),
        (TRANSMITTING, Stop(), TRANSMITTING, ()),
        (TRANSMITTING, PowerGranted(), TRANSMITTING, ()),
        (TRANSMITTING, Lifted(), *LIFTED),
        (waiting(), PowerGranted(), burst(0), (Line.RING, StartTimer(1000))),
        (waiting(), Ring(DOUBLE), waiting(), ()),
        (waiting(), TimeUp(), waiting(), ()),
        (waiting(), Transmit(), waiting(), ()),
        (waiting(), Stop(), *STOPPED),
        (waiting(), Lifted(), *LIFTED),
        (burst(0), TimeUp(), pause(0), (Line.TRANSMIT, StartTimer(4000), GivePower(), FirstRingEnded())),
        (burst(1), TimeUp(), pause(1), (Line.TRANSMIT, StartTimer(4000), GivePower())),
        (burst(0, DOUBLE), TimeUp(), pause(0, DOUBLE), (Line.TRANSMIT, StartTimer(200))),
        (burst(1, DOUBLE), TimeUp(), pause(1, DOUBLE),
         (Line.TRANSMIT, StartTimer(2000), GivePower(), FirstRingEnded())),
        (burst(3, DOUBLE), TimeUp(), pause(3, DOUBLE), (Line.TRANSMIT, StartTimer(2000), GivePower())),
        (burst(0), Ring(DOUBLE), burst(0), ()),
        (burst(0), PowerGranted(), burst(0), ()),
        (burst(0), Transmit(), burst(0), ()),
        (burst(0), Stop(), *STOPPED),
        (burst(0), Lifted(), *LIFTED),
        (pause(0), TimeUp(), waiting(1), (TakePower(),)),
        (pause(0, DOUBLE), TimeUp(), burst(1, DOUBLE), (Line.RING, StartTimer(300))),
        (pause(1, DOUBLE), TimeUp(), waiting(2, DOUBLE), (TakePower(),)),
        (pause(0), Stop(), *STOPPED),
        (pause(0), Lifted(), *LIFTED),
        (pause(0), Transmit(), pause(0), ()),
        (pause(0), Ring(DOUBLE), pause(0), ()),
        (pause(0), PowerGranted(), pause(0), ()),
    ],
)  # fmt: skip
def test_step(state: RingState, event: RingInput, after: RingState, actions: tuple[RingAction, ...]) -> None:
    assert step(state, event) == (after, actions)


def test_power_goes_round() -> None:
    power, granted = RingPower(shares=2), []
    for name in "abcd":
        power.take(name, lambda name=name: granted.append(name))  # type: ignore[misc]
    assert granted == ["a", "b"]
    power.give("c")  # withdrawn before its turn
    power.give("a")
    assert granted == ["a", "b", "d"]
    power.give("nobody")
    assert granted == ["a", "b", "d"]
