"""`fxbox explain`: where a call would go, and every rule that was looked at. No call is made.

Decides by the settings alone: what is registered or busy at this moment is not known here. Not responsible for the
rules (`firmware.telephony.routing`).
"""

import argparse
import json
from datetime import datetime
from pathlib import Path

from firmware.clock import SystemClock
from firmware.commands import Refused
from firmware.commands.site import checked_file
from firmware.contract.replies import Explanation
from firmware.store.settings import FILE, read_site
from firmware.store.storage import Unreadable
from firmware.telephony.decision import FromExtension, FromTrunk, Request, Snapshot, in_words
from firmware.telephony.emergency import emergency_numbers
from firmware.telephony.explanation import explanation
from firmware.telephony.numbering import Plan, from_sip
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
    site = _site(args.site, args.data)
    snapshot = Snapshot(Plan(site, emergency_numbers(site)), services=SERVICES)
    request = Request(_source(site, args.caller, args.trunk), from_sip(args.called), _moment(args.at, snapshot))
    decision = route(request, snapshot)
    if args.json:
        print(json.dumps(_as_data(explanation(decision)), ensure_ascii=False))
    else:
        print(decision.trace.as_text())
        print(f"=> {in_words(decision.action)}")
    return 0


def _as_data(words: Explanation) -> dict[str, object]:
    steps = [{"mark": step.mark.value, "text": step.text, "setting": step.setting} for step in words.steps]
    return {"outcome": words.outcome, "steps": steps}


def _site(file: Path | None, data: Path) -> Site:
    if file is not None:
        return checked_file(file)
    try:
        return read_site(data)
    except FileNotFoundError:
        raise Refused(f"there is no {data / FILE}: give --site FILE, or --data DIR") from None
    except (Unreadable, OSError) as reason:
        raise Refused(str(reason)) from reason


def _source(site: Site, caller: str, trunk: str | None) -> FromExtension | FromTrunk:
    if trunk is not None:
        if site.trunk(trunk) is None:
            known = ", ".join(one.name for one in site.trunks) or "there is none"
            raise Refused(f'--trunk "{trunk}" is no trunk (allowed: {known})')
        return FromTrunk(trunk, caller)
    if site.extension(caller) is None:
        known = ", ".join(one.number for one in site.extensions) or "there is none"
        raise Refused(f'--from "{caller}" is no extension (allowed: {known}; for a call from outside add --trunk)')
    return FromExtension(caller)


def _moment(text: str | None, snapshot: Snapshot) -> datetime:
    if text is None:
        return SystemClock().now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f'--at "{text}" is no time (allowed: such as 2026-12-24 18:00)') from None
    return moment if moment.tzinfo else moment.replace(tzinfo=snapshot.zone)
