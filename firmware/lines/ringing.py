"""Ringing a telephone as a state machine: bursts and pauses of a cadence, on-hook audio in the pauses and afterwards.

Pure. Not responsible for seeing that the handset is lifted (`hook.py`) nor for caller ID audio (the call).
"""

from dataclasses import dataclass
from enum import Enum

from firmware.lines.port import FirstRingEnded
from firmware.lines.timer import StartTimer, StopTimer
from firmware.telephony.country import RingCadence

TRANSMIT_MS = 6000.0  # on-hook audio after a ring, for caller ID and message lamp (DAHDI OHT_TIMER)


class Phase(Enum):
    QUIET = "quiet"
    WAITING = "waiting"  # for its share of the ringing power
    BURST = "burst"
    PAUSE = "pause"
    TRANSMITTING = "transmitting"  # not ringing: on-hook audio


class Line(Enum):
    """What the line has to carry."""

    IDLE = "idle"
    TRANSMIT = "transmit"
    RING = "ring"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class RingState:
    """`at` counts the bursts of `cadence` since it began."""

    phase: Phase = Phase.QUIET
    cadence: RingCadence | None = None
    at: int = 0

    @property
    def ringing(self) -> bool:
        return self.cadence is not None


@dataclass(frozen=True, slots=True)
class Ring:
    cadence: RingCadence


@dataclass(frozen=True, slots=True)
class Stop:
    pass


@dataclass(frozen=True, slots=True)
class Transmit:
    """On-hook audio without a ring."""


@dataclass(frozen=True, slots=True)
class Lifted:
    pass


@dataclass(frozen=True, slots=True)
class PowerGranted:
    pass


@dataclass(frozen=True, slots=True)
class TimeUp:
    pass


@dataclass(frozen=True, slots=True)
class TakePower:
    """Ask for ringing power; PowerGranted follows, perhaps at once."""


@dataclass(frozen=True, slots=True)
class GivePower:
    """Give ringing power back, or withdraw the request."""


RingInput = Ring | Stop | Transmit | Lifted | PowerGranted | TimeUp
RingAction = Line | StartTimer | StopTimer | TakePower | GivePower | FirstRingEnded
Step = tuple[RingState, tuple[RingAction, ...]]


def step(state: RingState, event: RingInput) -> Step:
    """Next state and what to do. Pairs that are not listed change nothing."""
    match state.phase, event:
        case ((Phase.QUIET | Phase.TRANSMITTING), Ring(cadence)):
            return RingState(Phase.WAITING, cadence), (StopTimer(), TakePower())
        case ((Phase.QUIET | Phase.TRANSMITTING), Transmit()):
            return RingState(Phase.TRANSMITTING), (Line.TRANSMIT, StartTimer(TRANSMIT_MS))
        case Phase.TRANSMITTING, TimeUp():
            return RingState(), (Line.IDLE,)
        case Phase.WAITING, PowerGranted():
            return _burst(state)
        case Phase.BURST, TimeUp():
            return _pause(state)
        case Phase.PAUSE, TimeUp():
            return _next(state)
        case ((Phase.WAITING | Phase.BURST | Phase.PAUSE), Stop()):
            return RingState(Phase.TRANSMITTING), (GivePower(), Line.TRANSMIT, StartTimer(TRANSMIT_MS))
        case _, Lifted():
            return RingState(), (GivePower(), StopTimer(), Line.TALK)
    return state, ()


def _place(state: RingState) -> tuple[int, int, bool]:
    """On and off time of the present burst, and whether it is the cadence's last."""
    assert state.cadence is not None
    bursts = state.cadence.bursts_ms
    on_ms, off_ms = bursts[state.at % len(bursts)]
    return on_ms, off_ms, state.at % len(bursts) == len(bursts) - 1


def _burst(state: RingState) -> Step:
    on_ms, _, _ = _place(state)
    return RingState(Phase.BURST, state.cadence, state.at), (Line.RING, StartTimer(on_ms))


def _pause(state: RingState) -> Step:
    _, off_ms, last = _place(state)
    assert state.cadence is not None
    first = last and state.at < len(state.cadence.bursts_ms)
    done: tuple[RingAction, ...] = (Line.TRANSMIT, StartTimer(off_ms))
    done += (GivePower(),) if last else ()
    done += (FirstRingEnded(),) if first else ()
    return RingState(Phase.PAUSE, state.cadence, state.at), done


def _next(state: RingState) -> Step:
    _, _, last = _place(state)
    following = RingState(Phase.WAITING, state.cadence, state.at + 1)
    return (following, (TakePower(),)) if last else _burst(following)
