"""Features, one folder each. The listing of this folder is the registry: a folder with a `script.py` is a feature.

A script has a function `install(resources) -> Features` (see `calls.feature`).
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from firmware.calls.feature import Features, Resources

Value = TypeVar("Value")


def discover(resources: Resources) -> Features:
    """Every feature by id. Two folders with one id are a mistake of ours, found at start."""
    parts = []
    for script in sorted(Path(__file__).parent.glob("*/script.py")):
        install: Callable[[Resources], Features] = import_module(f"{__name__}.{script.parent.name}.script").install
        parts.append(install(resources))
    return Features(
        _joined(part.codes for part in parts),
        _joined(part.in_call for part in parts),
        _joined(part.services for part in parts),
        tuple(begin for part in parts for begin in part.begin),
        tuple(reminder for part in parts for reminder in part.reminders),
        tuple(beside for part in parts for beside in part.beside),
        _joined(part.offers for part in parts),
    )


def _joined(tables: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for table in tables:
        if twice := found.keys() & table.keys():
            raise ValueError(f"firmware/features: two folders have {', '.join(twice)}")
        found.update(table)
    return found
