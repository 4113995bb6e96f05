"""What to do about one process of the box: a pure state machine over its heartbeat, its exit and the time.

Not responsible for doing it (`tree`). Times are monotonic seconds.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from firmware.contract.heartbeat import Beat, Failed, Ready

BACK_OFF_S: Final = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
NEVER_UP_MAX: Final = 4  # a process that ended so often and never came up will not do so by another try


class Phase(Enum):
    IDLE = "idle"
    STARTING = "starting"
    UP = "up"
    DYING = "dying"  # killed because it hung; its end is awaited
    WAITING = "waiting"  # for the end of the back-off
    STOPPING = "stopping"
    STOPPED = "stopped"
    BROKEN = "broken"  # never came up; given up


@dataclass(frozen=True, slots=True)
class Limits:
    """Times that one kind of process is allowed, in seconds."""

    start_s: float = 20.0
    silent_s: float = 3.0
    still_s: float = 3.0
    steady_s: float = 60.0
    stop_s: float = 1.5
    watched: bool = True  # False: it sends no heartbeat, and counts as up while it runs


@dataclass(frozen=True, slots=True)
class Counter:
    value: int
    moved_at_s: float


@dataclass(frozen=True, slots=True)
class State:
    """Where one process stands. `failures` counts ends in a row, each after less than the steady time."""

    phase: Phase = Phase.IDLE
    since_s: float = 0.0
    started_at_s: float = 0.0
    heard_at_s: float = 0.0
    counters: tuple[tuple[str, Counter], ...] = ()
    failures: int = 0
    was_up: bool = False
    reason: str = ""  # why it is not up


@dataclass(frozen=True, slots=True)
class Start: ...


@dataclass(frozen=True, slots=True)
class Heard:
    signal: Ready | Beat | Failed


@dataclass(frozen=True, slots=True)
class Ended:
    status: int  # as of Popen: exit status, or minus the signal


@dataclass(frozen=True, slots=True)
class Tick:
    """The deadline has come."""


@dataclass(frozen=True, slots=True)
class Stop: ...


Event = Start | Heard | Ended | Tick | Stop


class Action(Enum):
    SPAWN = "spawn"
    TERMINATE = "terminate"
    KILL = "kill"


RUNNING: Final = frozenset({Phase.STARTING, Phase.UP})
Outcome = tuple[State, tuple[Action, ...]]


def step(state: State, event: Event, now_s: float, limits: Limits) -> Outcome:
    """The next state and what to do now."""
    match state.phase, event:
        case Phase.IDLE, Start():
            return spawned(state, now_s, limits), (Action.SPAWN,)
        case ((Phase.STARTING | Phase.UP), Heard(signal)):
            return heard(state, signal, now_s), ()
        case ((Phase.STARTING | Phase.UP), Tick()) if cause := hung(state, now_s, limits):
            return replace(state, phase=Phase.DYING, since_s=now_s, reason=cause), (Action.KILL,)
        case ((Phase.STARTING | Phase.UP | Phase.DYING), Ended(status)):
            return ended(state, status, now_s, limits)
        case ((Phase.STARTING | Phase.UP | Phase.DYING), Stop()):
            return replace(state, phase=Phase.STOPPING, since_s=now_s), (Action.TERMINATE,)
        case Phase.WAITING, Tick() if now_s >= state.since_s + back_off_s(state):
            return spawned(state, now_s, limits), (Action.SPAWN,)
        case Phase.STOPPING, Tick() if now_s >= state.since_s + limits.stop_s:
            return replace(state, since_s=now_s), (Action.KILL,)
        case Phase.STOPPING, Ended():
            return replace(state, phase=Phase.STOPPED, since_s=now_s), ()
        case ((Phase.IDLE | Phase.WAITING), Stop()):
            return replace(state, phase=Phase.STOPPED, since_s=now_s), ()
        case _:
            return state, ()


def deadline_s(state: State, limits: Limits) -> float | None:
    """When the next Tick is due, None when only an event can change anything."""
    match state.phase:
        case Phase.STARTING:
            return state.since_s + limits.start_s
        case Phase.UP if limits.watched:
            still_at_s = [counter.moved_at_s + limits.still_s for _, counter in state.counters]
            return min([state.heard_at_s + limits.silent_s, *still_at_s])
        case Phase.WAITING:
            return state.since_s + back_off_s(state)
        case Phase.STOPPING:
            return state.since_s + limits.stop_s
        case _:
            return None


def back_off_s(state: State) -> float:
    return BACK_OFF_S[min(state.failures, len(BACK_OFF_S)) - 1]


def hung(state: State, now_s: float, limits: Limits) -> str:
    """Why the process must be replaced, "" when it need not."""
    if state.phase is Phase.STARTING:
        return f"not ready after {limits.start_s:g} s" if now_s >= state.since_s + limits.start_s else ""
    if not limits.watched:
        return ""
    if now_s >= state.heard_at_s + limits.silent_s:
        return f"no heartbeat for {limits.silent_s:g} s"
    still = [name for name, counter in state.counters if now_s >= counter.moved_at_s + limits.still_s]
    return f"{' and '.join(still)} stood still for {limits.still_s:g} s" if still else ""


def spawned(state: State, now_s: float, limits: Limits) -> State:
    phase = Phase.STARTING if limits.watched else Phase.UP
    was_up = state.was_up or not limits.watched
    return replace(
        state, phase=phase, since_s=now_s, started_at_s=now_s, heard_at_s=now_s, counters=(), was_up=was_up, reason=""
    )


def heard(state: State, signal: Ready | Beat | Failed, now_s: float) -> State:
    match signal:
        case Ready():
            return replace(state, phase=Phase.UP, since_s=now_s, heard_at_s=now_s, was_up=True)
        case Failed(reason):
            return replace(state, heard_at_s=now_s, reason=reason)
        case Beat(counters):
            before = dict(state.counters)
            after = tuple((name, moved(before.get(name), value, now_s)) for name, value in sorted(counters.items()))
            return replace(state, heard_at_s=now_s, counters=after)


def moved(before: Counter | None, value: int, now_s: float) -> Counter:
    return before if before is not None and before.value == value else Counter(value, now_s)


def ended(state: State, status: int, now_s: float, limits: Limits) -> Outcome:
    """The process is gone unasked: start it again, at once the first time, later and later if it goes on."""
    reason = state.reason or (f"killed by signal {-status}" if status < 0 else f"ended with status {status}")
    steady = now_s - state.started_at_s >= limits.steady_s
    failures = 1 if steady else state.failures + 1
    told = state.phase is Phase.STARTING and state.reason != ""
    if not state.was_up and (told or failures >= NEVER_UP_MAX):
        return replace(state, phase=Phase.BROKEN, since_s=now_s, failures=failures, reason=reason), ()
    waiting = replace(state, phase=Phase.WAITING, since_s=now_s, failures=failures, reason=reason)
    if back_off_s(waiting) > 0:
        return waiting, ()
    return spawned(waiting, now_s, limits), (Action.SPAWN,)
