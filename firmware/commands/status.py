"""`fxbox status`: what the running box says about itself. Asks the core; decides nothing."""

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from firmware.commands._core import core
from firmware.contract.replies import Status as StatusReply
from firmware.contract.requests import GetStatus
from firmware.contract.status import Alarm, Call, Mark, Status

HELP = "Show lines, registrations, trunks and calls of the running box."


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    with core(args.data) as box:
        status = box.ask(GetStatus(), StatusReply).status
    print(msgspec.json.encode(status).decode() if args.json else "\n".join(lines(status, datetime.now(UTC))))
    return 0


def lines(status: Status, now: datetime) -> Iterable[str]:
    """The status as text for a terminal, section by section; an empty section is left out."""
    versions = ", ".join(f"{part} {version}" for part, version in status.versions.items())
    yield f"{status.name}: up {duration((now - status.started_at).total_seconds())}. {versions}"
    yield from section("Addresses", [(what, where) for what, where in status.addresses.items()])
    yield from section("Lines", [(line.slot, line.state, line.who, line.detail) for line in status.lines])
    yield from section(
        "Extensions",
        [
            (one.extension, "Registered" if one.devices else "Not registered", one.name, ", ".join(one.devices))
            for one in status.registrations
        ],
    )
    yield from section("Trunks", [(trunk.name, trunk.state, trunk.kind, trunk.reason) for trunk in status.trunks])
    yield from section("Calls", [call_row(call, now) for call in status.calls])
    yield from section("Alarms", [alarm_row(alarm, now) for alarm in status.alarms])
    bad = [check for check in status.checks if check.mark is not Mark.PASSED]
    yield from section("Attention", [(check.name, check.found, check.remedy) for check in bad])
    if status.checks and not bad:
        yield f"Self-checks: {len(status.checks)} passed"


def call_row(call: Call, now: datetime) -> tuple[str, ...]:
    since = call.answered_at or call.began_at
    return (call.caller, "->", call.called, call.state, duration((now - since).total_seconds()), call.via)


def alarm_row(alarm: Alarm, now: datetime) -> tuple[str, ...]:
    times = f"{alarm.times} times" if alarm.times > 1 else ""
    return (f"{duration((now - alarm.at).total_seconds())} ago", alarm.text, times)


def section(title: str, rows: list[tuple[str, ...]]) -> Iterable[str]:
    """A title and its rows in columns; nothing without rows."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    yield f"{title}:"
    for row in rows:
        yield "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def duration(seconds: float) -> str:
    """3 d 4 h, 5 h 06 min, 7 min 08 s, 9 s."""
    whole = max(0, int(seconds))
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {whole % 60:02} s" if minutes else f"{whole} s"
