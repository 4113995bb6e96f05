"""Values that survive a restart of the core: registrations, and whatever else is to come back.

Each is a frozen dataclass or struct with a key of strings. Written behind the caller's back, at the latest after
EVERY_S, so `kill -9` loses no older ones. A power cut may lose the last half minute, unless they are `synced`:
registrations come anew by themselves. Not responsible for what the values mean.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from firmware.store.database import reader
from firmware.store.writer import Writer

EVERY_S = 0.3
MIGRATIONS = ("CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",)

Value = TypeVar("Value")
log = logging.getLogger(__name__)


class Kept(Generic[Value]):
    """Values of one type in a file of their own."""

    def __init__(
        self, path: Path, type_: type[Value], key: Callable[[Value], tuple[str, ...]], *,
        every_s: float = EVERY_S, synced: bool = False,
    ) -> None:  # fmt: skip
        """`key` tells values apart; `remove` takes the same strings. `synced`: a power cut loses no older ones."""
        self._type, self._key = type_, key
        self.writer = Writer(path, MIGRATIONS, every_s=every_s, synced=synced)

    def load(self) -> list[Value]:
        """All values. Blocks: for the start. What an older version wrote and this one cannot read is left out."""
        self.writer.ready.wait()
        try:
            with closing(reader(self.writer.path)) as database:
                rows = database.execute("SELECT value FROM kept ORDER BY key").fetchall()
        except sqlite3.Error as error:
            log.error("%s cannot be read, nothing is taken from it: %s", self.writer.path, error)
            return []
        return [value for (row,) in rows if (value := self._decoded(row)) is not None]

    def save(self, value: Value) -> None:
        """Insert, or replace the value with the same key."""
        self.writer.put(
            "INSERT OR REPLACE INTO kept VALUES (?, ?)", _text(self._key(value)), msgspec.json.encode(value)
        )

    def remove(self, *key: str) -> None:
        """Forget the value with this key, if there is one."""
        self.writer.put("DELETE FROM kept WHERE key = ?", _text(key))

    def close(self) -> None:
        self.writer.close()

    def _decoded(self, row: bytes) -> Value | None:
        try:
            return msgspec.json.decode(row, type=self._type)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            log.warning("%s: a value of another version is left out: %s", self.writer.path, error)
            return None


def _text(key: tuple[str, ...]) -> str:
    return msgspec.json.encode(key).decode()
