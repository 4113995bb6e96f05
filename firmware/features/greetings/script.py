"""`*77`: greetings of voice menus, queues and ring groups, recorded by telephone (A12).

Not responsible for playing them (`calls.greetings`).
"""

import asyncio
import logging

from firmware.calls.attempts import number_that_will_do
from firmware.calls.dialogue import Dialogue, dialogue
from firmware.calls.dictate import dictate
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.greetings import Greetings
from firmware.media import MediaError
from firmware.store import sound
from firmware.telephony.deeds import Act
from firmware.telephony.refusal import INVALID
from firmware.telephony.site import Menu, Queue, RingGroup

log = logging.getLogger(__name__)


class Studio:
    """Where greetings are recorded."""

    def __init__(self, greetings: Greetings) -> None:
        self._greetings = greetings
        sound.discard_unfinished(greetings.folder)

    async def record(self, session: Session) -> None:
        """`*77` and the number of the menu, queue or group."""
        site, owner = session.exchange.plan.site, session.owner
        await session.answered()
        if owner is None or not site.may_greet(owner):
            session.call.note("greeting", session.leg.party.number, "may not record greetings")
            await session.say("feature-off" if owner else "no-extension")
            return
        places = {one.number: one for one in site.greeting_places}
        number = await number_that_will_do(
            session, "greeting", lambda dialled: None if dialled in places else INVALID
        )  # fmt: skip
        if number is None:
            return
        with dialogue(session) as talk:
            try:
                await self._edit(talk, places[number])
            except (MediaError, OSError) as error:
                log.error("greeting of %s: %s", number, error)
                await session.say("rec-disk-full")

    async def _edit(self, talk: Dialogue, place: Menu | Queue | RingGroup) -> None:
        """Until nothing, `*` or `#` is pressed. 1 record, 2 listen, 3 remove: the box's own words hold again."""
        session, name = talk.session, place.greeting
        assert name is not None
        file = self._greetings.file(name)
        while (key := await talk.choose("123*#", "greet-menu")) in ("1", "2", "3"):
            if key == "2":
                await talk.say(self._greetings.of(session, place))
            elif key == "1" and await dictate(talk, file, "greet-record"):
                session.call.note("greeting", name, "is recorded")
                session.audit(Act.CHANGED_GREETING, name, "recorded")
            elif key == "3":
                await asyncio.to_thread(sound.removed, file)
                session.call.note("greeting", name, "is removed")
                session.audit(Act.CHANGED_GREETING, name, "removed")
                await talk.say("greet-removed")
        await session.say("goodbye")


def install(resources: Resources) -> Features:
    return Features(codes={"greeting": Studio(Greetings(resources)).record})
