"""In which order the members of a ring group ring. Pure; not here: who can be rung at all, and the ringing."""

import random
from collections.abc import Sequence

from firmware.telephony.site import RingGroup


def rounds(group: RingGroup, last: str | None, chance: random.Random) -> list[tuple[str, ...]]:
    """Members that ring together, one round after the other. `last`: who took the last call of the group."""
    members = tuple(dict.fromkeys(group.members))
    match group.strategy:
        case "ringall":
            return [members]
        case "linear":
            return [(one,) for one in members]
        case "random":
            return [(one,) for one in chance.sample(members, len(members))]
        case "rrmemory":
            return [(one,) for one in after(members, last)]


def after(members: Sequence[str], last: str | None) -> tuple[str, ...]:
    """All members, beginning with the one after `last`."""
    start = members.index(last) + 1 if last in members else 0
    return (*members[start:], *members[:start])
