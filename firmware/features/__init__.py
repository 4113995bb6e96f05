"""Features, one folder each. The listing of this folder is the registry: a folder with a `script.py` is a feature.

A script has `CODES`, which maps ids of `telephony.codes` to coroutines (`calls.feature.Feature`).
"""

from importlib import import_module
from pathlib import Path

from firmware.calls.feature import Feature


def discover() -> dict[str, Feature]:
    """Every feature by the id of its code. Two folders with one id are a mistake of ours, found at start."""
    found: dict[str, Feature] = {}
    for script in sorted(Path(__file__).parent.glob("*/script.py")):
        codes: dict[str, Feature] = import_module(f"{__name__}.{script.parent.name}.script").CODES
        if twice := found.keys() & codes.keys():
            raise ValueError(f"features/{script.parent.name}: {', '.join(twice)} is another feature's already")
        found.update(codes)
    return found
