"""`fxbox explain`: where a call would go, and every rule that was looked at. No call is made.

Asks the running box, which knows who is registered and busy; without one, and with `--site`, the settings alone decide.
Not responsible for the rules (`firmware.telephony.routing`).
"""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path

from firmware.clock import SystemClock
from firmware.commands import Refused
from firmware.commands._core import NoBox, core
from firmware.commands.site import checked_file
from firmware.contract.replies import Explanation
from firmware.contract.requests import Explain
from firmware.store.settings import FILE, read_site
from firmware.store.storage import Unreadable
from firmware.telephony.decision import Snapshot
from firmware.telephony.emergency import emergency_numbers
from firmware.telephony.explanation import NoSuchCaller, explanation, request
from firmware.telephony.numbering import Plan
from firmware.telephony.places import SERVICES
from firmware.telephony.routing import route
from firmware.telephony.site import Site

HELP = "Say where a call would go, and why. No call is made."


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="caller", required=True, metavar="NUMBER", help="extension, or number outside")
    parser.add_argument("--to", dest="called", required=True, metavar="NUMBER", help="what is dialled")
    parser.add_argument("--trunk", metavar="NAME", help="the call comes in by this trunk")
    parser.add_argument("--at", metavar="'YYYY-MM-DD HH:MM'", help="local time of the site (default: now)")
    parser.add_argument("--site", type=Path, metavar="FILE", help="decide by this file, not by the box's settings")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    call = Explain(args.caller, args.called, _moment(args.at), args.trunk)
    words = _by_settings(checked_file(args.site), call) if args.site is not None else _by_box(args.data, call)
    if args.json:
        print(json.dumps(_as_data(words), ensure_ascii=False))
    else:
        for step in words.steps:
            rule, _, text = step.text.partition(": ")
            print(f"{rule:<15} {text}")
        print(f"=> {words.outcome}")
    return 0


def _by_box(data: Path, call: Explain) -> Explanation:
    """What the box says that runs there; what its settings say when none does."""
    try:
        with core(data) as box:
            return box.ask(call, Explanation)
    except NoBox:
        words = _by_settings(_stored(data), call)
        print("no box runs: decided by its settings alone, without registrations and calls", file=sys.stderr)
        return words


def _by_settings(site: Site, call: Explain) -> Explanation:
    snapshot = Snapshot(Plan(site, emergency_numbers(site)), services=SERVICES)
    try:
        asked = request(site, call.caller, call.called, call.at or SystemClock().now(), call.trunk)
    except NoSuchCaller as reason:
        raise Refused(str(reason)) from reason
    return explanation(route(asked, snapshot))


def _as_data(words: Explanation) -> dict[str, object]:
    steps = [{"mark": step.mark.value, "text": step.text, "setting": step.setting} for step in words.steps]
    return {"outcome": words.outcome, "steps": steps}


def _stored(data: Path) -> Site:
    try:
        return read_site(data)
    except FileNotFoundError:
        raise Refused(f"there is no {data / FILE}: give --site FILE, or --data DIR") from None
    except (Unreadable, OSError) as reason:
        raise Refused(str(reason)) from reason


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text is not None else None
    except ValueError:
        raise Refused(f'--at "{text}" is no time (allowed: such as 2026-12-24 18:00)') from None
