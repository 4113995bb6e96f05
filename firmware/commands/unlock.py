"""`fxbox unlock`: undo a lock of the limits of outside calls. Asks the core; decides nothing."""

import argparse

from firmware.commands._core import core
from firmware.contract.replies import Done
from firmware.contract.requests import Unlock

HELP = "Let an extension, or the site, call outside again that a limit has locked."
SITE = "site"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="EXTENSION|site", help="the extension; site: international calls of all")


def run(args: argparse.Namespace) -> int:
    with core(args.data) as box:
        box.ask(Unlock(None if args.what == SITE else args.what), Done)
    return 0
