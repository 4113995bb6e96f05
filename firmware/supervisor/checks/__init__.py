"""Self-checks, one a file; the listing of this folder is the list of checks.

A module offers `NAME`, `ONLY_AT_START` (it makes no sense while the box runs), `VITAL` (the box does not start when it
fails) and `check(place) -> Check`. A check is quick, changes nothing, and says what to do when it does not pass.
"""

import importlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from firmware.contract.status import Check
from firmware.supervisor.programs import Address


@dataclass(frozen=True, slots=True)
class Place:
    """What the checks look at."""

    data: Path
    sip: Address
    portal: Address
    now: datetime


class SelfCheck(Protocol):
    """What a module of this folder offers."""

    NAME: str
    ONLY_AT_START: bool
    VITAL: bool

    def check(self, place: Place) -> Check: ...


def modules() -> list[SelfCheck]:
    """Every check there is, in alphabetical order."""
    names = sorted(path.stem for folder in __path__ for path in Path(folder).glob("*.py") if path.stem != "__init__")
    return [cast(SelfCheck, importlib.import_module(f"{__name__}.{name}")) for name in names]


def run_all(place: Place, *, at_start: bool) -> tuple[Check, ...]:
    """The outcome of each check that makes sense now. Blocks on the disk: for a thread."""
    return tuple(module.check(place) for module in modules() if at_start or not module.ONLY_AT_START)


def vital(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Those of the checks without which the box must not start."""
    names = {module.NAME for module in modules() if module.VITAL}
    return tuple(check for check in checks if check.name in names)
