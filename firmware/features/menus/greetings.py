"""The greetings of voice menus: what somebody has recorded by telephone, else the prompt of the catalogue (A12).

A recording belongs to the greeting's name: menus that name the same one have it in common.
"""

import asyncio
import logging
from pathlib import Path

from firmware.calls.attempts import number_that_will_do
from firmware.calls.dialogue import Dialogue, dialogue
from firmware.calls.dictate import dictate
from firmware.calls.feature import Session
from firmware.media import MediaError
from firmware.media.prompts import NoSuchPrompt
from firmware.store import sound
from firmware.telephony.deeds import Act
from firmware.telephony.refusal import INVALID
from firmware.telephony.site import Menu

FALLBACK = "welcome"

log = logging.getLogger(__name__)


class Greetings:
    """Recordings lie in `folder`, by their name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        sound.discard_unfinished(folder)

    def _file(self, menu: Menu) -> Path:
        return self._folder / f"{menu.greeting}.wav"

    def of(self, session: Session, menu: Menu) -> list[Path]:
        """What the menu plays."""
        recorded = self._file(menu)
        if recorded.exists():
            return [recorded]
        try:
            return session.exchange.phrases.phrase(session.language, menu.greeting)
        except NoSuchPrompt as error:
            log.warning("menu %s: %s", menu.number, error)
            return session.exchange.phrases.phrase(session.language, FALLBACK)

    async def record(self, session: Session) -> None:
        """`*77` and the number of a menu."""
        site, owner = session.exchange.plan.site, session.owner
        await session.answered()
        if owner is None or not site.may_greet(owner):
            session.call.note("greeting", session.leg.party.number, "may not record greetings")
            await session.say("feature-off" if owner else "no-extension")
            return
        menus = {one.number: one for one in site.menus}
        number = await number_that_will_do(
            session, "greeting", lambda dialled: None if dialled in menus else INVALID
        )  # fmt: skip
        if number is None:
            return
        with dialogue(session) as talk:
            try:
                await self._edit(talk, menus[number])
            except (MediaError, OSError) as error:
                log.error("greeting %s: %s", menus[number].greeting, error)
                await session.say("rec-disk-full")

    async def _edit(self, talk: Dialogue, menu: Menu) -> None:
        """Until nothing, `*` or `#` is pressed. 1 record, 2 listen, 3 remove: the box's own words hold again."""
        session, name = talk.session, menu.greeting
        while (key := await talk.choose("123*#", "greet-menu")) in ("1", "2", "3"):
            if key == "2":
                await talk.say(self.of(session, menu))
            elif key == "1" and await dictate(talk, self._file(menu), "greet-record"):
                session.call.note("greeting", name, "is recorded")
                session.audit(Act.CHANGED_GREETING, name, "recorded")
            elif key == "3":
                await asyncio.to_thread(sound.removed, self._file(menu))
                session.call.note("greeting", name, "is removed")
                session.audit(Act.CHANGED_GREETING, name, "removed")
                await talk.say("greet-removed")
        await session.say("goodbye")
