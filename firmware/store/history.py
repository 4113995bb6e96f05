"""The call log: every call record, in `history.sqlite`.

Records are written behind the caller's back, at the latest after EVERY_S: a power cut loses no older ones.
Not responsible for what a record says (`telephony.records`) or for who may see it.
"""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from firmware.store.database import reader
from firmware.store.writer import Writer
from firmware.telephony.records import CallRecord, Direction, Status
from firmware.telephony.trace import Trace

FILE = "history.sqlite"
EVERY_S = 1.0
MIGRATIONS = (
    """CREATE TABLE calls (
        id TEXT PRIMARY KEY, start_ms INTEGER NOT NULL, answered_ms INTEGER, end_ms INTEGER NOT NULL,
        call_from TEXT NOT NULL, from_name TEXT NOT NULL, call_to TEXT NOT NULL, final_callee TEXT NOT NULL,
        direction TEXT NOT NULL, status TEXT NOT NULL, trunk TEXT NOT NULL, cause TEXT NOT NULL, trace TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX calls_by_start ON calls (start_ms)",
    "ALTER TABLE calls ADD COLUMN recording TEXT NOT NULL DEFAULT ''",
)
_COLUMNS = (
    "id, start_ms, answered_ms, end_ms, call_from, from_name, call_to, final_callee, direction, status, trunk, cause, "
    "trace, recording"
)
_INSERT = f"INSERT OR REPLACE INTO calls ({_COLUMNS}) VALUES ({', '.join('?' * 14)})"  # noqa: S608, constants only
_SELECT = f"""SELECT {_COLUMNS} FROM calls WHERE start_ms >= ? AND start_ms < ? AND (? = '' OR direction = ?)
    AND (? = '' OR call_from = ? OR call_to = ? OR final_callee = ?)
    AND (? = '' OR instr(call_from, ?) OR instr(call_to, ?) OR instr(final_callee, ?))
    ORDER BY start_ms DESC, id LIMIT ? OFFSET ?"""  # noqa: S608, constants only


@dataclass(frozen=True, slots=True)
class Query:
    """Which records: from `start` up to but without `end`, newest first.

    `extension`: only those that it took part in. `number`: a part of any number in the record.
    """

    start: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    end: datetime = datetime(9999, 1, 1, tzinfo=UTC)
    direction: Direction | None = None
    extension: str = ""
    number: str = ""
    limit: int = 100
    offset: int = 0


class History:
    """The one writer of a folder's call log."""

    def __init__(self, folder: Path, *, every_s: float = EVERY_S) -> None:
        self.writer = Writer(folder / FILE, MIGRATIONS, every_s=every_s)

    def add(self, record: CallRecord) -> None:
        """Keep the record; returns at once. A record with the same id is replaced."""
        self.writer.put(_INSERT, *_row(record))

    def forget_before(self, moment: datetime) -> None:
        """Delete the records of calls that began before."""
        self.writer.put("DELETE FROM calls WHERE start_ms < ?", _ms(moment))

    async def find(self, query: Query) -> list[CallRecord]:
        """Records that fit and are on the disk, read in a thread. Raises sqlite3.Error."""
        return await asyncio.to_thread(self.find_now, query)

    def find_now(self, query: Query) -> list[CallRecord]:
        """The same for callers that may wait for the disk."""
        self.writer.ready.wait()
        direction = query.direction.value if query.direction else ""
        values = (
            *(_ms(query.start), _ms(query.end), direction, direction),
            *[query.extension] * 4,
            *[query.number] * 4,
            *(query.limit, query.offset),
        )
        with closing(reader(self.writer.path)) as database:
            return [_record(row) for row in database.execute(_SELECT, values)]

    def close(self) -> None:
        self.writer.close()


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _row(one: CallRecord) -> tuple[object, ...]:
    times = (_ms(one.start), None if one.answered is None else _ms(one.answered), _ms(one.end))
    numbers = (one.call_from, one.from_name, one.call_to, one.final_callee)
    trace = msgspec.json.encode(one.trace.as_rows()).decode()
    return (one.id, *times, *numbers, one.direction.value, one.status.value, one.trunk, one.cause, trace, one.recording)


def _record(row: sqlite3.Row | tuple[str | int, ...]) -> CallRecord:
    id_, start, answered, end, call_from, name, call_to, final, direction, status, trunk, cause, trace, file = row
    return CallRecord(
        id=str(id_),
        start=_moment(int(start)),
        answered=None if answered is None else _moment(int(answered)),
        end=_moment(int(end)),
        call_from=str(call_from),
        from_name=str(name),
        call_to=str(call_to),
        final_callee=str(final),
        direction=Direction(direction),
        status=Status(status),
        trunk=str(trunk),
        cause=str(cause),
        trace=Trace.from_rows(msgspec.json.decode(str(trace))),
        recording=str(file),
    )
