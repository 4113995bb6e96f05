"""`fxbox run`: start the box and stay in the foreground until Ctrl-C or SIGTERM.

Not responsible for minding the processes: it reads the options, refuses what cannot work before anything is started,
imports the site file, and becomes the supervisor.
"""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from firmware.clock import Clock, SystemClock
from firmware.commands import Refused
from firmware.commands.site import import_file
from firmware.contract.status import Mark
from firmware.store import settings
from firmware.store.storage import Unreadable
from firmware.supervisor import checks
from firmware.supervisor.certificate import CertificateError, ensure
from firmware.supervisor.programs import Options, address, supervisor
from firmware.supervisor.service import SIMULATED, InUse, only_one, place
from firmware.telephony.site import Site

HELP = "Start the box; it runs until Ctrl-C."
DEFAULT_SIP, DEFAULT_PORTAL = "127.0.0.1:5060", "127.0.0.1:8443"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", default=SIMULATED, help=f"folder of board/ (default: {SIMULATED})")
    parser.add_argument("--site", type=Path, metavar="FILE", help="import this site file first")
    configure_addresses(parser)
    parser.add_argument("--try", dest="show_try", action="store_true", help="say what to try once the box is ready")


def configure_addresses(parser: argparse.ArgumentParser) -> None:
    """Where SIP and the portal listen."""
    parser.add_argument("--sip", type=address, default=DEFAULT_SIP, metavar="ADDRESS:PORT", help=f"({DEFAULT_SIP})")
    parser.add_argument(
        "--portal", type=address, default=DEFAULT_PORTAL, metavar="ADDRESS:PORT", help=f"({DEFAULT_PORTAL})"
    )


def run(args: argparse.Namespace) -> NoReturn:
    """Does not come back. What reading the site took of memory is given up with this program."""
    options, clock = Options(args.data, args.board, args.sip, args.portal), SystemClock()
    try:
        options.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with only_one(options.data):
            refuse_what_cannot_work(options, clock)
            if args.site is not None:
                import_site(options.data, args.site)
            ensure(options.data / "keys", options.portal)
            argv = supervisor(replace(options, country=country(options.data)), show_try=args.show_try)
    except (InUse, CertificateError) as reason:
        raise Refused(str(reason)) from reason
    except OSError as error:
        raise Refused(f"data folder {options.data} cannot be used: {error}") from error
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(argv[0], argv)  # noqa: S606 - our own interpreter


def refuse_what_cannot_work(options: Options, clock: Clock) -> None:
    """Run the self-checks once; a vital one that fails is the reason not to start."""
    found = checks.run_all(place(options, clock), at_start=True)
    vital = checks.vital(found)
    for check in found:
        if check.mark is Mark.FAILED and check in vital:
            raise Refused(f"{check.found}; {check.remedy}")
        if check.mark is not Mark.PASSED:
            print(f"fxbox: {check.found}; {check.remedy}", file=sys.stderr, flush=True)


def import_site(data: Path, file: Path) -> None:
    """Make the file the configuration. Raises Refused with every problem."""
    try:
        import_file(file, data)
    except FileNotFoundError as error:
        raise Refused(f"there is no file {error.filename}") from error
    except (settings.InUse, Unreadable, UnicodeDecodeError) as reason:
        raise Refused(f"{file} cannot be imported: {reason}") from reason


def country(data: Path) -> str:
    """Where the box stands, for the exchange behind its simulated lines."""
    try:
        return settings.read_site(data).site.country
    except FileNotFoundError:
        return Site().site.country
    except Unreadable as reason:
        raise Refused(str(reason)) from reason
