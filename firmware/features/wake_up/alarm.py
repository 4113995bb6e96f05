"""Making wake-up calls: at their time, one after the other, through do-not-disturb and past every forward.

A telephone that is busy or does not answer is tried again. Not responsible for which calls there are: `book.py`.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from firmware.calls.dialogue import dialogue
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Session
from firmware.calls.leg import Party
from firmware.calls.page import page
from firmware.clock import is_set
from firmware.features.wake_up.book import Book, State, WakeUp, naive
from firmware.telephony.decision import Outcome

RING_S = 30.0
STAGGER_S = 2.0
"""Between two telephones that are to ring at the same time."""
SNOOZE = timedelta(minutes=10)
CLOCK_S = 60.0
"""The wall clock may be set at any moment, which no event tells: it is looked at this often while calls wait."""
SHOWN = Party("*55", "Wake-up call")

log = logging.getLogger(__name__)


class Alarm:
    """Watches the book for the exchange."""

    def __init__(self, exchange: Exchange, book: Book) -> None:
        self._exchange, self._book, self._clock = exchange, book, exchange.clock
        self._ringing: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._book.changed.clear()
            if is_set(self._clock.now()):
                self._begin()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._wait_s()):
                    await self._book.changed.wait()

    def _begin(self) -> None:
        fresh = [one for one in self._book.take_due(self._clock.now()) if one.key not in self._ringing]
        for place, one in enumerate(fresh):
            self._ringing.add(one.key)
            self._exchange.start(self._wake(one, place * STAGGER_S), f"wake-up call of {one.extension}")

    def _wait_s(self) -> float | None:
        """Until the next call, or the next look at the clock. None: nothing waits."""
        due = self._book.next_due()
        if due is None:
            return None
        left_s = (due - self._clock.now()).total_seconds()
        return min(left_s, CLOCK_S) if left_s > 0 else CLOCK_S  # what is due now rings already

    async def _wake(self, one: WakeUp, after_s: float) -> None:
        await asyncio.sleep(after_s)
        try:
            outcome = await self._try(one)
            log.info("wake-up call of %s: %s", one.extension, outcome.value)
            self._book.settle(one, outcome, self._clock.now())
        finally:
            self._ringing.discard(one.key)
            self._book.changed.set()

    async def _try(self, one: WakeUp) -> State:
        if one.extension in self._exchange.occupancy.now():
            return State.BUSY
        answer = await page(self._exchange, (one.extension,), SHOWN, RING_S, self._greet, rule="wake-up")
        match answer:
            case str():
                return State.ANSWERED
            case Outcome.NO_ANSWER:
                return State.NOT_ANSWERED
            case Outcome.UNREACHABLE:
                return State.ERROR
        return State.BUSY

    async def _greet(self, session: Session) -> None:
        """Say the time, and offer a few more minutes."""
        exchange = session.exchange
        zone = exchange.plan.site.site.zone
        with dialogue(session) as talk:
            now = naive(self._clock.now(), zone)
            time = exchange.phrases.time(session.language, now.time())
            if await talk.choose("1", "wake-this-is", time, "wake-snooze") == "1":
                again = self._clock.now() + SNOOZE
                later = naive(again, zone)
                self._book.put(WakeUp(session.call.dialled, later, again=again))
                session.call.note("wake-up", session.call.dialled, f"once more at {later:%H:%M}")
            await session.say("goodbye")
