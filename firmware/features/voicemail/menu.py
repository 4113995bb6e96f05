"""The owner's menu (F3), with the keys of Asterisk's app_voicemail, which people know (product.md 2.1):

1 first message, 2 folder, 3 reply, call back, envelope, 4 previous, 5 repeat, 6 next, 7 delete or not, 8 forward,
9 save, 0 greetings and password, * help, # end. Not responsible for what the keys lead to: the modules beside.
"""

import logging

from firmware.calls.dialogue import Dialogue
from firmware.calls.feature import SettingsStore
from firmware.features.voicemail.advanced import advanced
from firmware.features.voicemail.boxes import Boxes
from firmware.features.voicemail.hear import count, hear
from firmware.features.voicemail.message import Folder
from firmware.features.voicemail.options import options
from firmware.features.voicemail.visit import Visit
from firmware.media import MediaError
from firmware.telephony.site import Site

log = logging.getLogger(__name__)

PATIENCE = 3
"""Times that the menu is said to someone who presses nothing."""


class Menu:
    """One visit's conversation."""

    def __init__(self, talk: Dialogue, visit: Visit, settings: SettingsStore) -> None:
        self._talk, self._visit, self._settings = talk, visit, settings

    async def run(self) -> None:
        """Until the caller ends it, or presses nothing any more."""
        patience = PATIENCE
        await count(self._talk, self._visit.boxes, self._visit.mailbox)
        while patience:
            key = await self._talk.choose("0123456789*#", "vm-menu" if self._visit.place < 0 else "vm-message-menu")
            if key == "#":
                break
            patience = PATIENCE if key else patience - 1
            if key and await self._do(key):
                return
        await self._talk.session.say("goodbye")

    async def _do(self, key: str) -> bool:
        """True: the call has been led elsewhere."""
        visit, talk = self._visit, self._talk
        match key:
            case "1":
                await self._go(0)
            case "2":
                await self._change_folder()
            case "3":
                return await advanced(talk, visit)
            case "4":
                await self._go(visit.place - 1)
            case "5":
                await self._go(max(visit.place, 0))
            case "6":
                await self._go(visit.place + 1)
            case "7" | "8" | "9":
                await self._with_message(key)
            case "0":
                await self._options()
            case "*":
                await talk.say("vm-menu" if visit.place < 0 else "vm-help")
        return False

    async def _options(self) -> None:
        try:
            await options(self._talk, self._visit.boxes, self._settings, self._visit.mailbox)
        except (OSError, MediaError) as error:
            log.error("mailbox %s: no greeting can be recorded: %s", self._visit.mailbox, error)
            await self._talk.say("rec-disk-full")

    async def _go(self, place: int) -> None:
        if self._visit.go(place):
            await hear(self._talk, self._visit)
        else:
            await self._talk.say("vm-no-more")

    async def _change_folder(self) -> None:
        key = await self._talk.choose("01", "vm-folder-menu")
        if key is not None:
            self._visit.open(list(Folder)[int(key)])
            await count(self._talk, self._visit.boxes, self._visit.mailbox)

    async def _with_message(self, key: str) -> None:
        visit, talk = self._visit, self._talk
        message = visit.message
        if visit.place < 0:  # nothing has been heard that could be meant
            await talk.say("vm-menu")
        elif message is None:
            await talk.say("vm-no-more")
        elif key == "7":
            await talk.say("vm-deleted" if visit.throw_away(message) else "vm-undeleted")
        elif key == "9":
            visit.boxes.mark(message, read=True, saved=True)
            await talk.say("vm-message", "vm-saved")
        else:
            await self._forward()

    async def _forward(self) -> None:
        """To the mailbox of another extension."""
        visit, talk = self._visit, self._talk
        number = await talk.ask("vm-forward-to")
        message = visit.message
        if not has_mailbox(self._settings.site, number) or number == visit.mailbox:
            await talk.say("invalid")
        elif message is None:
            await talk.say("vm-no-more")
        elif not visit.boxes.room_in(number):
            await talk.say("vm-full")
        else:
            try:
                await visit.boxes.copy(message, number)
            except OSError as error:
                log.error("mailbox %s: message %s cannot be forwarded: %s", message.mailbox, message.id, error)
                await talk.say("vm-full")
                return
            talk.session.call.note("voicemail", visit.mailbox, f"message forwarded to {number}")
            await talk.say("vm-forwarded")


def has_mailbox(site: Site, number: str) -> bool:
    extension = site.extension(number)
    return extension is not None and extension.voicemail is not None and extension.voicemail.enabled


async def visit(talk: Dialogue, boxes: Boxes, settings: SettingsStore, mailbox: str) -> None:
    """Let the owner of the mailbox hear it and change it."""
    here = Visit(boxes, mailbox)
    try:
        await Menu(talk, here, settings).run()
    finally:
        here.close()
