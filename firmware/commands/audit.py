"""`fxbox audit`: who did what on this box, and whether somebody has changed the list. It reads the file."""

import argparse
import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from firmware.commands import Refused
from firmware.store.audit import Row, first_wrong, rows, sentence
from firmware.store.settings import read_site
from firmware.store.storage import Unreadable

HELP = "Print who did what on this box, or verify that nobody has changed the list."


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=["verify"], help="name the first entry that does not fit")
    parser.add_argument("--since", type=datetime.fromisoformat, metavar="TIME", help="such as '2026-12-24 18:00'")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    zone = zone_of(args.data)
    try:
        if args.action == "verify":
            return verify(rows(args.data), zone)
        since = args.since if args.since is None or args.since.tzinfo else args.since.replace(tzinfo=zone)
        found = rows(args.data, since) if since is not None else rows(args.data)
    except FileNotFoundError as error:
        raise Refused(f"{error.filename}: {error.strerror}; give the folder of the box by --data DIR") from error
    except sqlite3.Error as error:
        raise Refused(f"the audit cannot be read: {error}") from error
    print(as_json(found) if args.json else "\n".join(line(row, zone) for row in found))
    return 0


def verify(found: list[Row], zone: tzinfo) -> int:
    """Raises Refused when a row does not fit."""
    wrong = first_wrong(found)
    if wrong is not None:
        row, why = wrong
        raise Refused(f"row {row.seq} does not fit: {why}\n  {line(row, zone)}")
    if not found:
        print("nothing is in it yet")
        return 0
    print(f"rows {found[0].seq} to {found[-1].seq} fit; the last hash is {found[-1].hash.hex()}")
    return 0


def line(row: Row, zone: tzinfo) -> str:
    return f"{row.seq:>6}  {row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}  {sentence(row)}"


def as_json(found: Iterable[Row]) -> str:
    entries = [
        {
            "seq": row.seq, "at": row.at.isoformat(), "who": row.who, "act": row.act, "about": row.about,
            "detail": row.detail, "hash": row.hash.hex(),
        }
        for row in found
    ]  # fmt: skip
    return json.dumps({"audit": entries})


def zone_of(data: Path) -> tzinfo:
    """The site's, if there is one."""
    try:
        return read_site(data).site.zone
    except (FileNotFoundError, Unreadable):
        return UTC
