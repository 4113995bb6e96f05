"""`python -m firmware.supervisor`: what `fxbox run` becomes. Minds the box's processes until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import sys
from pathlib import Path

from firmware.clock import SystemClock
from firmware.log import start_log
from firmware.supervisor.programs import Options, address
from firmware.supervisor.service import InUse, Service, only_one
from firmware.supervisor.terminal import Terminal, complain, say


def main() -> int:
    parser = argparse.ArgumentParser(prog="fxbox-supervisor")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--board", required=True)
    parser.add_argument("--sip", type=address, required=True, metavar="ADDRESS:PORT")
    parser.add_argument("--portal", type=address, required=True, metavar="ADDRESS:PORT")
    parser.add_argument("--country", required=True, metavar="CODE")
    parser.add_argument("--try", dest="show_try", action="store_true")
    args = parser.parse_args()
    options, clock = Options(args.data, args.board, args.sip, args.portal, args.country), SystemClock()
    try:
        with only_one(options.data):
            start_log("supervisor", options.data / "log")
            failure = asyncio.run(Service(options, clock, Terminal(clock, options, show_try=args.show_try)).run())
    except InUse as reason:
        failure = str(reason)
    except OSError as error:
        failure = f"data folder {options.data} cannot be used: {error}"
    if failure:
        complain(f"{failure} (logs: {options.data / 'log'})")
        return 1
    say("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
