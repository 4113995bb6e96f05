"""The wall clock is believable. Without a battery-backed clock it starts in 1970 or at the firmware's build."""

from firmware.clock import is_set
from firmware.contract.status import Check, Mark
from firmware.supervisor.checks import Place

NAME = "clock"
ONLY_AT_START = False
VITAL = False


def check(place: Place) -> Check:
    found = f"{place.now:%Y-%m-%d %H:%M} UTC"
    if is_set(place.now):
        return Check(NAME, Mark.PASSED, found)
    return Check(NAME, Mark.WARNING, f"{found} cannot be right", "connect the box to a time server or set the clock")
