"""Hearing a message: which one it is, who left it when, then its sound. Keys act at once; `*` and `#` wind it.

Not responsible for what other keys do: `menu.py`.
"""

import logging
from datetime import datetime
from pathlib import Path

from firmware.calls.dialogue import Dialogue
from firmware.features.voicemail.boxes import Boxes
from firmware.features.voicemail.message import Message
from firmware.features.voicemail.visit import Visit
from firmware.media import MediaError

log = logging.getLogger(__name__)

SKIP_S = 3.0  # Asterisk's skipms


async def hear(talk: Dialogue, visit: Visit) -> None:
    """Play the message at hand; from then on it counts as heard."""
    message = visit.message
    if message is None:
        await talk.say("vm-no-more")
        return
    await talk.say(_which(talk, visit), _caller(talk, message), _when(talk, message.at))
    visit.boxes.mark(message, read=True)
    await _play(talk, visit.boxes.sound_of(message))


async def _play(talk: Dialogue, file: Path) -> None:
    if talk.pressed:
        return
    try:
        sound = talk.session.exchange.media.playback(file)
    except MediaError as error:  # removed from the portal this moment
        log.info("%s", error)
        return
    with talk.at_once({"*": lambda: sound.skip(-SKIP_S), "#": lambda: sound.skip(SKIP_S)}):
        await talk.hear(sound)


async def envelope(talk: Dialogue, message: Message) -> None:
    """Who left the message, when, and how long it is."""
    minutes = max(1, round(message.length_s / 60))
    length = [*talk.phrases("vm-duration"), *talk.number(minutes), *talk.phrases("vm-minutes")]
    await talk.say(_caller(talk, message), _when(talk, message.at), length)


async def count(talk: Dialogue, boxes: Boxes, mailbox: str) -> None:
    """How many messages there are."""
    messages = boxes.messages(mailbox)
    new, old = (sum(one.read is read for one in messages) for read in (False, True))
    spoken = talk.phrases("vm-you-have")
    for place, (number, kind) in enumerate(((new, "vm-new"), (old, "vm-old"))):
        spoken += talk.phrases("and") if place else []
        spoken += talk.number(number) if number else talk.phrases("vm-no")
        spoken += talk.phrases(kind, "vm-message" if number == 1 else "vm-messages")
    await talk.say(spoken)


def _which(talk: Dialogue, visit: Visit) -> list[Path]:
    if visit.place == 0:
        return talk.phrases("vm-first", "vm-message")
    if visit.place == visit.size - 1:
        return talk.phrases("vm-last", "vm-message")
    return [*talk.phrases("vm-message"), *talk.number(visit.place + 1)]


def _caller(talk: Dialogue, message: Message) -> list[Path]:
    if not message.number:
        return talk.phrases("vm-unknown-caller")
    kind = "vm-from-extension" if message.extension else "vm-from-number"
    return [*talk.phrases(kind), *talk.digits(message.number)]


def _when(talk: Dialogue, at: datetime) -> list[Path]:
    exchange, language = talk.session.exchange, talk.session.language
    local = at.astimezone(exchange.plan.site.site.zone)
    phrases = exchange.phrases
    return [*talk.phrases("vm-received"), *phrases.date(language, local.date()), *phrases.time(language, local.time())]
