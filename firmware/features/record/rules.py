"""Which calls are recorded by themselves, and by whose wish a recording goes on. Pure."""

from collections.abc import Iterable

from firmware.telephony.records import Direction
from firmware.telephony.site import Extension

_OUTSIDE = {Direction.INBOUND, Direction.OUTBOUND}


def automatic(extension: Extension, direction: Direction) -> bool:
    """Whether the extension has calls like this recorded."""
    match extension.record.automatic:
        case "all":
            return True
        case "outside":
            return direction in _OUTSIDE
        case "inbound" | "outbound" | "internal" as wanted:
            return direction.value.lower() == wanted
        case _:
            return False


def recorded_for(parties: Iterable[Extension], direction: Direction) -> Extension | None:
    """The party of a call whose rule has it recorded."""
    return next((one for one in parties if automatic(one, direction)), None)
