"""Opening SQLite files: settings of the connection, numbered migrations, damaged files moved aside.

Not responsible for rows or for threads: `writer.py`.
"""

import logging
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

HEADER_BYTES = 100
"""sqlite.org/fileformat.html, section 1.3."""

log = logging.getLogger(__name__)


def opened(path: Path, migrations: Sequence[str], *, synced: bool) -> tuple[sqlite3.Connection, str | None]:
    """A connection for the one writer, and what the user should know if the file was damaged: then it begins anew.

    `migrations`: statements that lead from version n to n + 1, for ever in this order. A file of a later version is
    used as it is, because migrations only add. `synced`: a commit is safe from a power cut. Raises sqlite3.Error.
    """
    try:
        if path.exists() and 0 < path.stat().st_size < HEADER_BYTES:  # SQLite takes it for an empty database
            raise sqlite3.DatabaseError(f"only {path.stat().st_size} bytes are left")
        return _connected(path, migrations, synced), None
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        notice = moved_aside(path, str(error))
        return _connected(path, migrations, synced), notice


def reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads; any thread may have its own."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)


def moved_aside(path: Path, reason: str) -> str:
    """Rename a damaged file and what SQLite keeps beside it. Returns the message."""
    aside = path.with_name(f"{path.name}.damaged")
    os.replace(path, aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    notice = f"{path} was damaged ({reason}): it is now {aside}, and a new one was begun"
    log.warning("%s", notice)
    return notice


def _connected(path: Path, migrations: Sequence[str], synced: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    try:
        os.chmod(path, 0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
        _check(connection)
        _migrate(connection, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    with closing(connection.execute("PRAGMA quick_check(1)")) as cursor:
        (finding,) = cursor.fetchone()
    if finding != "ok":
        raise sqlite3.DatabaseError(str(finding).splitlines()[0])


def _migrate(connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, statement in enumerate(migrations[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
