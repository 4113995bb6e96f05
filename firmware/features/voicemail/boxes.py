"""The mailboxes: which messages there are, and where their sound and the greetings lie.

The index is in memory and kept by `resources.keep`; files are FOLDER/<mailbox>/<id>.wav. Whatever changes is told to
`changed`, by mailbox, and each new message to `arrived`. Not responsible for what is said, nor for e-mail.
"""

import asyncio
import logging
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

from firmware.calls.feature import KeptValues
from firmware.calls.leg import Party
from firmware.clock import Clock
from firmware.features.voicemail.message import (
    LEAST_S,
    LONGEST_S,
    MOST,
    QUOTA_BYTES,
    Message,
    making_room,
    too_old,
)
from firmware.store import sound
from firmware.store.threads import soon

Greeting = Literal["unavailable", "busy", "name", "temporary"]
GREETINGS = "greetings"

log = logging.getLogger(__name__)


class Boxes:
    """All mailboxes of the box. Changes count at once; files follow in threads."""

    def __init__(self, folder: Path, kept: KeptValues[Message], clock: Clock) -> None:
        self.folder, self.quota_bytes = folder, QUOTA_BYTES
        self.changed: list[Callable[[str], None]] = []
        self.arrived: list[Callable[[Message], None]] = []
        self.recovered: list[Message] = []  # what a crash had cut off
        self._kept, self._clock = kept, clock
        self._messages = {(one.mailbox, one.id): one for one in kept.load()}
        self._recover()

    # -- messages -------------------------------------------------------------------------------------------------

    def messages(self, mailbox: str) -> list[Message]:
        """The mailbox's messages, oldest first."""
        return sorted((one for one in self._messages.values() if one.mailbox == mailbox), key=lambda one: one.at)

    def all(self) -> list[Message]:
        return list(self._messages.values())

    def find(self, mailbox: str, id: str) -> Message | None:
        return self._messages.get((mailbox, id))

    def sound_of(self, message: Message) -> Path:
        return self.folder / message.mailbox / f"{message.id}.wav"

    def draft(self, mailbox: str, caller: Party) -> Message:
        """A message that is about to be taken down; it does not count until `finish`."""
        now = self._clock.now()
        id = f"{now:%Y%m%d%H%M%S}-{secrets.token_hex(4)}"
        with suppress(OSError):  # the recorder will say so
            (self.folder / mailbox).mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Message(mailbox, id, now, caller.number, caller.name, caller.extension or "")
        self._kept.save(draft)  # who called is known again after a crash
        return draft

    def room_in(self, mailbox: str) -> bool:
        """Whether one more message fits; the oldest heard ones of all mailboxes go for it, if need be."""
        victims = making_room(self.all(), round(LONGEST_S * sound.BYTES_PER_S), self.quota_bytes)
        if victims is None:
            return False
        for one in victims:
            log.info("mailbox %s: message %s is removed to make room", one.mailbox, one.id)
            self.remove(one)
        return len(self.messages(mailbox)) < MOST

    async def finish(self, draft: Message, cut_s: float) -> Message | None:
        """Make what was recorded for `draft`, without its last `cut_s`, a message; None: it was too short."""
        file = self.sound_of(draft)
        length_s = await asyncio.to_thread(sound.finished, sound.part_of(file), file, cut_s=cut_s, least_s=LEAST_S)
        if length_s is None:
            self.abandon(draft)
            return None
        return self._arrive(replace(draft, length_s=length_s))

    def abandon(self, draft: Message) -> None:
        """Nothing was recorded for it."""
        self._kept.remove(draft.mailbox, draft.id)

    async def copy(self, message: Message, mailbox: str) -> Message:
        """Give the message to another mailbox too, as a new one."""
        other = replace(message, mailbox=mailbox, read=False, saved=False)
        await asyncio.to_thread(sound.shared, self.sound_of(message), self.sound_of(other))
        return self._arrive(other)

    def mark(self, message: Message, *, read: bool, saved: bool | None = None) -> None:
        """Heard, or new again. A message that has been removed meanwhile stays removed."""
        present = self.find(message.mailbox, message.id)
        if present is not None:
            self._put(replace(present, read=read, saved=present.saved if saved is None else saved))

    def remove(self, message: Message) -> None:
        """Remove a message, wherever it is being heard."""
        if self._messages.pop((message.mailbox, message.id), None) is not None:
            self._kept.remove(message.mailbox, message.id)
            self._tell(message.mailbox)
            soon(sound.removed, self.sound_of(message))

    def remove_mailbox(self, mailbox: str) -> None:
        """Remove all that an extension has left: messages and greetings."""
        for one in self.messages(mailbox):
            self.remove(one)
        soon(partial(shutil.rmtree, ignore_errors=True), self.folder / mailbox)

    def known(self) -> set[str]:
        """Mailboxes with messages or a folder. Blocks: for the start."""
        return {one.mailbox for one in self.all()} | {folder.name for folder in self.folder.glob("*/")}

    def tidy(self, keep_days: int) -> None:
        """Remove what has been kept long enough."""
        for one in too_old(self.all(), self._clock.now(), keep_days):
            self.remove(one)

    def _arrive(self, message: Message) -> Message:
        self._put(message)
        for watcher in self.arrived:
            watcher(message)
        return message

    def _put(self, message: Message) -> None:
        self._messages[message.mailbox, message.id] = message
        self._kept.save(message)
        self._tell(message.mailbox)

    def _tell(self, mailbox: str) -> None:
        for watcher in self.changed:
            watcher(mailbox)

    # -- greetings ------------------------------------------------------------------------------------------------

    def greeting(self, mailbox: str, which: Greeting) -> Path:
        """Where a greeting lies, if there is one."""
        return self.folder / mailbox / GREETINGS / f"{which}.wav"

    def greetings(self, mailbox: str) -> dict[Greeting, Path]:
        """Those that the owner has recorded."""
        every: tuple[Greeting, ...] = ("unavailable", "busy", "name", "temporary")
        return {one: self.greeting(mailbox, one) for one in every if self.greeting(mailbox, one).exists()}

    # -- after a crash --------------------------------------------------------------------------------------------

    def _recover(self) -> None:
        """Bring index and files together: half-written messages are finished or removed, none has no sound."""
        for part in self.folder.glob(f"*/*{sound.PART}"):
            sound.finished(part, part.with_suffix(".wav"), least_s=LEAST_S)
        for greetings in self.folder.glob(f"*/{GREETINGS}/"):
            sound.discard_unfinished(greetings)
        there = {(file.parent.name, file.stem): file for file in self.folder.glob("*/*.wav")}
        for key in self._messages.keys() - there.keys():
            log.warning("mailbox %s: message %s has no sound and is dropped", *key)
            del self._messages[key]
            self._kept.remove(*key)
        for (mailbox, id), file in there.items():
            known = self._messages.get((mailbox, id))
            if known is None or not known.length_s:
                log.warning("mailbox %s: message %s is recovered", mailbox, id)
                at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
                message = replace(known or Message(mailbox, id, at, ""), length_s=sound.sound_s(file))
                self._messages[mailbox, id] = message
                self._kept.save(message)
                self.recovered.append(message)
