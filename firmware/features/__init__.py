"""Features, one folder each. The listing of this folder is the registry: a folder with a `script.py` is a feature.

A script has any of the tables `CODES`, `IN_CALL` and `SERVICES` (see `calls.feature`).
"""

from importlib import import_module
from pathlib import Path

from firmware.calls.feature import Feature, Features


def discover() -> Features:
    """Every feature by id. Two folders with one id are a mistake of ours, found at start."""
    tables: dict[str, dict[str, Feature]] = {"CODES": {}, "IN_CALL": {}, "SERVICES": {}}
    for script in sorted(Path(__file__).parent.glob("*/script.py")):
        module = import_module(f"{__name__}.{script.parent.name}.script")
        for name, found in tables.items():
            own: dict[str, Feature] = getattr(module, name, {})
            if twice := found.keys() & own.keys():
                raise ValueError(f"features/{script.parent.name}: {', '.join(twice)} is another feature's already")
            found.update(own)
    return Features(tables["CODES"], tables["IN_CALL"], tables["SERVICES"])
