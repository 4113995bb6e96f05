"""`fxbox check`: run the self-checks without starting anything. Not responsible for what they look at."""

import argparse

from firmware.clock import SystemClock
from firmware.commands import Refused
from firmware.commands.run import configure_addresses
from firmware.contract.status import Mark
from firmware.supervisor import checks
from firmware.supervisor.programs import Options
from firmware.supervisor.service import SIMULATED, place

HELP = "Look whether a box could start here: ports, disk, clock, memory."
WORDS = {Mark.PASSED: "passed ", Mark.WARNING: "warning", Mark.FAILED: "FAILED "}


def configure(parser: argparse.ArgumentParser) -> None:
    configure_addresses(parser)


def run(args: argparse.Namespace) -> int:
    if not args.data.is_dir():
        raise Refused(f"there is no folder {args.data}; `fxbox run` makes it")
    options = Options(args.data, SIMULATED, args.sip, args.portal)
    found = checks.run_all(place(options, SystemClock()), at_start=True)
    for check in found:
        print(f"{WORDS[check.mark]}  {check.found}" + (f"; {check.remedy}" if check.remedy else ""))
    return int(any(check.mark is Mark.FAILED for check in found))
