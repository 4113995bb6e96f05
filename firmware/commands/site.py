"""`fxbox site`: check, import, export and compare site files.

Not responsible for the format (`firmware.telephony.site`) or for keeping the settings (`firmware.store.settings`).
"""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from firmware.clock import SystemClock
from firmware.commands import Refused
from firmware.commands._core import NoBox, core
from firmware.contract import wire
from firmware.contract.replies import Done, SiteChecked
from firmware.contract.requests import ImportSite, StoreSettings
from firmware.store.audit import Audit
from firmware.store.settings import FILE, InUse, Settings, read_site
from firmware.store.storage import Unreadable
from firmware.telephony.deeds import COMMAND_LINE, Act, Deed
from firmware.telephony.site import Site
from firmware.telephony.site.check import checked
from firmware.telephony.site.docs import markdown, schema
from firmware.telephony.site.export import differences, exported
from firmware.telephony.site.outcome import in_words
from firmware.telephony.site.secrets import taken_over

IMPORT_S = 60.0  # a large file on a small board

HELP = "Check, import, export or compare the site file: the whole configuration."


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    rows: tuple[tuple[str, Callable[[argparse.Namespace], int], str], ...] = (
        ("check", _check, "say what is wrong with FILE and what is not active yet"),
        ("import", _import, "make FILE the configuration: all of it or nothing"),
        ("export", _export, "write the configuration to FILE (- for standard output)"),
        ("diff", _diff, "say what an import of FILE would change"),
    )
    for name, does, words in rows:
        action = actions.add_parser(name, help=words, description=words)
        action.add_argument("file", type=Path, metavar="FILE")
        action.add_argument("--data", type=Path, default=argparse.SUPPRESS, metavar="DIR", help="folder of the box")
        action.set_defaults(does=does)
        if name == "export":
            action.add_argument("--secrets", action="store_true", help="with digests, PINs and trunk passwords")
    for name, make, words in (("docs", markdown, "print docs/site.md"), ("schema", schema, "print the JSON Schema")):
        actions.add_parser(name, help=words, description=words).set_defaults(does=_printer(make))


def run(args: argparse.Namespace) -> int:
    does: Callable[[argparse.Namespace], int] = args.does
    try:
        return does(args)
    except FileNotFoundError as error:
        raise Refused(f"there is no file {error.filename}") from error
    except BrokenPipeError:
        raise
    except (InUse, Unreadable, OSError, UnicodeDecodeError) as reason:
        raise Refused(str(reason)) from reason


def checked_file(file: Path) -> Site:
    """The site of a file that must be right. Raises Refused with every problem, OSError."""
    outcome = checked(_text(file))
    if outcome.site is None:
        raise Refused(_listed(file, in_words(outcome)))
    return outcome.site


def import_file(file: Path, data: Path) -> None:
    """Make the file the configuration of a folder without a box. Raises Refused with every problem, InUse, OSError."""
    with Settings(data) as settings:
        before = settings.site
        outcome = in_words(settings.import_text(_text(file)))
        _report(file, outcome)
        if changes := differences(before, settings.site):
            with Audit(data, SystemClock()) as audit:
                audit.add(Deed(COMMAND_LINE, Act.IMPORTED, file.name, f"{len(changes)} settings are others now"))
    if settings.failed_writes:
        raise Refused(f"the settings could not be written to {data}")


def _import_live(file: Path, data: Path) -> None:
    """Have the box that runs there take the file. Raises NoBox, Refused with every problem, OSError."""
    request = ImportSite(_text(file), file.name)
    with core(data, timeout_s=IMPORT_S) as box:
        try:
            wire.encode(request)
        except wire.WireError:
            most = wire.MAX_BYTES // 1024
            raise Refused(f"{file} is too large: a running box takes {most} kB; stop it, then import") from None
        _report(file, box.ask(request, SiteChecked))


def _check(args: argparse.Namespace) -> int:
    _report(args.file, in_words(checked(_text(args.file))))
    print(f"{args.file}: all right")
    return 0


def _import(args: argparse.Namespace) -> int:
    try:
        _import_live(args.file, args.data)
    except NoBox:
        import_file(args.file, args.data)
    print(f"{args.file}: imported into {args.data}")
    return 0


def _export(args: argparse.Namespace) -> int:
    text = exported(_stored(args.data), secrets=args.secrets)
    if str(args.file) == "-":
        print(text, end="")
        return 0
    descriptor = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    return 0


def _diff(args: argparse.Namespace) -> int:
    before = _stored(args.data)
    lines = differences(before, taken_over(checked_file(args.file), before))
    print("\n".join(lines) if lines else f"{args.file}: no difference")
    return 0


def _printer(make: Callable[[], str]) -> Callable[[argparse.Namespace], int]:
    def does(_: argparse.Namespace) -> int:
        print(make(), end="")
        return 0

    return does


def _stored(data: Path) -> Site:
    """The site of the folder; of a box that runs there as it is now, changes of the last moment included."""
    with suppress(NoBox), core(data) as box:
        box.ask(StoreSettings(), Done)
    try:
        return read_site(data)
    except FileNotFoundError:
        raise Refused(f"there is no {data / FILE}: give the folder of the box by --data DIR") from None


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _listed(file: Path, outcome: SiteChecked) -> str:
    """Every problem on a line of its own, with the name of the file."""
    return "\n".join(["the site file is refused", *(f"{file}: {one}" for one in outcome.problems)])


def _report(file: Path, outcome: SiteChecked) -> None:
    """Warnings, what waits for its feature, what for the next start. Raises Refused when the file was refused."""
    if outcome.problems:
        raise Refused(_listed(file, outcome))
    rest = {"warning": outcome.warnings, "not active yet": outcome.not_active}
    for what, lines in (rest | {"counts after the next start": outcome.next_start}).items():
        for line in lines:
            print(f"{file}: {what}: {line}", file=sys.stderr)
