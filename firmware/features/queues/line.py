"""The callers who wait in a queue, and which free agents ring for which of them. Pure, but for the bell.

Not responsible for ringing, for what the callers hear (`script`, `waiting`), nor for log-ins (`agents`).
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from firmware.telephony.site import Queue


class Bell:
    """Wakes all who wait for a change."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for one in self._waiting:
            if not one.done():
                one.set_result(None)
        self._waiting.clear()

    async def wait(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(turn)
        try:
            await turn
        finally:
            self._waiting.discard(turn)


@dataclass(eq=False, slots=True)
class Place:
    """One caller's. `ringing`: agents ring for it now; `tried`: who has rung for it since all have."""

    since_s: float  # it waits, after the greeting
    ringing: bool = False
    tried: list[str] = field(default_factory=list)


class Line:
    """The callers of one queue, first come, first served."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._places: list[Place] = []
        self._changed = changed

    def __len__(self) -> int:
        return len(self._places)

    def number_of(self, place: Place) -> int:
        """1: the next to be served."""
        return self._places.index(place) + 1

    @contextmanager
    def place(self, now_s: float) -> Iterator[Place]:
        """Wait at the end of the line while the block runs."""
        place = Place(now_s)
        self._places.append(place)
        try:
            yield place
        finally:
            self._places.remove(place)
            self._changed()

    def may_ring(self, place: Place, queue: Queue, free: int) -> bool:
        """Whether one of the `free` agents is left for this caller when those before it have got theirs."""
        ahead = sum(not one.ringing for one in self._places[: self._places.index(place)])
        return free > 0 and (ahead == 0 if queue.strategy == "ringall" else free > ahead)
