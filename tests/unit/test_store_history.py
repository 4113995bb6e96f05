"""The call log and what survives a restart: batched, never blocking, never lost for a damaged file or a full disk."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.contract.replies import StepMark
from firmware.store import database, writer
from firmware.store.history import FILE, History, Query
from firmware.store.kept import Kept
from firmware.store.writer import Writer
from firmware.telephony.records import CallRecord, Direction, Status
from firmware.telephony.trace import Step, Trace

START = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)
RECORD = CallRecord(
    id="a",
    start=START,
    answered=START + timedelta(seconds=4),
    end=START + timedelta(seconds=64.5),
    call_from="104",
    from_name="Ben",
    call_to="103",
    final_callee="101",
    direction=Direction.INTERNAL,
    status=Status.ANSWERED,
    cause="normal",
    trace=Trace((Step("ring", "101 Reception", "fxs1 for 30 s", StepMark.DECIDED, "extensions[101]"),)),
)


@dataclass(frozen=True, slots=True)
class Phone:
    extension: str
    contact: str
    since: datetime = START


def phones(path: Path) -> Kept[Phone]:
    return Kept(path, Phone, lambda one: (one.extension, one.contact))


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add(RECORD)
    missed = replace(RECORD, id="b", answered=None, status=Status.NO_ANSWER, direction=Direction.INBOUND, trunk="line1")
    history.add(missed)
    assert history.writer.flush()
    assert history.find_now(Query()) == [RECORD, missed]
    assert asyncio.run(history.find(Query(limit=1, offset=1))) == [missed]
    assert RECORD.talk_s == 60.5
    assert missed.talk_s == 0
    history.close()


def test_filters(tmp_path: Path) -> None:
    history = History(tmp_path)
    rows = [
        replace(
            RECORD, id=str(day), start=START + timedelta(days=day), call_from="0301234", direction=Direction.INBOUND
        )
        for day in range(3)
    ]
    for record in (*rows, RECORD):
        history.add(record)
    history.writer.flush()

    def ids(query: Query) -> list[str]:
        return [record.id for record in history.find_now(query)]

    assert ids(Query(direction=Direction.INBOUND)) == ["2", "1", "0"]
    assert ids(Query(start=START + timedelta(days=1), end=START + timedelta(days=2))) == ["1"]
    assert ids(Query(extension="104")) == ["a"]
    assert ids(Query(number="0123")) == ["2", "1", "0"]
    assert ids(Query(number="%")) == []
    history.forget_before(START + timedelta(days=2))
    history.writer.flush()
    assert ids(Query()) == ["2"]
    history.close()


def test_records_are_written_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    commit = Writer._commit

    def counted(self: Writer, statements: list[writer.Statement]) -> None:
        sizes.append(len(statements))
        commit(self, statements)

    monkeypatch.setattr(Writer, "_commit", counted)
    history = History(tmp_path, every_s=60)
    for number in range(99):
        history.add(replace(RECORD, id=str(number)))
    assert history.writer.waiting == 99
    history.add(replace(RECORD, id="99"))
    deadline = time.monotonic() + 10
    while history.writer.waiting and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [size for size in sizes if size] == [100]
    history.close()


def test_a_full_disk_delays_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = 5

    def small(path: Path, migrations: Sequence[str], *, synced: bool) -> tuple[sqlite3.Connection, str | None]:
        connection, notice = database.opened(path, migrations, synced=synced)
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection, notice

    monkeypatch.setattr(writer, "opened", small)
    monkeypatch.setattr(writer, "RETRY_S", 0.05)
    history = History(tmp_path, every_s=0)
    records = [replace(RECORD, id=f"{number:03}", cause="x" * 500) for number in range(100)]
    for record in records:
        history.add(record)
    assert not history.writer.flush(0.3)
    assert history.writer.failures > 0
    assert history.writer.waiting > 0
    pages = 5000
    assert history.writer.flush(5)
    assert history.find_now(Query(limit=1000)) == records
    assert history.writer.dropped == 0
    history.close()


def test_the_memory_of_a_box_whose_disk_stays_full_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(writer, "opened", broken)
    monkeypatch.setattr(writer, "KEPT", 10)
    history = History(tmp_path, every_s=0)
    for number in range(25):
        history.add(replace(RECORD, id=str(number)))
        history.writer.flush(0.01)
    assert history.writer.waiting <= 10
    assert history.writer.dropped >= 15
    history.close()


@pytest.mark.parametrize("size", [1, 50, 100, 4095, 4096, 6000, 8192, 9000])
def test_a_damaged_call_log_is_moved_aside(tmp_path: Path, size: int) -> None:
    history = History(tmp_path)
    for number in range(50):
        history.add(replace(RECORD, id=str(number)))
    history.close()
    path = tmp_path / FILE
    assert path.stat().st_size > 9000
    with path.open("r+b") as file:
        file.truncate(size)
    again = History(tmp_path)
    again.add(RECORD)
    assert again.writer.flush()
    assert again.find_now(Query()) == [RECORD]
    assert "a new one was begun" in again.writer.notices[0]
    assert (tmp_path / f"{FILE}.damaged").exists()
    again.close()


def test_junk_instead_of_a_call_log(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"junk" * 3000)
    history = History(tmp_path)
    assert history.find_now(Query()) == []
    assert history.writer.notices
    history.close()


def test_migrations_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite"
    first = ("CREATE TABLE a (x)",)
    database.opened(path, first, synced=True)[0].close()
    connection, _ = database.opened(path, (*first, "ALTER TABLE a ADD COLUMN y"), synced=True)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.execute("INSERT INTO a (x, y) VALUES (1, 2)")
    connection.close()
    database.opened(path, first, synced=True)[0].close()  # an older version after a roll-back


def test_kept_values(tmp_path: Path) -> None:
    kept = phones(tmp_path / "k.sqlite")
    first, second = Phone("103", "sip:a"), Phone("103", "sip:b")
    for phone in (first, second, Phone("104", "sip:c")):
        kept.save(phone)
    moved = replace(first, since=START + timedelta(hours=1))
    kept.save(moved)
    kept.remove("104", "sip:c")
    kept.remove("104", "unknown")
    kept.close()
    again = phones(tmp_path / "k.sqlite")
    assert again.load() == [moved, second]
    again.writer.put("INSERT INTO kept VALUES ('x', ?)", b'{"extension": 5}')
    again.writer.flush()
    assert again.load() == [moved, second]  # what cannot be read is left out
    again.close()


def test_kill_9_loses_nothing_older_than_a_second(tmp_path: Path) -> None:
    path = tmp_path / "k.sqlite"
    script = (
        "import sys, time; from pathlib import Path; from tests.unit.test_store_history import Phone, phones\n"
        "kept = phones(Path(sys.argv[1])); [kept.save(Phone(str(n), 'sip:a')) for n in range(200)]\n"
        "print('saved', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"saved\n"
    time.sleep(1.0)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    kept = phones(path)
    assert len(kept.load()) == 200
    kept.close()
