"""One event stream on one connection: what this session may see, until it ends or the far end goes."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from firmware.api.access import change_for
from firmware.api.answers import NOT_LOGGED_IN, Answers, Caller, Right
from firmware.api.events import Follower
from firmware.contract.events import Event, Message, Resync, SessionEnded
from firmware.contract.requests import Subscribe

Send = Callable[[Message], Awaitable[None]]


@dataclass(slots=True)
class Stream:
    """A follower bound to a session. `gone` is done once the far end has closed."""

    answers: Answers
    request: Subscribe
    caller: Caller
    send: Send
    gone: asyncio.Future[bytes]

    async def run(self) -> None:
        """Send events; the last one says that the session has ended, if that is why."""
        if self._right() is None:
            await self.send(NOT_LOGGED_IN)
            return
        with self.answers.events.follower(self.request.since) as follower, self._woken(follower):
            while not self.gone.done():
                events = await self._next(follower)
                right = self._right()
                if right is None:
                    await self.send(Event(self.answers.events.position, SessionEnded()))
                    return
                for event in events:
                    if seen := as_seen(event, right):
                        await self.send(seen)

    async def _next(self, follower: Follower) -> list[Event]:
        """The next events, or none when the session may have ended."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.answers.sessions.seconds_left(self.request.cookie)):
                return await follower.next()
        return []

    @contextlib.contextmanager
    def _woken(self, follower: Follower) -> Iterator[None]:
        """Wake the follower when the session is ended before its time and when the far end goes."""
        cookie = self.request.cookie
        login = self.answers.sessions.find(cookie, use=False) if cookie is not None else None
        ends = login.on_end if login else set()
        ends.add(follower.wake)

        def left(gone: asyncio.Future[bytes]) -> None:
            _ = gone.cancelled() or gone.exception()  # a reset connection is an end like any other
            follower.wake()

        self.gone.add_done_callback(left)
        try:
            yield
        finally:
            ends.discard(follower.wake)

    def _right(self) -> Right | None:
        return self.answers.right(self.request.cookie, self.caller, use=False)


def as_seen(event: Event, right: Right) -> Event | None:
    """The event as this role may see it, None when it may not."""
    if isinstance(event.change, Resync | SessionEnded):
        return event
    change = change_for(event.change, right.role, right.extension)
    return None if change is None else Event(event.position, change)
