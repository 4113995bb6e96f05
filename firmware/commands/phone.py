"""`fxbox phone`: a simulated analog telephone, plugged into a port of the simulated board. Speaks to the board only."""

import argparse
from typing import Any

from firmware.commands._board import add_state, add_voice, run_verb

HELP = "Use a simulated analog telephone: lift, dial, listen."


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("port", help="port that the telephone is plugged into: fxs1 …")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("lift", help="lift the handset")
    verbs.add_parser("hang-up", help="put the handset back")
    flash = verbs.add_parser("flash", help="tap the hook")
    flash.add_argument("--ms", type=int, help="for how long (default 250, a flash in every country)")
    for name, how in (("dial", "with the keypad (0-9 * # A-D)"), ("pulse", "with a rotary dial (0-9)")):
        verbs.add_parser(name, help=f"dial {how}").add_argument("digits")
    add_voice(verbs)
    add_state(verbs)


def run(args: argparse.Namespace) -> int:
    return run_verb(args, "fxs", lines)


def lines(state: dict[str, Any]) -> list[str]:
    """The state for a person."""
    caller, ringing = state["caller"], "no"
    if state["ringing"]:
        cadence = " ".join(str(part) for part in state["cadence_ms"]) or "first burst"
        ringing = f"yes, {state['distinctive'] or 'cadence not yet known'} ({cadence} ms)"
    return [
        f"hook          {state['hook']}",
        f"ringing       {ringing}",
        f"caller        {(caller['number'] + ' ' + caller['name']).strip() if caller else '-'}",
        f"message lamp  {'on' if state['message_lamp'] else 'off'}",
        f"loop current  {state['loop_current_ma']} mA",
    ]
