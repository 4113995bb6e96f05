"""What `fxbox phone` and `fxbox line` have in common: arguments, asking the simulated board, printing the answer."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from firmware.commands import Refused
from firmware.hal import simcontrol

SENT = ("digits", "file", "seconds", "ms", "by", "name", "reverse")


class Verbs(Protocol):
    """Sub-commands of a parser."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser: ...


def add_voice(verbs: Verbs) -> None:
    play = verbs.add_parser("play", help="speak a WAV file into it; returns at its end")
    play.add_argument("file", type=Path, metavar="FILE.wav")
    record = verbs.add_parser("record", help="write what is heard to a WAV file")
    record.add_argument("file", type=Path, metavar="FILE.wav")
    record.add_argument("--seconds", type=seconds, required=True, metavar="N", help="for how long")


def add_state(verbs: Verbs) -> None:
    state = verbs.add_parser("state", help="show it")
    state.add_argument("--json", action="store_true", help="print one JSON object")


def seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(f"{text}: more than 0 and at most 3600 seconds are allowed")
    return value


def run_verb(args: argparse.Namespace, kind: str, lines: Callable[[dict[str, Any]], list[str]]) -> int:
    """Do `args.verb` at `args.port`, whose name must begin with `kind`. Raises Refused with the reason."""
    if not args.port.startswith(kind):
        raise Refused(f"{args.port} is no such port: {kind}1, {kind}2 … are")
    more = {name: getattr(args, name) for name in SENT if getattr(args, name, None) is not None}
    if "file" in more:
        more["file"] = str(more["file"].absolute())
    if getattr(args, "number", None) is not None:
        more["from"] = args.number
    try:
        answer = simcontrol.ask(args.data, args.port, args.verb, **more)
    except simcontrol.NoBoard as error:
        raise Refused(f"{error}; start a box with `fxbox run --board sim`") from error
    except simcontrol.Refused as reason:
        raise Refused(str(reason)) from reason
    if args.verb == "state":
        print(json.dumps(answer) if args.json else "\n".join(lines(answer)))
    return 0
