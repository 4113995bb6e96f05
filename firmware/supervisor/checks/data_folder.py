"""The data folder can be written."""

import tempfile

from firmware.contract.status import Check, Mark
from firmware.supervisor.checks import Place

NAME = "data folder"
ONLY_AT_START = False
VITAL = True


def check(place: Place) -> Check:
    try:
        with tempfile.TemporaryFile(dir=place.data):
            return Check(NAME, Mark.PASSED, f"{place.data} can be written")
    except OSError as error:
        remedy = "make it writable or start with another --data DIR"
        return Check(NAME, Mark.FAILED, f"{place.data} cannot be written: {error.strerror}", remedy)
