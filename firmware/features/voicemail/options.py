"""The owner's settings: 1 unavailable greeting, 2 busy greeting, 3 name, 4 temporary greeting, 5 password, * back.

A recording is reviewed (1 accept, 2 listen, 3 anew) and takes the place of the old one only when accepted.
"""

import asyncio
from pathlib import Path

from firmware.calls.dialogue import Dialogue
from firmware.calls.feature import SettingsStore
from firmware.calls.take import Taking, beep, taking
from firmware.features.voicemail.boxes import Boxes, Greeting
from firmware.features.voicemail.password import LONGEST, change_password, weak
from firmware.store import sound
from firmware.store.threads import soon
from firmware.telephony.deeds import Act

LONGEST_GREETING_S = 60.0
LEAST_GREETING_S = 0.5
TRIES = 3
FRESH = ".fresh"  # the suffix of a greeting that has not been accepted
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
            await _record(talk, boxes.greeting(mailbox, kind), prompt)


async def _temporary(talk: Dialogue, boxes: Boxes, mailbox: str) -> None:
    """While there is one it takes every call, so it can be removed too."""
    file = boxes.greeting(mailbox, "temporary")
    key = await talk.choose("12", "vm-temp-menu") if file.exists() else "1"
    if key == "1":
        await _record(talk, file, "vm-rec-temp")
    elif key == "2":
        await asyncio.to_thread(sound.removed, file)
        await talk.say("vm-temp-removed")


async def _record(talk: Dialogue, file: Path, prompt: str) -> None:
    """Record and review until the owner is content or gives up."""
    fresh = file.with_suffix(FRESH)
    await asyncio.to_thread(file.parent.mkdir, 0o700, True, True)
    try:
        for _ in range(TRIES):
            if not await _take(talk, fresh, prompt):
                await talk.say("vm-too-short")
                continue
            key = await _review(talk, fresh)
            if key == "1":
                await asyncio.to_thread(fresh.replace, file)
                await talk.say("vm-message", "vm-saved")
            if key != "3":
                return
    finally:
        soon(sound.removed, fresh)


async def _take(talk: Dialogue, fresh: Path, prompt: str) -> bool:
    """Record once into `fresh`; False: nothing was said."""
    session, part = talk.session, sound.part_of(fresh)
    await talk.say(prompt)
    await beep(session)
    async with taking(session, part) as take:
        try:
            await take.ended(LONGEST_GREETING_S)
        except asyncio.CancelledError:
            session.exchange.start(_discard(take, part), "a greeting that was not finished")
            raise
    talk.forget()
    await take.recorder.done
    length_s = await asyncio.to_thread(sound.finished, part, fresh, cut_s=take.cut_s, least_s=LEAST_GREETING_S)
    return length_s is not None


async def _discard(take: Taking, part: Path) -> None:
    await take.recorder.done
    await asyncio.to_thread(sound.removed, part)


async def _review(talk: Dialogue, fresh: Path) -> str | None:
    """1: accept it, 3: anew, None: neither, which keeps the old one."""
    while (key := await talk.choose("123", "vm-review")) == "2":
        await talk.hear(talk.session.exchange.media.playback(fresh))
    return key


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
