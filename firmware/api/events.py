"""The event stream: numbers changes, keeps the last ones, hands them to those who follow.

Not responsible for who may see what (`access`) nor for the socket (`server`).
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Self

from firmware.contract.events import Change, Event, Resync
from firmware.contract.status import Position

KEPT: Final = 1000


@dataclass(slots=True)
class Events:
    """`life` must differ after each start of the core (start time in seconds does). All on the loop."""

    life: int
    _sequence: int = 0
    _kept: deque[Event] = field(default_factory=lambda: deque(maxlen=KEPT))
    followers: set["Follower"] = field(default_factory=set)

    @property
    def position(self) -> Position:
        """Where the stream stands now."""
        return Position(self.life, self._sequence)

    def post(self, change: Change) -> None:
        """Number a change and wake all who follow. Quick: call it from any code on the loop."""
        self._sequence += 1
        self._kept.append(Event(self.position, change))
        for follower in self.followers:
            follower.wake()

    def unheard(self) -> None:
        """A change that nobody follows, so that it need not be made: one who comes back later gets a Resync."""
        self._sequence += 1
        self._kept.clear()

    def after(self, since: Position) -> list[Event]:
        """Events that follow `since`; a single Resync when some of them are not held any more."""
        missed = self._sequence - since.sequence
        if since.life != self.life or missed < 0 or missed > len(self._kept):
            return [Event(self.position, Resync())]
        return list(self._kept)[len(self._kept) - missed :] if missed else []

    def follower(self, since: Position | None = None) -> "Follower":
        """One who follows from `since` on (from now on when None)."""
        return Follower(self, since or self.position)


class Follower:
    """A place in the stream that moves on. Use it as a context manager; one who is too slow gets a Resync."""

    def __init__(self, events: Events, at: Position) -> None:
        self._events, self._at, self._news = events, at, asyncio.Event()

    async def next(self) -> list[Event]:
        """The events since the last call, once there are any; none when `wake` was called."""
        if not (found := self._events.after(self._at)):
            await self._news.wait()
            found = self._events.after(self._at)
        self._news.clear()
        if found:
            self._at = found[-1].position
        return found

    def wake(self) -> None:
        """Make `next` return now."""
        self._news.set()

    def __enter__(self) -> Self:
        self._events.followers.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._events.followers.discard(self)
