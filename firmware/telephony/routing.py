"""Where a call goes: one pure function of the request and a snapshot, giving the decision and the trace of why.

The same function serves live calls, `fxbox explain`, the portal and the tests. Not responsible for doing what it
decides, nor for the parts of the decision: `outbound.py`, `inbound.py`, `delivery.py`.
"""

from dataclasses import replace

from firmware.telephony.decision import (
    CallTrunks,
    Decision,
    FromTrunk,
    Goto,
    Outcome,
    Path,
    Reason,
    Reject,
    Request,
    RingExtension,
    RunFeature,
    Snapshot,
)
from firmware.telephony.delivery import Delivery, Led
from firmware.telephony.inbound import Arrival
from firmware.telephony.numbering import Target, ToEmergency, ToExtension, ToFeature, ToOutside, ToService
from firmware.telephony.outbound import emergency_call, outside_call
from firmware.telephony.places import go_to
from firmware.telephony.sending import Sending
from firmware.telephony.trace import Trail

_GIVEN_UP = {
    Outcome.BUSY: Reject(Reason.BUSY, "busy"),
    Outcome.NO_ANSWER: Reject(Reason.NO_ANSWER),
    Outcome.UNREACHABLE: Reject(Reason.CONGESTION, "line-busy"),
    Outcome.REJECTED: Reject(Reason.REJECTED),
}


def route(request: Request, snapshot: Snapshot) -> Decision:
    """Decide where the call goes. An emergency number of an extension is decided first and exempt from everything."""
    trail = Trail()
    if isinstance(request.source, FromTrunk):
        action, path = Arrival(request, request.source, snapshot, trail).decide()
    else:
        action, path = _dialled(request, snapshot, trail)
    return Decision(request, action, trail.trace(), path)


def sent(request: Request, destination: str, snapshot: Snapshot) -> Decision:
    """Where a call goes that a service of the box sends on to a destination of the site file."""
    trail = Trail()
    action, path = Sending(request, snapshot, trail, "destination").to(destination)
    return Decision(request, action, trail.trace(), path)


def after_ring(decision: Decision, outcome: Outcome, snapshot: Snapshot, took_s: int = 0) -> Decision:
    """Lead on a call that nobody took. `decision` is what was tried; the new trace continues its trace.

    To be asked when every device rang in vain (RingExtension) or every trunk was tried (CallTrunks). `took_s`: how long
    that was. It may be more than the ring time, as when somebody was asked to take the call.
    """
    trail, tried = Trail(list(decision.trace)), decision.action
    if isinstance(tried, RingExtension | CallTrunks) and tried.ring_s is not None and took_s > tried.ring_s:
        over_s = round(took_s - tried.ring_s)
        decision = replace(decision, path=replace(decision.path, rung_s=decision.path.rung_s + over_s))
    action, path = _next(decision, outcome, snapshot, trail)
    return Decision(decision.request, action, trail.trace(), path)


def moved(decision: Decision, number: str, snapshot: Snapshot) -> Decision:
    """Lead on a call that a telephone has sent to `number` (302): a forward of its extension, with its permission."""
    trail, path = Trail(list(decision.trace)), decision.path
    owner = snapshot.plan.extensions.get(path.visited[-1]) if path.visited else None
    if not isinstance(decision.action, RingExtension) or owner is None or path.follow_me is not None:
        return after_ring(decision, Outcome.UNREACHABLE, snapshot)
    action, path = Delivery(decision.request, snapshot, trail).moved(owner, number, path)
    return Decision(decision.request, action, trail.trace(), path)


def _next(decision: Decision, outcome: Outcome, snapshot: Snapshot, trail: Trail) -> Led:
    path = decision.path
    delivery = Delivery(decision.request, snapshot, trail)
    owner = snapshot.plan.extensions.get(path.visited[-1]) if path.visited else None
    match decision.action:
        case RingExtension() | CallTrunks() if owner and path.follow_me is not None:
            return delivery.after_member(owner, outcome, path)
        case RingExtension() if owner:
            return delivery.after(owner, outcome, path)
        case CallTrunks() if owner:
            trail.applied("forward", owner.number, f"outside: {outcome.value}")
            return delivery.after_forward(path, _GIVEN_UP[outcome].reason)
        case _:
            trail.decided("reject", decision.request.dialled, outcome.value)
            return _GIVEN_UP[outcome], path


def _dialled(request: Request, snapshot: Snapshot, trail: Trail) -> Led:
    """A number that an extension of the box dialled."""
    number, target = request.dialled, snapshot.plan.resolve(request.dialled)
    if isinstance(target, ToEmergency):
        return emergency_call(target.number, snapshot, trail), Path()
    trail.passed("emergency", number or "nothing", "no emergency number", "emergency")
    if isinstance(target, ToExtension):
        return _to_extension(target, request, snapshot, trail)
    return _elsewhere(target, request, snapshot, trail), Path()


def _to_extension(target: ToExtension, request: Request, snapshot: Snapshot, trail: Trail) -> Led:
    trail.applied("numbering", target.extension.number, f"extension {target.extension.name}")
    if target.extension.number == request.caller:
        trail.decided("numbering", request.caller, "is the caller: busy")
        return Reject(Reason.BUSY), Path()
    trail.passed("blacklist", request.caller, "not asked: a call within the house", "blacklist")
    return Delivery(request, snapshot, trail).deliver(target.extension, Path())


def _elsewhere(
    target: Target | None, request: Request, snapshot: Snapshot, trail: Trail
) -> CallTrunks | RunFeature | Reject | Goto:
    match target:
        case ToFeature(code, argument):
            if not code.active:
                trail.decided("numbering", request.dialled, f"code {code.digits}, {code.title}: not active yet")
                return Reject(Reason.UNAVAILABLE, "not-available")
            trail.decided("numbering", request.dialled, f"code {code.digits}, {code.title}", "feature_codes")
            return RunFeature(code.id, argument)
        case ToService(kind, number):
            trail.applied("numbering", number, kind)
            return go_to(kind, number, snapshot, trail)
        case ToOutside():
            trail.applied("numbering", request.dialled, "an outside number")
            owner = snapshot.plan.extensions.get(request.caller)
            return outside_call(target, owner, request, snapshot, trail) or Reject(Reason.FORBIDDEN, "not-allowed")
        case _:
            trail.decided("numbering", request.dialled or "nothing", "no such number", "numbering")
            return Reject(Reason.NOT_FOUND, "not-in-service")
