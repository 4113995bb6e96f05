"""`fxbox line`: the simulated exchange behind an FXO port of the simulated board. Speaks to the board only."""

import argparse
from typing import Any

from firmware.commands._board import add_state, add_voice, run_verb

HELP = "Be the exchange on a simulated outside line: ring, answer, hang up."


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("port", help="port that the line is plugged into: fxo1 …")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    ring = verbs.add_parser("ring", help="call the box")
    ring.add_argument("--from", dest="number", metavar="NUMBER", help="the caller's number, sent as caller ID")
    ring.add_argument("--name", metavar="TEXT", help="the caller's name, sent as caller ID")
    answer = verbs.add_parser("answer", help="the called party answers")
    answer.add_argument("--reverse", action="store_true", help="and the exchange says so by reversing the line")
    verbs.add_parser("busy", help="the called party is busy")
    hang_up = verbs.add_parser("hang-up", help="the far end hangs up, or stops calling")
    hang_up.add_argument("--by", choices=("busy", "battery", "polarity"), default="battery", help="how the line tells")
    verbs.add_parser("polarity", help="reverse the line")
    add_voice(verbs)
    add_state(verbs)


def run(args: argparse.Namespace) -> int:
    return run_verb(args, "fxo", lines)


def lines(state: dict[str, Any]) -> list[str]:
    """The state for a person."""
    phase = "" if state["phase"] == state["state"] else f" ({state['phase']})"
    return [
        f"state    {state['state']}{phase}",
        f"digits   {state['digits'] or '-'}",
        f"flashes  {state['flashes']}",
        f"battery  {'on' if state['battery'] else 'off'}{', reversed' if state['reversed'] else ''}",
    ]
