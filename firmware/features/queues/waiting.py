"""What callers hear while they wait in a queue: music, and now and then their place and how long it takes.

Not responsible for serving them.
"""

import asyncio
from dataclasses import dataclass

from firmware.calls.audio import listening_to
from firmware.calls.feature import Session
from firmware.features.queues.line import Line, Place
from firmware.telephony.site import Queue

FIRST_S = 4.0  # whoever is served at once hears no announcement
EVERY_S = 45.0
OLD_WEIGHT, NEW_WEIGHT = 3, 1  # of the moving average, as in Asterisk's app_queue


@dataclass(slots=True)
class HoldTime:
    """How long callers have waited lately, a moving average."""

    average_s: float = 0.0
    known: bool = False

    def add(self, waited_s: float) -> None:
        old = self.average_s if self.known else waited_s
        self.average_s = (old * OLD_WEIGHT + waited_s * NEW_WEIGHT) / (OLD_WEIGHT + NEW_WEIGHT)
        self.known = True

    @property
    def minutes(self) -> int:
        """Rounded up; 0: not worth saying."""
        return -(-round(self.average_s) // 60) if self.average_s >= 30 else 0


async def entertain(session: Session, queue: Queue, line: Line, place: Place, hold: HoldTime) -> None:
    """Never ends by itself: to be cancelled once the caller is served."""
    pause_s = FIRST_S
    while True:
        async with listening_to(session.exchange.media, session.leg, session.exchange.music):
            await asyncio.sleep(pause_s)
        pause_s = EVERY_S
        if queue.announce_position:
            await _position(session, line.number_of(place))
        if queue.announce_hold_time and hold.minutes:
            await session.say("queue-hold-time")
            await session.play(session.exchange.phrases.number(session.language, hold.minutes))
            await session.say("queue-minutes")
        if queue.announce_position or queue.announce_hold_time:
            await session.say("queue-hold")


async def _position(session: Session, number: int) -> None:
    if number == 1:
        await session.say("queue-next")
        return
    await session.say("queue-position")
    await session.play(session.exchange.phrases.number(session.language, number))
    await session.say("queue-waiting")
