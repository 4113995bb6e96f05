"""`fxbox run`: start the box and stay in the foreground until Ctrl-C or SIGTERM.

Not responsible for minding the processes (`firmware.supervisor`): it reads the options, refuses what cannot work before
anything is started, and says on the terminal how far the box is.
"""

import argparse
import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from firmware.clock import Clock, SystemClock
from firmware.commands import Refused
from firmware.commands.site import import_file
from firmware.contract.heartbeat import Ready
from firmware.contract.status import Mark
from firmware.log import start_log
from firmware.store import settings
from firmware.store.storage import Unreadable
from firmware.supervisor import checks
from firmware.supervisor.certificate import CertificateError, ensure
from firmware.supervisor.child import Phase, State
from firmware.supervisor.programs import Address, Options
from firmware.supervisor.service import SIMULATED, InUse, Service, only_one, place
from firmware.telephony.site import Site

HELP = "Start the box; it runs until Ctrl-C."
NAMES = {"sim": "simulated board", "core": "core", "portal": "portal"}
DEFAULT_SIP, DEFAULT_PORTAL = "127.0.0.1:5060", "127.0.0.1:8443"
TRY = (  # hear the box say its address; a call from outside arrives with caller ID; answer it and look
    "{fxbox} phone fxs1 lift && {fxbox} phone fxs1 dial '**12#' && {fxbox} phone fxs1 record heard.wav --seconds 8",
    "{fxbox} phone fxs1 hang-up; {fxbox} line fxo1 ring --from 03012345 --name Mum; sleep 8; {fxbox} phone fxs1 state",
    "{fxbox} phone fxs1 lift; sleep 1; {fxbox} status; {fxbox} phone fxs1 hang-up; {fxbox} line fxo1 hang-up",
)


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


def address(text: str) -> Address:
    """127.0.0.1:5060 or [::1]:5060."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not ADDRESS:PORT, for example {DEFAULT_SIP}")
    return Address(host.strip("[]"), int(port))


def run(args: argparse.Namespace) -> int:
    options, clock = Options(args.data, args.board, args.sip, args.portal), SystemClock()
    try:
        options.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with only_one(options.data):
            refuse_what_cannot_work(options, clock)
            if args.site is not None:
                import_site(options.data, args.site)
            ensure(options.data / "keys", options.portal)
            options = replace(options, country=country(options.data))
            start_log("supervisor", options.data / "log")
            failure = asyncio.run(Service(options, clock, Terminal(clock, options, show_try=args.show_try)).run())
    except (InUse, CertificateError) as reason:
        raise Refused(str(reason)) from reason
    except OSError as error:
        raise Refused(f"data folder {options.data} cannot be used: {error}") from error
    if failure:
        raise Refused(f"{failure} (logs: {options.data / 'log'})")
    print("fxbox: stopped", flush=True)
    return 0


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


class Terminal:
    """Says on standard output how the start goes, then `ready` with the addresses."""

    def __init__(self, clock: Clock, options: Options, *, show_try: bool) -> None:
        self._clock, self._options, self._show_try = clock, options, show_try
        self._was_ready = False
        self._addresses: dict[str, str] = {}

    def changed(self, name: str, before: State, after: State) -> None:
        if after.phase is Phase.UP:
            took_s = self._clock.monotonic_s() - after.started_at_s
            back = "back" if before.was_up else "up"
            say(f"{NAMES[name]} is {back} ({took_s:.1f} s)")

    def ready(self, name: str, signal: Ready) -> None:
        self._addresses |= signal.addresses
        if name == "core" and signal.claim is not None:
            say(f"portal user `admin`, password `{signal.claim}`: note it down, it is shown this once")
        if name == "core" and not self._was_ready:
            self._was_ready = True
            say("ready: " + ", ".join(f"{what} {where}" for what, where in self._all_addresses().items()))
            if self._show_try:
                self._try()

    def _all_addresses(self) -> dict[str, str]:
        return {"portal": f"https://{self._options.portal}/"} | self._addresses

    def _try(self) -> None:
        fxbox = f"{os.path.relpath(Path(sys.executable).parent / 'fxbox')} --data {self._options.data}"
        print("Try, from a second terminal:")
        print("\n".join("  " + line.format(fxbox=fxbox) for line in TRY), flush=True)


def say(text: str) -> None:
    print(f"fxbox: {text}", flush=True)
