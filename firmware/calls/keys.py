"""Keys of a leg as a queue, for scripts that ask for them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from firmware.calls.leg import Digit, Leg, LegEvent
from firmware.calls.race import within


@contextmanager
def keys_of(leg: Leg) -> Iterator[asyncio.Queue[str]]:
    """The keys that the far end presses while the block runs."""
    queue: asyncio.Queue[str] = asyncio.Queue()

    def watcher(event: LegEvent) -> None:
        if isinstance(event, Digit):
            queue.put_nowait(event.digit)

    stop = leg.signals.watch(watcher)
    try:
        yield queue
    finally:
        stop()


async def collect(
    keys: asyncio.Queue[str], *, first_s: float, next_s: float, most: int = 32, end: str = "#"
) -> str | None:
    """Keys up to `end` (left out), `most` of them or a pause of `next_s`; None when none came within `first_s`."""
    got = ""
    while len(got) < most:
        try:
            key = await within(next_s if got else first_s, keys.get())
        except TimeoutError:
            return got or None
        if key == end:
            return got
        got += key
    return got
