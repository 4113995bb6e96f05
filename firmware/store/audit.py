"""The audit: who did what, when, in `audit.sqlite`. Each row's hash covers the row before (security.md 8).

Whoever changes, inserts or removes a row in the middle breaks the chain there. The oldest rows may go: the first that
is left holds the hash of the one before it. What cannot be found here is the end cut off, or all of it made anew: for
that each hash is in the log as well. Written behind the caller's back, at the latest after EVERY_S.
Not responsible for what is worth a row (`telephony.deeds`).
"""

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from firmware.clock import Clock
from firmware.log import printable
from firmware.store.database import reader
from firmware.store.writer import Writer
from firmware.telephony.deeds import Deed

FILE = "audit.sqlite"
EVERY_S = 1.0
MOST = 200_000
"""Rows at most, whatever their age: about 50 MB."""
NOTHING = bytes(32)  # before the first row
MIGRATIONS = (
    """CREATE TABLE audit (
        seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, who TEXT NOT NULL, act TEXT NOT NULL, about TEXT NOT NULL,
        detail TEXT NOT NULL, before BLOB NOT NULL, hash BLOB NOT NULL
    )""",
)
_COLUMNS = "seq, at_ms, who, act, about, detail, before, hash"
_INSERT = f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608, constants only
_SELECT = f"SELECT {_COLUMNS} FROM audit WHERE at_ms >= ? ORDER BY seq"  # noqa: S608, constants only
_LAST = f"SELECT {_COLUMNS} FROM audit ORDER BY seq DESC LIMIT 1"  # noqa: S608, constants only
# The last row stays, however old: the next one is chained to it.
_TRIM = """DELETE FROM audit WHERE seq < (SELECT max(seq) FROM audit)
    AND (at_ms < ? OR seq <= (SELECT max(seq) FROM audit) - ?)"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Row:
    """`before` is the hash of the row before, `hash` that of this one with it (SHA-256)."""

    seq: int
    at_ms: int
    who: str
    act: str
    about: str
    detail: str
    before: bytes
    hash: bytes

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.at_ms / 1000, UTC)

    def right_hash(self) -> bytes:
        text = json.dumps([self.seq, self.at_ms, self.who, self.act, self.about, self.detail], separators=(",", ":"))
        return hashlib.sha256(self.before + text.encode()).digest()


class Audit:
    """The one writer of a folder's audit. Also a context manager."""

    def __init__(self, folder: Path, clock: Clock, *, every_s: float = EVERY_S) -> None:
        """Reads the last row, to go on from it. Blocks: for the start."""
        self._clock = clock
        self.writer = Writer(folder / FILE, MIGRATIONS, every_s=every_s)
        self.writer.ready.wait()
        last = _last(self.writer.path)
        self._seq, self._hash = (last.seq, last.hash) if last is not None else (0, NOTHING)

    def add(self, deed: Deed) -> None:
        """Keep it; returns at once."""
        at_ms = round(self._clock.now().timestamp() * 1000)
        who, about, detail = printable(deed.who), printable(deed.about), printable(deed.detail)
        row = Row(self._seq + 1, at_ms, who, deed.act.value, about, detail, before=self._hash, hash=b"")
        self._seq, self._hash = row.seq, row.right_hash()
        log.info("audit %d %s: %s", row.seq, self._hash.hex(), sentence(row))
        self.writer.put(_INSERT, row.seq, row.at_ms, row.who, row.act, row.about, row.detail, row.before, self._hash)

    def trim(self, days: int) -> None:
        """Let go of rows that are older, and of the oldest when there are too many."""
        oldest = self._clock.now() - timedelta(days=days)
        self.writer.put(_TRIM, round(oldest.timestamp() * 1000), MOST)

    def close(self) -> None:
        self.writer.close()

    def __enter__(self) -> "Audit":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def sentence(row: Row) -> str:
    """Who did what, for people."""
    rest = f" ({row.detail})" if row.detail else ""
    return f"{row.who} {row.act} {row.about}".rstrip() + rest


def rows(folder: Path, since: datetime = datetime(1970, 1, 1, tzinfo=UTC)) -> list[Row]:
    """What is on the disk, beside a running box too. Raises FileNotFoundError, sqlite3.Error."""
    path = folder / FILE
    if not path.exists():
        raise FileNotFoundError(2, "no audit was ever kept there", str(path))
    with closing(reader(path)) as database:
        return [Row(*row) for row in database.execute(_SELECT, (round(since.timestamp() * 1000),))]


def first_wrong(found: Iterable[Row]) -> tuple[Row, str] | None:
    """The first row, of all in their order, that does not fit, and why. None: the chain is whole."""
    before: Row | None = None
    for row in found:
        if before is not None and row.seq != before.seq + 1:
            return row, f"rows {before.seq + 1} to {row.seq - 1} are missing before it"
        if before is not None and row.before != before.hash:
            return row, f"it does not follow row {before.seq}: one of the two was changed, or rows between were lost"
        if before is None and row.seq == 1 and row.before != NOTHING:
            return row, "it is not the first row that was ever written"
        if row.hash != row.right_hash():
            return row, "it was changed"
        before = row
    return None


def _last(path: Path) -> Row | None:
    try:
        with closing(reader(path)) as database:
            row = database.execute(_LAST).fetchone()
    except sqlite3.Error as error:
        log.error("%s cannot be read, its chain begins anew: %s", path, error)
        return None
    return Row(*row) if row is not None else None
