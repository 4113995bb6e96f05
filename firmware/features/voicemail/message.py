"""A message of a mailbox, and what is decided about many of them: which are shown, which make room. Pure.

Not responsible for files and for keeping: `boxes.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from firmware.calls.lamps import Waiting

MOST = 100
"""Messages of one mailbox (Asterisk's maxmsg)."""
LEAST_S = 3.0
LONGEST_S = 180.0
"""Of a message (product.md 2.1)."""
QUOTA_BYTES = 256 * 2**20
"""All mailboxes together."""
BYTES_PER_S = 16_000


class Folder(Enum):
    """The two folders; the keys of `2` in the menu choose them in this order."""

    NEW = "new"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `at` is aware; `extension` is the caller's, "" for one from outside. `saved` ones make no room."""

    mailbox: str
    id: str
    at: datetime
    number: str
    name: str = ""
    extension: str = ""
    length_s: float = 0.0
    read: bool = False
    saved: bool = False

    @property
    def folder(self) -> Folder:
        return Folder.OLD if self.read else Folder.NEW


def waiting(messages: Iterable[Message]) -> Waiting:
    """What the lamp shows."""
    read = [one.read for one in messages]
    return Waiting(new=read.count(False), old=read.count(True))


def making_room(messages: Iterable[Message], needed_bytes: int, quota_bytes: int) -> list[Message] | None:
    """The messages to remove so that `needed_bytes` more fit: the oldest ones that were heard and not saved.

    None: even that would not do.
    """
    everything = list(messages)
    over = sum(_bytes(one) for one in everything) + needed_bytes - quota_bytes
    victims: list[Message] = []
    for one in sorted((one for one in everything if one.read and not one.saved), key=lambda one: one.at):
        if over <= 0:
            break
        victims.append(one)
        over -= _bytes(one)
    return victims if over <= 0 else None


def too_old(messages: Iterable[Message], now: datetime, keep_days: int) -> list[Message]:
    """Messages that have been kept long enough."""
    return [one for one in messages if now - one.at > timedelta(days=keep_days)]


def _bytes(message: Message) -> int:
    return round(message.length_s * BYTES_PER_S)
