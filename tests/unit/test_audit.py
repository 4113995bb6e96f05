"""The audit: rows chained by hashes, over restarts and trimming, and the command that prints and verifies them."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.cli import main
from firmware.store import audit
from firmware.store.audit import FILE, Audit, first_wrong, rows, sentence
from firmware.telephony.deeds import Act, Deed

START = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return 0.0


def write(folder: Path, numbers: range, clock: Clock | None = None) -> None:
    with Audit(folder, clock or Clock()) as kept:
        for number in numbers:
            kept.add(Deed("103", Act.BLOCKED, str(number)))


def change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / FILE)) as database:
        database.execute(sql)
        database.commit()


def test_rows_say_who_did_what(tmp_path: Path) -> None:
    with Audit(tmp_path, Clock()) as kept:
        kept.add(Deed("105", Act.LISTENED, "103", "whisper"))
        kept.add(Deed("admin\n\x1b", Act.LOGGED_IN))
    assert [sentence(row) for row in rows(tmp_path)] == ["105 listened to 103 (whisper)", "admin?? logged in"]
    assert rows(tmp_path)[0].at == START
    assert rows(tmp_path, START + timedelta(seconds=1)) == []


def test_the_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    write(tmp_path, range(3))
    write(tmp_path, range(3))
    found = rows(tmp_path)
    assert [row.seq for row in found] == [1, 2, 3, 4, 5, 6]
    assert found[3].before == found[2].hash
    assert first_wrong(found) is None


@pytest.mark.parametrize(("sql", "seq", "why"), [
    ("UPDATE audit SET about = '7' WHERE seq = 4", 4, "it was changed"),
    ("UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 1", 1, "it was changed"),
    ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 6", 6, "it was changed"),
    ("DELETE FROM audit WHERE seq = 3", 4, "rows 3 to 3 are missing before it"),
    ("UPDATE audit SET before = zeroblob(32) WHERE seq = 3", 3, "it does not follow row 2"),
])  # fmt: skip
def test_verify_names_the_row_that_does_not_fit(
    tmp_path: Path, sql: str, seq: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, range(6))
    change(tmp_path, sql)
    assert main(["--data", str(tmp_path), "audit", "verify"]) == 1
    assert f"row {seq} does not fit: {why}" in capsys.readouterr().err


def test_a_flipped_byte_of_the_file_is_found(tmp_path: Path) -> None:
    """Wherever it is in the texts: the row is named."""
    write(tmp_path, range(6))
    content = (tmp_path / FILE).read_bytes()
    at = content.index(b"blocked")
    (tmp_path / FILE).write_bytes(content[:at] + b"c" + content[at + 1 :])
    wrong = first_wrong(rows(tmp_path))
    assert wrong is not None and wrong[0].act == "clocked"


def test_old_rows_go_and_the_chain_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    write(tmp_path, range(5), clock)
    clock.at += timedelta(days=366)
    write(tmp_path, range(2), clock)
    with Audit(tmp_path, clock) as kept:
        kept.trim(365)
    assert [row.seq for row in rows(tmp_path)] == [6, 7]
    assert first_wrong(rows(tmp_path)) is None
    monkeypatch.setattr(audit, "MOST", 1)
    clock.at += timedelta(days=366)
    with Audit(tmp_path, clock) as kept:
        kept.trim(365)
        kept.trim(3650)
        kept.add(Deed("admin", Act.LOGGED_IN))
    assert [row.seq for row in rows(tmp_path)] == [7, 8]  # the last one of all stays, for the next to follow
    assert first_wrong(rows(tmp_path)) is None


def test_print(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    write(tmp_path, range(1), clock)
    clock.at += timedelta(days=1)
    write(tmp_path, range(1, 2), clock)
    folder = ["--data", str(tmp_path)]
    assert main([*folder, "audit"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "     1  2026-12-24 18:00:00  103 blocked 0"
    assert main([*folder, "audit", "--json", "--since", "2026-12-25"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["audit"]
    assert (entry["seq"], entry["who"], entry["act"], entry["about"]) == (2, "103", "blocked", "1")
    assert main([*folder, "audit", "verify"]) == 0
    assert "rows 1 to 2 fit; the last hash is " in capsys.readouterr().out


def test_a_folder_without_an_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "audit"]) == 1
    assert "no audit was ever kept there" in capsys.readouterr().err
