"""A greeting that somebody speaks into the telephone: recorded, reviewed (1 accept, 2 listen, 3 anew), kept.

It takes the place of the old one only when it is accepted. Not responsible for whose it is, nor when it is played.
"""

import asyncio
from pathlib import Path

from firmware.calls.dialogue import Dialogue
from firmware.calls.take import Taking, beep, taking
from firmware.store import sound
from firmware.store.threads import soon

LONGEST_S = 60.0
LEAST_S = 0.5
TRIES = 3


async def dictate(talk: Dialogue, file: Path, prompt: str) -> bool:
    """Say `prompt`, record and review until the speaker is content or gives up. True: `file` is the new greeting.

    Raises MediaError or OSError when the disk fails.
    """
    fresh = sound.fresh_of(file)
    await asyncio.to_thread(file.parent.mkdir, 0o700, True, True)
    try:
        for _ in range(TRIES):
            if not await _take(talk, fresh, prompt):
                await talk.say("vm-too-short")
                continue
            key = await _review(talk, fresh)
            if key == "1":
                await asyncio.to_thread(sound.accepted, fresh, file)
                await talk.say("vm-message", "vm-saved")
                return True
            if key != "3":
                return False
        return False
    finally:
        soon(sound.removed, fresh)


async def _take(talk: Dialogue, fresh: Path, prompt: str) -> bool:
    """Record once into `fresh`; False: nothing was said."""
    session, part = talk.session, sound.part_of(fresh)
    await talk.say(prompt)
    await beep(session)
    async with taking(session, part) as take:
        try:
            await take.ended(LONGEST_S)
        except asyncio.CancelledError:
            session.exchange.start(_discard(take, part), "a greeting that was not finished")
            raise
    talk.forget()
    await take.recorder.done
    length_s = await asyncio.to_thread(sound.finished, part, fresh, cut_s=take.cut_s, least_s=LEAST_S)
    return length_s is not None


async def _discard(take: Taking, part: Path) -> None:
    await take.recorder.done
    await asyncio.to_thread(sound.removed, part)


async def _review(talk: Dialogue, fresh: Path) -> str | None:
    """1: accept it, 3: anew, None: neither, which keeps the old one."""
    while (key := await talk.choose("123", "vm-review")) == "2":
        await talk.hear(talk.session.exchange.media.playback(fresh))
    return key
