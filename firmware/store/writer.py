"""Writes rows to SQLite behind the caller's back: in batches, by one thread, and again when the disk was full.

Nobody ever waits for the disk. Not responsible for what the rows are (`history.py`, `kept.py`), nor for reading.
"""

import logging
import sqlite3
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from threading import Condition, Event, Thread

from firmware.store.database import moved_aside, opened

KEPT = 10_000
"""Statements that wait at most; the oldest goes when there are more."""
RETRY_S = 5.0

Statement = tuple[str, tuple[object, ...]]
log = logging.getLogger(__name__)


class Writer:
    """Owner of one database file. `put` from any thread, it returns at once; `flush` and `close` block."""

    def __init__(
        self, path: Path, migrations: Sequence[str], *, every_s: float, batch: int = 100, synced: bool = True
    ) -> None:
        """A row waits `every_s` at most, nor for more than `batch` others; `synced`: then no power cut can harm it."""
        self.path = path
        self.notices: list[str] = []
        self.dropped = self.failures = 0
        self.ready = Event()  # the file has been opened, or could not be
        self._migrations, self._every_s, self._batch, self._synced = migrations, every_s, batch, synced
        self._changed = Condition()
        self._waiting: deque[Statement] = deque()
        self._in_hand: list[Statement] = []
        self._closing = self._urgent = False
        self._database: sqlite3.Connection | None = None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._thread = Thread(target=self._run, name=f"write {path.name}", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Rows that are not on the disk yet."""
        return len(self._waiting) + len(self._in_hand)

    def put(self, sql: str, *values: object) -> None:
        """Run this statement soon."""
        with self._changed:
            self._waiting.append((sql, values))
            self._bound()
            if len(self._waiting) == 1 or len(self._waiting) >= self._batch:  # else the thread gathers already
                self._changed.notify_all()

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Write at once and wait for it. False: it did not work in time."""
        with self._changed:
            self._urgent = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self.waiting, timeout_s)

    def close(self) -> None:
        """Try once more to write what waits, then end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _bound(self) -> None:
        while len(self._waiting) > KEPT:
            self._waiting.popleft()
            self.dropped += 1

    def _run(self) -> None:
        self._write([])  # opens the file, so that it can be read
        self.ready.set()
        while statements := self._taken():
            done = self._write(statements)
            with self._changed:
                self._in_hand = []
                if not done:
                    self._waiting.extendleft(reversed(statements))
                    self._bound()
                    if not self._closing:
                        self._changed.wait_for(lambda: self._closing or self._urgent, RETRY_S)
                self._changed.notify_all()
                if self._closing and not done:
                    break
        if self._database is not None:
            self._database.close()

    def _taken(self) -> list[Statement]:
        """Wait for a row, then for others to go with it. Nothing: the thread is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            self._changed.wait_for(
                lambda: self._closing or self._urgent or len(self._waiting) >= self._batch, self._every_s
            )
            self._urgent = False
            self._in_hand = list(self._waiting)
            self._waiting.clear()
            return self._in_hand

    def _write(self, statements: list[Statement]) -> bool:
        """One transaction. False: try these statements again."""
        try:
            self._commit(statements)
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.InterfaceError):
            self.dropped += len(statements)
            log.exception("%s: %d rows cannot be written and are lost", self.path, len(statements))
        except (sqlite3.OperationalError, OSError) as error:
            self.failures += 1
            log.error("%s cannot be written, %d rows wait: %s", self.path, len(statements), error)
            self._roll_back()
            return False
        except sqlite3.DatabaseError as error:
            self.failures += 1
            self._begin_anew(str(error))
            return False
        return True

    def _commit(self, statements: list[Statement]) -> None:
        if self._database is None:
            self._database, notice = opened(self.path, self._migrations, synced=self._synced)
            self.notices += [notice] if notice else []
        self._database.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            self._database.execute(sql, values)
        self._database.execute("COMMIT")

    def _roll_back(self) -> None:
        """Close the connection: what it had not committed is undone, and the next try opens the file again."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _begin_anew(self, reason: str) -> None:
        """The file was damaged while it was open."""
        self._roll_back()
        self.notices.append(moved_aside(self.path, reason))
