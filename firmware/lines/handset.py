"""Which of a telephone's calls has the handset, as a state machine: hold, consult, swap, three-way (H2-H6).

Pure. `active` is the call that has the handset, `held` the one that waits with music, `waiting` one that announces
itself by a beep. Not responsible for telling a flash from a hang-up (`hook.py`) nor for the legs (`telephone.py`).
"""

from dataclasses import dataclass
from enum import Enum


class Handset(Enum):
    IDLE = "idle"
    RINGING = "ringing"  # for the active call, which has not been answered
    ONE = "one call"  # dialling included
    ONE_WAITING = "one call, another waits"
    NONE = "off hook, no call"  # a tone says so until the handset is back
    NONE_WAITING = "off hook, no call, another waits"
    CONSULTING = "consulting"  # the held call is asked about in the active one
    SWAPPING = "two calls in turn"  # one of them came by call waiting
    THREE_WAY = "three-way"  # the held call hears all; the active one was the last to come
    HOLDING = "holding"  # off hook, a held call only
    RINGING_BACK = "ringing back"  # put back with a held call only: it rings


class Progress(Enum):
    """How far the active call is."""

    CALLING = "calling"  # dialling, or nobody has answered yet
    TALKING = "talking"
    SERVED = "served"  # with a menu, a mailbox, a room: it cannot be held


@dataclass(frozen=True, slots=True)
class Lifted:
    pass


@dataclass(frozen=True, slots=True)
class Flash:
    active: Progress = Progress.CALLING


@dataclass(frozen=True, slots=True)
class PutBack:
    pass


@dataclass(frozen=True, slots=True)
class Called:
    """A call comes for the telephone."""


@dataclass(frozen=True, slots=True)
class ActiveGone:
    at_ear: bool  # the two had talked, and the handset is not just being put back


@dataclass(frozen=True, slots=True)
class HeldGone:
    pass


@dataclass(frozen=True, slots=True)
class WaitingGone:
    pass


@dataclass(frozen=True, slots=True)
class Returned:
    """A held call that was given away comes back: it could not be connected."""


@dataclass(frozen=True, slots=True)
class TimeUp:
    """Nobody has lifted the handset for the held call."""


Event = Lifted | Flash | PutBack | Called | ActiveGone | HeldGone | WaitingGone | Returned | TimeUp


class Do(Enum):
    """What is to be done, in order."""

    DIAL = "begin a call: dial tone"
    RING = "ring for the active call"
    ANSWER = "answer the active call"
    STOP_BELL = "stop ringing"
    BEEP = "let the waiting call be heard"
    STOP_BEEP = "no more beeps"
    TAKE_WAITING = "the waiting call becomes the active one"
    HOLD = "hold the active call"
    TAKE_HELD = "the held call becomes the active one, heard again"
    SWAP = "hold the active call, take the held one"
    JOIN = "all three hear each other"
    PART = "no longer"
    END = "end the active call"
    END_HELD = "end the held call"
    TRANSFER = "connect the other two"
    RING_BACK = "ring for the held call"
    TONE = "say by a tone why there is no call"
    HUSH = "no tone any more"


Step = tuple[Handset, tuple[Do, ...]]
_REPLACED = (Do.STOP_BEEP, Do.END, Do.TAKE_WAITING, Do.ANSWER)


def step(state: Handset, event: Event) -> Step:
    """Next state and what to do. Pairs that are not listed change nothing."""
    if isinstance(event, Flash):
        return _flash(state, event.active)
    if isinstance(event, PutBack):
        return _put_back(state)
    match state, event:
        case Handset.IDLE, Lifted():
            return Handset.ONE, (Do.DIAL,)
        case Handset.IDLE, Called():
            return Handset.RINGING, (Do.RING,)
        case Handset.RINGING, Lifted():
            return Handset.ONE, (Do.STOP_BELL, Do.ANSWER)
        case Handset.ONE, Called():
            return Handset.ONE_WAITING, (Do.BEEP,)
        case Handset.ONE_WAITING, WaitingGone():
            return Handset.ONE, (Do.STOP_BEEP,)
        case Handset.NONE_WAITING, WaitingGone():
            return Handset.NONE, (Do.STOP_BEEP,)
        case Handset.RINGING_BACK, Lifted():
            return Handset.ONE, (Do.STOP_BELL, Do.TAKE_HELD)
        case Handset.RINGING_BACK, TimeUp():
            return Handset.IDLE, (Do.STOP_BELL, Do.END_HELD)
        case Handset.IDLE, Returned():
            return Handset.RINGING_BACK, (Do.RING_BACK,)
    return _gone(state, event)


def _flash(state: Handset, active: Progress) -> Step:
    match state, active:
        case Handset.ONE, Progress.TALKING:
            return Handset.CONSULTING, (Do.HOLD, Do.DIAL)
        case Handset.ONE, Progress.CALLING:
            return Handset.ONE, (Do.END, Do.DIAL)
        case Handset.ONE_WAITING, Progress.TALKING:
            return Handset.SWAPPING, (Do.STOP_BEEP, Do.HOLD, Do.TAKE_WAITING, Do.ANSWER)
        case Handset.ONE_WAITING, _:
            return Handset.ONE, _REPLACED
        case Handset.NONE_WAITING, _:
            return Handset.ONE, (Do.STOP_BEEP, Do.HUSH, Do.TAKE_WAITING, Do.ANSWER)
        case Handset.NONE, _:
            return Handset.ONE, (Do.HUSH, Do.DIAL)
        case Handset.CONSULTING, Progress.TALKING:
            return Handset.THREE_WAY, (Do.JOIN,)
        case Handset.SWAPPING, Progress.TALKING:
            return Handset.SWAPPING, (Do.SWAP,)
        case ((Handset.CONSULTING | Handset.SWAPPING), _):
            return Handset.ONE, (Do.END, Do.TAKE_HELD)
        case Handset.THREE_WAY, _:
            return Handset.ONE, (Do.PART, Do.END, Do.TAKE_HELD)
        case Handset.HOLDING, _:
            return Handset.ONE, (Do.HUSH, Do.TAKE_HELD)
    return state, ()


def _put_back(state: Handset) -> Step:
    match state:
        case Handset.ONE:
            return Handset.IDLE, (Do.END,)
        case Handset.ONE_WAITING:
            return Handset.RINGING, (Do.STOP_BEEP, Do.END, Do.TAKE_WAITING, Do.RING)
        case Handset.NONE_WAITING:
            return Handset.RINGING, (Do.STOP_BEEP, Do.TAKE_WAITING, Do.RING)
        case Handset.NONE:
            return Handset.IDLE, ()
        case Handset.CONSULTING:
            return Handset.IDLE, (Do.TRANSFER,)
        case Handset.THREE_WAY:
            return Handset.IDLE, (Do.PART, Do.TRANSFER)
        case Handset.SWAPPING:
            return Handset.RINGING_BACK, (Do.END, Do.RING_BACK)
        case Handset.HOLDING:
            return Handset.RINGING_BACK, (Do.RING_BACK,)
    return state, ()


def _gone(state: Handset, event: Event) -> Step:
    """A call has ended at its far end."""
    match state, event:
        case Handset.RINGING, ActiveGone():
            return Handset.IDLE, (Do.STOP_BELL,)
        case Handset.ONE, ActiveGone():
            return Handset.NONE, (Do.TONE,)
        case Handset.ONE_WAITING, ActiveGone():
            return Handset.NONE_WAITING, (Do.TONE,)
        case ((Handset.CONSULTING | Handset.SWAPPING), ActiveGone(at_ear=False)):
            return Handset.HOLDING, (Do.TONE,)
        case ((Handset.CONSULTING | Handset.SWAPPING), ActiveGone()):
            return Handset.ONE, (Do.TAKE_HELD,)
        case Handset.THREE_WAY, ActiveGone():
            return Handset.ONE, (Do.PART, Do.TAKE_HELD)
        case ((Handset.CONSULTING | Handset.SWAPPING), HeldGone()):
            return Handset.ONE, ()
        case Handset.THREE_WAY, HeldGone():
            return Handset.ONE, (Do.PART,)
        case Handset.HOLDING, HeldGone():
            return Handset.NONE, (Do.TONE,)
        case Handset.RINGING_BACK, HeldGone():
            return Handset.IDLE, (Do.STOP_BELL,)
    return state, ()
