"""`fxbox unlock`: undo a lock of the limits of outside calls. Asks the core; decides nothing."""

import argparse

from firmware.commands import Refused
from firmware.contract import client, wire
from firmware.contract.client import SOCKET_NAME, Client, CoreDown
from firmware.contract.replies import Done
from firmware.contract.requests import Peer, Unlock

HELP = "Let an extension, or the site, call outside again that a limit has locked."
SITE = "site"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="EXTENSION|site", help="the extension; site: international calls of all")


def run(args: argparse.Namespace) -> int:
    try:
        with Client(args.data / SOCKET_NAME, Peer.COMMAND) as core:
            core.ask(Unlock(None if args.what == SITE else args.what), Done)
    except CoreDown as error:
        raise Refused(f"no box runs with data folder {args.data} ({error}); start one with `fxbox run`") from error
    except (client.Refused, wire.WireError) as error:
        raise Refused(str(error)) from error
    return 0
