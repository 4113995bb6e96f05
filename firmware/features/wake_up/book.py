"""The book of wake-up calls: who wants one when, and what became of it. Kept over restarts.

Not responsible for ringing (`alarm.py`). The portal lists it, and sets calls for others.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from firmware.calls.feature import KeptValues
from firmware.features.wake_up.when import instant

MOST = 10
"""Waiting calls of one extension."""
TRIES = 3
PAUSE = timedelta(seconds=60)
"""Between two tries."""
LATE = timedelta(minutes=10)
"""A call that is later than this, because the box was off, is not made any more."""
REMEMBERED = timedelta(days=7)
"""How long a call stays in the list after its time."""


class State(Enum):
    WAITING = "Waiting"
    ANSWERED = "Answered"
    NOT_ANSWERED = "Not answered"
    BUSY = "Busy"
    ERROR = "Error"
    MISSED = "Missed"


class Full(Exception):
    """The extension has as many wake-up calls as it may have."""


@dataclass(frozen=True, slots=True)
class WakeUp:
    """One call. `local` is naive wall-clock time; `again` the moment of the next try, once one was in vain."""

    extension: str
    local: datetime
    state: State = State.WAITING
    tries: int = 0
    again: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.extension, self.local.isoformat())

    def due(self, zone: ZoneInfo) -> datetime:
        """When it is to ring, in UTC."""
        return self.again or instant(self.local, zone)


def tried(one: WakeUp, outcome: State, now: datetime) -> WakeUp:
    """After a try: answered, to be tried again, or given up with the last outcome."""
    tries = one.tries + 1
    if outcome is State.ANSWERED or tries >= TRIES:
        return replace(one, state=outcome, tries=tries, again=None)
    return replace(one, tries=tries, again=now + PAUSE)


class Book:
    """All wake-up calls. `zone` is asked anew each time."""

    def __init__(self, kept: KeptValues[WakeUp], zone: Callable[[], ZoneInfo]) -> None:
        self._kept, self._zone = kept, zone
        self._calls = {one.key: one for one in kept.load()}
        self.changed = asyncio.Event()

    def all(self) -> list[WakeUp]:
        """Every call that is remembered, by its time."""
        return sorted(self._calls.values(), key=lambda one: (one.local, one.extension))

    def waiting(self, extension: str) -> list[WakeUp]:
        return [one for one in self.all() if one.extension == extension and one.state is State.WAITING]

    def add(self, extension: str, local: datetime) -> WakeUp:
        """A call at this time; one that is there already stays one. Raises Full."""
        one = WakeUp(extension, local)
        there = self._calls.get(one.key)
        if there is not None and there.state is State.WAITING:
            return there
        if len(self.waiting(extension)) >= MOST:
            raise Full(f"extension {extension} has {MOST} wake-up calls already")
        self.put(one)
        return one

    def put(self, one: WakeUp) -> None:
        self._calls[one.key] = one
        self._kept.save(one)
        self.changed.set()

    def cancel(self, one: WakeUp) -> None:
        if self._calls.pop(one.key, None) is not None:
            self._kept.remove(*one.key)
            self.changed.set()

    def cancel_all(self, extension: str) -> int:
        """Returns how many there were."""
        found = self.waiting(extension)
        for one in found:
            self.cancel(one)
        return len(found)

    def keep_only(self, extensions: Collection[str]) -> None:
        """Forget the calls of extensions that do not exist any more."""
        for one in self.all():
            if one.extension not in extensions:
                self.cancel(one)

    def settle(self, one: WakeUp, outcome: State, now: datetime) -> None:
        """A try has ended, unless the call was cancelled meanwhile."""
        if one.key in self._calls:
            self.put(tried(one, outcome, now))

    def take_due(self, now: datetime) -> list[WakeUp]:
        """The calls that are to ring now. Those that are too late are marked, old ones forgotten."""
        due = []
        for one in self.all():
            late = now - one.due(self._zone())
            if one.state is not State.WAITING:
                if late > REMEMBERED:
                    self.cancel(one)
            elif late > LATE:
                self.put(replace(one, state=State.MISSED))
            elif late >= timedelta():
                due.append(one)
        return due

    def next_due(self) -> datetime | None:
        """When the next call is to ring."""
        return min((one.due(self._zone()) for one in self.all() if one.state is State.WAITING), default=None)


def naive(now: datetime, zone: ZoneInfo) -> datetime:
    """What clocks in the zone show, to the minute."""
    return now.astimezone(UTC).astimezone(zone).replace(tzinfo=None, second=0, microsecond=0, fold=0)
