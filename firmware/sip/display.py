"""What an IP telephone of the house shows of the one it talks to, when that is not whom it called.

It is told by P-Asserted-Identity (RFC 3325): with the answer, or later in an UPDATE without an offer (RFC 3311); a
telephone that takes none gets a re-INVITE that offers what is agreed already. Not outside: a network knows whom it has
called.
"""

import random

from firmware.calls.leg import Party
from firmware.sip.message import name_address

CROSSED = 491
_GLARE_S = {True: (2.1, 4.0), False: (0.0, 2.0)}  # RFC 3261 section 14.1: who made the Call-ID waits longer


def told(party: Party, domain: str) -> tuple[str, str]:
    """The header that names the party. `domain`: of the box's own addresses."""
    return "P-Asserted-Identity", name_address(party.name, party.number or "anonymous", domain)


def pause_s(*, called: bool) -> float:
    """How long to wait when two re-INVITEs crossed, in a call that the box has made (`called`), or got."""
    return random.uniform(*_GLARE_S[called])  # noqa: S311, no secret
