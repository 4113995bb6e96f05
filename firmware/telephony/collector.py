"""The digit collector of a telephone that dials digit by digit (N2, N3): a pure state machine.

Not responsible for detecting digits, for dial tone itself, or for what happens with the number then.
"""

from dataclasses import dataclass
from enum import Enum

from firmware.telephony.digitmap import Fit
from firmware.telephony.numbering import LONGEST, Plan


class Phase(Enum):
    WAITING = "no digit yet"
    COLLECTING = "collecting"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Collecting:
    """What has been dialled so far."""

    phase: Phase = Phase.WAITING
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Begin:
    """Dial tone has been switched on."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: 0-9 * # A-D."""

    digit: str


@dataclass(frozen=True, slots=True)
class TimerExpired:
    """The timer of the last ArmTimer ran out."""


@dataclass(frozen=True, slots=True)
class ArmTimer:
    """Start the timer anew; a running one is void."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StopDialTone:
    pass


@dataclass(frozen=True, slots=True)
class Dialled:
    """The caller is done; the timer is void. Whether the number exists is decided by `routing.route`."""

    number: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nothing was dialled in time (H8)."""


Event = Begin | Key | TimerExpired
Action = ArmTimer | StopDialTone | Dialled | GiveUp
_DONE = Phase.DONE


def step(state: Collecting, event: Event, plan: Plan) -> tuple[Collecting, tuple[Action, ...]]:
    """One event. Timers are those of `numbering:` in the site file, in seconds."""
    timers = plan.site.numbering
    match state.phase, event:
        case Phase.WAITING, Begin():
            return state, (ArmTimer(timers.first_digit_s),)
        case Phase.WAITING, TimerExpired():
            return Collecting(_DONE), (GiveUp(),)
        case Phase.WAITING, Key("#"):  # nothing to send yet
            return state, (ArmTimer(timers.first_digit_s),)
        case Phase.WAITING, Key(digit):
            state, actions = _collected(digit, plan)
            return state, (StopDialTone(), *actions)
        case Phase.COLLECTING, Key("#"):
            return Collecting(_DONE, state.digits), (Dialled(state.digits),)
        case Phase.COLLECTING, Key(digit):
            return _collected(state.digits + digit, plan)
        case Phase.COLLECTING, TimerExpired():
            return Collecting(_DONE, state.digits), (Dialled(state.digits),)
        case _:
            return state, ()


def _collected(digits: str, plan: Plan) -> tuple[Collecting, tuple[Action, ...]]:
    """Send what is complete or fits nothing; else wait: shorter when the number could stand as it is."""
    fit = plan.fit(digits)
    if not fit.may_grow or len(digits) >= LONGEST:
        return Collecting(_DONE, digits), (Dialled(digits),)
    wait_s = plan.site.numbering.match_s if fit is Fit.LONGER else plan.site.numbering.inter_digit_s
    return Collecting(Phase.COLLECTING, digits), (ArmTimer(wait_s),)
