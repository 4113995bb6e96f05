"""Voicemail (F1-F4): the service that takes messages, `*60` and `*61` to hear them, `*6*` to leave one at once.

Here the parts are put together; what is said and done stands in the modules beside.
"""

import asyncio
import logging
from functools import partial

from firmware.calls.dialogue import Dialogue, dialogue
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.features.voicemail.attempts import Attempts, Failures
from firmware.features.voicemail.boxes import Boxes
from firmware.features.voicemail.leave import greet, take_message, to_operator
from firmware.features.voicemail.letters import Letters
from firmware.features.voicemail.login import log_in
from firmware.features.voicemail.menu import visit
from firmware.features.voicemail.message import Message, waiting
from firmware.features.voicemail.password import give_passwords
from firmware.features.voicemail.removed import Removed, RemovedMailboxes
from firmware.telephony.site import Site, Voicemail

FOLDER = "voicemail"
TIDY_S = 86_400.0

log = logging.getLogger(__name__)


class VoicemailService:
    """All mailboxes, and the ways into them."""

    def __init__(self, resources: Resources) -> None:
        self._settings, self._post = resources.settings, resources.post
        failures = resources.keep("mailbox-failures", Failures, lambda one: (one.mailbox,))
        self._attempts = Attempts(failures, resources.clock)
        kept = resources.keep("voicemail", Message, lambda one: (one.mailbox, one.id), synced=True)
        self.boxes = Boxes(resources.folder / FOLDER, kept, resources.clock)
        removed = resources.keep("removed-mailboxes", Removed, lambda one: (one.mailbox,))
        self._removed = RemovedMailboxes(self.boxes, removed, resources.clock)
        self._letters = Letters(resources.post, self.boxes)

    def begin(self, exchange: Exchange) -> None:
        """Light the lamps and keep them right; give passwords; send letters; remove what is too old."""
        self.boxes.changed.append(partial(self._light, exchange))
        for mailbox in {one.mailbox for one in self.boxes.all()}:
            self._light(exchange, mailbox)
        self.boxes.arrived.append(lambda message: self._letters.message(self._settings.site, message))
        for message in self.boxes.recovered:
            self._letters.message(self._settings.site, message)
        self._post.watch(lambda letter: self._letters.sent(self._settings.site, letter))
        self._settings.watch(self._site_changed)
        self._site_changed(self._settings.site)
        exchange.start(self._tidy(), "old messages")

    def _site_changed(self, site: Site) -> None:
        self._removed.look(site)
        give_passwords(self._settings, self._letters.password)

    async def _tidy(self) -> None:
        while True:
            self.boxes.tidy(self._settings.site.retention.voicemail_days)
            self._removed.look(self._settings.site)
            await asyncio.sleep(TIDY_S)

    def _light(self, exchange: Exchange, mailbox: str) -> None:
        now = waiting(self.boxes.messages(mailbox))
        exchange.lamps.message_lamp(mailbox, now.new, now.old)

    def reminds(self, extension: str) -> bool:
        """The dial tone stutters while there are new messages."""
        return waiting(self.boxes.messages(extension)).new > 0

    def _mailbox(self, extension: str) -> Voicemail | None:
        """The extension's mailbox, if it has one that is switched on."""
        found = self._settings.site.extension(extension)
        return found.voicemail if found and found.voicemail and found.voicemail.enabled else None

    # -- leaving messages -----------------------------------------------------------------------------------------

    async def leave(self, session: Session) -> None:
        """The service: a call that nobody took."""
        await session.answered()
        if self._mailbox(session.argument) is None:
            session.call.note("voicemail", session.argument, "is off")
            await session.say("vm-off")
            return
        with dialogue(session) as talk:
            await self._leave(talk, session.argument)

    async def direct(self, session: Session) -> None:
        """`*6*` and an extension: its mailbox, without ringing it (product.md 2.4)."""
        session.call.final_callee = f"vm-{session.argument}"
        await self.leave(session)

    async def _leave(self, talk: Dialogue, mailbox: str) -> None:
        session, operator = talk.session, self._settings.site.numbering.operator
        room = self.boxes.room_in(mailbox)
        key = await greet(talk, self.boxes, mailbox, operator=operator is not None, room=room)
        if key == "*":
            await self._enter(talk, mailbox)
            return
        if key == "0" and operator is not None and await to_operator(session, operator):
            return
        if not room:
            session.call.note("voicemail", mailbox, "is full")
        else:
            await take_message(session, self.boxes, mailbox, session.leg.party)
        await session.say("goodbye")

    # -- hearing them ---------------------------------------------------------------------------------------------

    async def any_mailbox(self, session: Session) -> None:
        """`*60`: from any telephone into any mailbox."""
        await session.answered()
        with dialogue(session) as talk:
            await self._enter(talk, None)

    async def own_mailbox(self, session: Session) -> None:
        """`*61`: the telephone's own mailbox."""
        await session.answered()
        if session.owner is None:
            await session.say("no-extension")
        elif self._mailbox(session.owner.number) is None:
            await session.say("vm-off")
        else:
            with dialogue(session) as talk:
                await self._enter(talk, session.owner.number)

    async def _enter(self, talk: Dialogue, mailbox: str | None) -> None:
        entered = await log_in(talk, self._settings.site, self._attempts, mailbox)
        if entered is not None:
            await visit(talk, self.boxes, self._settings, entered)


def install(resources: Resources) -> Features:
    voicemail = VoicemailService(resources)
    return Features(
        codes={
            "voicemail": voicemail.any_mailbox,
            "my-voicemail": voicemail.own_mailbox,
            "voicemail-direct": voicemail.direct,
        },
        services={"voicemail": voicemail.leave},
        begin=(voicemail.begin,),
        reminders=(voicemail.reminds,),
        offers={"voicemail": voicemail.boxes},
    )
