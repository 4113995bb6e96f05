"""Calls to the outside: emergency first and always (N5), then outbound rules and permissions.

Limits of outside calls (`limits.py`) are asked last. Not responsible for what the trunk makes of the call.
"""

from collections.abc import Sequence

from firmware.telephony.costs import cost_of
from firmware.telephony.decision import CallTrunks, Reason, Reject, Request, Snapshot, TrunkAttempt
from firmware.telephony.hours import open_at, schedule
from firmware.telephony.limits import Wish, stopped
from firmware.telephony.numbering import ToOutside
from firmware.telephony.site import Extension, Outbound
from firmware.telephony.trace import Trail


def emergency_call(number: str, snapshot: Snapshot, trail: Trail) -> CallTrunks | Reject:
    """Every trunk there is, those of `emergency.trunks` first, one that is down last: it might work all the same."""
    site = snapshot.plan.site
    names = list(dict.fromkeys((*site.emergency.trunks, *(trunk.name for trunk in site.trunks))))
    if not names:
        trail.decided("emergency", number, "is an emergency number, but the box has no trunk", "trunks")
        return Reject(Reason.CONGESTION, "line-busy")
    attempts = tuple(TrunkAttempt(name, number, anyway=True) for name in _working_first(names, snapshot))
    trail.decided("emergency", number, f"is an emergency number, by {_listed(attempts)}", "emergency")
    return CallTrunks(number, attempts, emergency=True)


def outside_call(
    target: ToOutside, owner: Extension | None, request: Request, snapshot: Snapshot, trail: Trail, *,
    forwarded: bool = False,
) -> CallTrunks | Reject | None:  # fmt: skip
    """The first rule that fits, is open and that `owner` may use decides. None: there is no such rule.

    `forwarded`: the call is forwarded or follows its owner. A Reject: a limit forbids the call.
    """
    for rule, rest in target.options:
        if owner is None or not _usable(rule, owner, request, snapshot, trail):
            continue
        digits = rule.prepend + rest[rule.strip :]
        cost = cost_of(rest, digits, snapshot.plan.site.site.country) if rule.limited else None
        if cost is not None:
            wish = Wish(owner.number, cost, request.at, forwarded, request.through)
            if (stop := stopped(wish, snapshot.usage, snapshot.plan.site)) is not None:
                (trail.applied if forwarded else trail.decided)("limits", owner.number, stop.why, stop.setting)
                return Reject(Reason.FORBIDDEN, "limit-reached", limit_hit=stop.hit and not forwarded)
        attempts = tuple(TrunkAttempt(name, digits) for name in _working_first(rule.trunks, snapshot))
        trail.decided("outbound", rule.name, f"sends {digits} by {_listed(attempts)}", f"outbound[{rule.name}]")
        return CallTrunks(rest, attempts, limited=cost)
    return None


def may_use(rule: Outbound, owner: Extension) -> bool:
    """Whether the extension has the permission, at whatever hour."""
    return owner.outbound is None or rule.name in owner.outbound


def _usable(rule: Outbound, owner: Extension, request: Request, snapshot: Snapshot, trail: Trail) -> bool:
    who = owner.number
    if not may_use(rule, owner):
        trail.passed("outbound", rule.name, f"fits, but {who} may not use it", f"extensions[{who}].outbound")
        return False
    if rule.hours and not open_at(schedule(snapshot.plan.site.hours[rule.hours]), request.at, snapshot.zone):
        trail.passed("outbound", rule.name, f"fits, but {rule.hours} is closed", f"hours.{rule.hours}")
        return False
    return True


def _working_first(names: Sequence[str], snapshot: Snapshot) -> list[str]:
    """Trunks in their order, those that are known to be down last."""
    return sorted(names, key=lambda name: name in snapshot.live.trunks_down)


def _listed(attempts: Sequence[TrunkAttempt]) -> str:
    return ", then ".join(one.trunk for one in attempts)
