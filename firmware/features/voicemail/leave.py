"""Leaving a message: greeting, tone, recording.

`#` goes on or ends it, `0` leads to the operator, `*` lets the owner in. A caller who hangs up has left a message too,
if it is long enough. Not responsible for hearing it.
"""

import logging

from firmware.calls.dialogue import Dialogue
from firmware.calls.feature import Session
from firmware.calls.leg import Party
from firmware.calls.take import Taking, beep, taking
from firmware.features.voicemail.boxes import Boxes
from firmware.features.voicemail.greeting import greeting
from firmware.features.voicemail.message import LEAST_S, LONGEST_S, Message
from firmware.media import MediaError
from firmware.store.sound import part_of

OPERATOR_S = 30.0

log = logging.getLogger(__name__)


async def greet(talk: Dialogue, boxes: Boxes, mailbox: str, *, operator: bool, room: bool) -> str | None:
    """Say the greeting. Returns the key that ended it: `#`, `*`, or `0` if there is an operator."""
    files = greeting(talk, mailbox, talk.session.greeting, boxes.greetings(mailbox))
    return await talk.choose("#*0" if operator else "#*", files, "vm-intro" if room else "vm-full", wait_s=0.0)


async def take_message(session: Session, boxes: Boxes, mailbox: str, caller: Party) -> None:
    """Record a message after the tone, until the caller ends it; it is put into the mailbox by and by."""
    await beep(session)
    draft = boxes.draft(mailbox, caller)
    try:
        async with taking(session, part_of(boxes.sound_of(draft))) as take:
            try:
                ended = await take.ended(LONGEST_S)
            finally:
                session.exchange.start(_finish(boxes, draft, take), f"message {draft.id}")
    except MediaError as error:
        log.error("mailbox %s: no message can be recorded: %s", mailbox, error)
        boxes.abandon(draft)
        await session.say("vm-full")
        return
    session.call.note("voicemail", mailbox, f"message of {take.length_s:.0f} s, ended by {ended}")
    if ended != "tone":
        await session.say("vm-message-saved" if take.length_s >= LEAST_S else "vm-too-short")


async def _finish(boxes: Boxes, draft: Message, take: Taking) -> None:
    await take.recorder.done
    try:
        await boxes.finish(draft, take.cut_s)
    except OSError as error:  # what was recorded is found at the next start
        log.error("mailbox %s: message %s cannot be finished: %s", draft.mailbox, draft.id, error)


async def to_operator(session: Session, operator: str) -> bool:
    """Lead the caller to the operator instead. False: nobody answered."""
    session.call.note("voicemail", operator, "0: operator")
    answer = await session.exchange.ring_extension(session.call, session.leg, operator, OPERATOR_S)
    if answer is None:
        await session.say("not-available")
        return False
    session.call.b, session.call.service = answer, False
    return True
