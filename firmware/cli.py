"""Entry point `fxbox`: finds the command, parses its arguments, turns its outcome into an exit status.

Not responsible for what a command does: that is in `firmware/commands/<name>.py`.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from firmware import commands
from firmware.commands import Refused

DEFAULT_DATA = Path("data")
DONE, REFUSED, WRONG_USAGE = 0, 1, 2


class Command(Protocol):
    """What a module of `firmware/commands` offers."""

    HELP: str

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it. Returns the exit status; raises Refused with the reason."""


def names() -> list[str]:
    """Every command there is, in alphabetical order."""
    files = (path for folder in commands.__path__ for path in Path(folder).glob("*.py"))
    return sorted(path.stem for path in files if not path.stem.startswith("_"))


def load(name: str) -> Command:
    return cast(Command, importlib.import_module(f"firmware.commands.{name}"))


def parser_for(wanted: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the wanted commands only: a command that is not asked for is not imported."""
    parser = argparse.ArgumentParser(prog="fxbox", description="A telephone exchange.")
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help=f"folder of the box (default: {DEFAULT_DATA})"
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in wanted:
        command = load(name)
        sub = subparsers.add_parser(name, help=command.HELP, description=command.HELP)
        # Accepted on either side of the command; here without a default, so that it never undoes the outer one.
        sub.add_argument("--data", type=Path, default=argparse.SUPPRESS, metavar="DIR", help="folder of the box")
        command.configure(sub)
        sub.set_defaults(run=command.run)
    return parser


def asked_for(argv: Sequence[str]) -> list[str]:
    """The command that the arguments name, or all when they name none (help, typing mistake)."""
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--data")
    first.add_argument("command", nargs="?")
    if not argv or argv[0] in ("-h", "--help"):
        return names()
    name = first.parse_known_args(argv)[0].command
    return [name] if name in names() else names()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit status: 0 done, 1 refused or failed (reason on standard error), 2 wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    args = parser_for(asked_for(words)).parse_args(words)
    try:
        return cast(int, args.run(args))
    except Refused as reason:
        print(f"fxbox {args.command}: {reason}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return 130  # as a shell reports a program that Ctrl-C ended
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone (`fxbox status | head`): no complaint is of use
        return REFUSED


if __name__ == "__main__":
    sys.exit(main())
