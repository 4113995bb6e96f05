"""Self-checks: each says what was found and, when it does not pass, what to do; the folder is the list."""

import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from firmware.contract.status import Mark
from firmware.supervisor import checks
from firmware.supervisor.checks import Place, clock, data_folder, disk_space, memory, sip_port
from firmware.supervisor.programs import Address, Options, programs

NOW = datetime(2026, 12, 24, tzinfo=UTC)


def place(tmp_path, **changes):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = Address(*probe.getsockname())
    return Place(**({"data": tmp_path, "sip": free, "portal": free, "now": NOW} | changes))


def test_every_file_is_a_check_and_passes_on_a_sound_machine(tmp_path):
    files = {path.stem for path in Path(checks.__file__).parent.glob("*.py")} - {"__init__"}
    assert len(checks.modules()) == len(files)
    found = checks.run_all(place(tmp_path), at_start=True)
    assert all(check.mark is Mark.PASSED and check.found and not check.remedy for check in found)
    later = {check.name for check in checks.run_all(place(tmp_path), at_start=False)}
    assert {check.name for check in found} - later == {"SIP port", "portal port"}


@pytest.mark.parametrize(("free_mb", "mark"), [(5000, Mark.PASSED), (150, Mark.WARNING), (3, Mark.FAILED)])
def test_disk_space(tmp_path, monkeypatch, free_mb, mark):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free_mb * 1_000_000))
    check = disk_space.check(place(tmp_path))
    assert check.mark is mark and f"{free_mb} MB free" in check.found and bool(check.remedy) == (mark != Mark.PASSED)
    assert not checks.vital((check,))  # a full disk never stops the start


def test_a_data_folder_that_is_not_there(tmp_path):
    check = data_folder.check(place(tmp_path, data=tmp_path / "gone"))
    assert check.mark is Mark.FAILED and "cannot be written: No such file" in check.found
    assert checks.vital((check,)) == (check,)


def test_a_clock_that_was_never_set(tmp_path):
    check = clock.check(place(tmp_path, now=datetime(1970, 1, 1, tzinfo=UTC)))
    assert check.mark is Mark.WARNING and "1970-01-01" in check.found and "time server" in check.remedy


def test_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "read_text", lambda self: "MemTotal: 500000 kB\nMemAvailable:   40960 kB\n")
    assert memory.check(place(tmp_path)).found == "only 40 MB available"


def test_ports(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = Address(*other.getsockname())
        check = sip_port.check(place(tmp_path, sip=taken))
        assert check.found == f"SIP port {taken} is in use by another program"
        assert check.remedy == "stop it or start with --sip ADDRESS:PORT"
    check = sip_port.check(place(tmp_path, sip=Address("192.0.2.77", 5060)))
    assert check.found == "SIP port 192.0.2.77:5060 is not an address of this machine"
    assert sip_port.check(place(tmp_path, sip=Address("::1", taken.port))).mark is Mark.PASSED


@pytest.mark.parametrize(("board", "names"), [("sim", ["sim", "core", "portal"]), ("beaglebone", ["core", "portal"])])
def test_programs_of_a_board(tmp_path, board, names):
    options = Options(tmp_path, board, Address("127.0.0.1", 5060), Address("::1", 8443), "DE")
    found = programs(options)
    assert [program.name for program in found] == names
    assert found[-1].argv[-8:][:4] == ("--core", os.fspath(tmp_path / "run/core.sock"), "--listen", "[::1]:8443")
    assert [program.vital for program in found] == [True] * (len(names) - 1) + [False]
