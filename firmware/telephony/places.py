"""Going to a service of the box: queue, group, room, menu, parking slot, mailbox, fax.

Not responsible for the services themselves (`firmware.features`).
"""

from firmware.telephony.decision import Goto, Reason, Reject, Service, Snapshot
from firmware.telephony.trace import Trail

SERVICES: frozenset[Service] = frozenset({"follow-me", "group", "menu", "park", "queue", "room", "slot", "voicemail"})
"""Those that the features of this version offer: for deciding without a box that runs."""


def go_to(kind: str, number: str, snapshot: Snapshot, trail: Trail) -> Goto | Reject:
    """Hand the call over, or refuse it when the service is not there yet."""
    place = f"{kind} {number}".strip()
    if kind not in snapshot.services:
        trail.decided("service", place, "not active yet")
        return Reject(Reason.UNAVAILABLE, "not-available")
    trail.decided("service", place, "takes the call")
    return Goto(kind, number)
