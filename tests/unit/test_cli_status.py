"""What `fxbox status` prints, and how addresses are read."""

import argparse
from datetime import UTC, datetime, timedelta

import pytest

from firmware.commands.status import duration, lines
from firmware.contract.status import (
    Alarm,
    Call,
    CallState,
    Check,
    Line,
    LineKind,
    LineState,
    Mark,
    Position,
    Registration,
    Status,
    Trunk,
    TrunkState,
)
from firmware.supervisor.programs import Address, address

NOW = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)
STATUS = Status(
    "Office",
    NOW - timedelta(hours=5, minutes=6),
    Position(1, 2),
    versions={"fxbox": "0.1.0"},
    addresses={"sip": "127.0.0.1:5060"},
    lines=(Line("fxs1", LineKind.FXS, LineState.READY, "101 Office"), Line("fxs10", LineKind.FXS, LineState.FAULT)),
    registrations=(Registration("103", "Anna"), Registration("104", "Ben", ("192.0.2.7:5060",))),
    trunks=(Trunk("provider", "sip", TrunkState.DOWN, "503"),),
    calls=(Call("c1", "104", "9030123", CallState.TALKING, NOW, "Ben", "", NOW - timedelta(seconds=68), "provider"),),
    alarms=(Alarm(NOW - timedelta(seconds=68), "103 is locked", 2), Alarm(NOW - timedelta(hours=2), "80 % spent")),
    checks=(Check("clock", Mark.WARNING, "1970", "set it"), Check("disk", Mark.PASSED, "much")),
)


def test_status_as_text():
    assert list(lines(STATUS, NOW)) == [
        "Office: up 5 h 06 min. fxbox 0.1.0",
        "Addresses:", "  sip  127.0.0.1:5060",
        "Lines:", "  fxs1   Ready  101 Office", "  fxs10  Fault",
        "Extensions:", "  103  Not registered  Anna", "  104  Registered      Ben   192.0.2.7:5060",
        "Trunks:", "  provider  Down  sip  503",
        "Calls:", "  104  ->  9030123  In call  1 min 08 s  provider",
        "Alarms:", "  1 min 08 s ago  103 is locked  2 times", "  2 h 00 min ago  80 % spent",
        "Attention:", "  clock  1970  set it",
    ]  # fmt: skip


def test_empty_sections_are_left_out():
    assert list(lines(Status("", NOW, Position(1, 1)), NOW)) == [": up 0 s. "]


@pytest.mark.parametrize(("seconds", "text"), [
    (-1, "0 s"), (9.9, "9 s"), (428, "7 min 08 s"), (18360, "5 h 06 min"), (273600, "3 d 4 h")
])  # fmt: skip
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_addresses():
    assert address("127.0.0.1:5060") == Address("127.0.0.1", 5060)
    assert address("[::1]:8443") == Address("::1", 8443) and str(Address("::1", 8443)) == "[::1]:8443"
    for wrong in ("5060", ":5060", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "a:b"):
        with pytest.raises(argparse.ArgumentTypeError, match=r"is not ADDRESS:PORT, for example 127\.0\.0\.1:5060"):
            address(wrong)
