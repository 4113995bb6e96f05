"""The owner's settings: 1 unavailable greeting, 2 busy greeting, 3 name, 4 temporary greeting, 5 password, * back.

Not responsible for recording greetings: `calls.dictate`.
"""

import asyncio

from firmware.calls.dialogue import Dialogue
from firmware.calls.dictate import dictate
from firmware.calls.feature import SettingsStore
from firmware.features.voicemail.boxes import Boxes, Greeting
from firmware.features.voicemail.password import LONGEST, change_password, weak
from firmware.store import sound
from firmware.telephony.deeds import Act

TRIES = 3
_KINDS: dict[str, tuple[Greeting, str]] = {
    "1": ("unavailable", "vm-rec-unavailable"),
    "2": ("busy", "vm-rec-busy"),
    "3": ("name", "vm-rec-name"),
}


async def options(talk: Dialogue, boxes: Boxes, settings: SettingsStore, mailbox: str) -> None:
    """Until `*`, or nothing is pressed."""
    while (key := await talk.choose("12345*", "vm-options")) not in ("*", None):
        if key == "5":
            await _password(talk, settings, mailbox)
        elif key == "4":
            await _temporary(talk, boxes, mailbox)
        else:
            kind, prompt = _KINDS[key]
            await dictate(talk, boxes.greeting(mailbox, kind), prompt)


async def _temporary(talk: Dialogue, boxes: Boxes, mailbox: str) -> None:
    """While there is one it takes every call, so it can be removed too."""
    file = boxes.greeting(mailbox, "temporary")
    key = await talk.choose("12", "vm-temp-menu") if file.exists() else "1"
    if key == "1":
        await dictate(talk, file, "vm-rec-temp")
    elif key == "2":
        await asyncio.to_thread(sound.removed, file)
        await talk.say("vm-temp-removed")


async def _password(talk: Dialogue, settings: SettingsStore, mailbox: str) -> None:
    """Asked for twice; a weak one is refused."""
    for _ in range(TRIES):
        given = await talk.ask("vm-new-pin", most=LONGEST)
        if weak(given, mailbox):
            await talk.session.say("vm-pin-refused")
        elif await talk.ask("vm-again-pin", most=LONGEST) != given:
            await talk.session.say("vm-pin-mismatch")
        else:
            change_password(settings, mailbox, given)
            talk.session.audit(Act.CHANGED_PASSWORD, mailbox)
            talk.session.call.note("voicemail", mailbox, "password changed")
            await talk.session.say("vm-pin-changed")
            return
