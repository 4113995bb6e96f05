"""Transfers: where somebody in a call may send the other one (product.md 2.4). Pure.

Not responsible for asking for the number (`features.transfer`) or for the transfer itself (`calls.transfer`).
"""

from dataclasses import dataclass, replace

from firmware.telephony.blacklist import same_number
from firmware.telephony.decision import Decision, Goto, Reason, Reject, Request, Snapshot
from firmware.telephony.numbering import Target, ToExtension, ToFeature, ToOutside
from firmware.telephony.routing import route
from firmware.telephony.trace import Trail

CODES = ("voicemail-direct",)
"""Codes that somebody may be transferred to."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The one who is transferred: an extension of the box, or somebody outside with a number."""

    extension: str | None
    number: str


def transfer_route(request: Request, peer: Peer, snapshot: Snapshot) -> Decision:
    """Where a transfer leads; `request` is the transferor's, whose permissions count. A refusal is a Reject.

    A parking slot means that the call is parked there.
    """
    target = snapshot.plan.resolve(request.dialled)
    if why := _refused(target, peer, snapshot):
        trail = Trail()
        trail.decided("transfer", request.dialled, why)
        return Decision(request, Reject(Reason.FORBIDDEN, "invalid"), trail.trace())
    decision = route(request, snapshot)
    if isinstance(decision.action, Goto) and decision.action.service == "slot":
        return replace(decision, action=Goto("park", decision.action.number))
    return decision


def _refused(target: Target | None, peer: Peer, snapshot: Snapshot) -> str | None:
    match target:
        case ToExtension(extension) if extension.number == peer.extension:
            return "is the one who is to be transferred"
        case ToFeature(code) if code.id not in CODES:
            return f"is the code {code.digits}, {code.title}: nobody can be transferred to it"
        case ToOutside(options) if peer.extension is None:
            country = snapshot.plan.site.site.country
            if any(same_number(rest, peer.number, country) for _rule, rest in options):
                return "is the one who is to be transferred"
    return None
