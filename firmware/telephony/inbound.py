"""Calls from outside: blacklist, then the inbound rules by trunk, called number, caller and hours.

A call from a trunk never reaches outbound rules here: it goes to numbers of the box only (security.md 3.3).
Not responsible for what an extension does with the call (`delivery.py`).
"""

from dataclasses import dataclass

from firmware.telephony.blacklist import listed
from firmware.telephony.decision import FromTrunk, Path, Reason, Reject, Request, Snapshot
from firmware.telephony.delivery import Led
from firmware.telephony.digitmap import digit_map
from firmware.telephony.hours import open_at, schedule
from firmware.telephony.sending import Sending
from firmware.telephony.site import FxoTrunk, Inbound
from firmware.telephony.trace import Trail


@dataclass(frozen=True, slots=True)
class Arrival:
    """One call from outside on its way in."""

    request: Request
    source: FromTrunk
    snapshot: Snapshot
    trail: Trail

    def decide(self) -> Led:
        """Where the call goes."""
        if refused := self._blacklisted():
            return refused, Path()
        for index, rule in enumerate(self.snapshot.plan.site.inbound):
            if self._fits(rule) and (text := self._destination(index, rule)):
                return Sending(self.request, self.snapshot, self.trail).to(text)
        called = self.request.dialled or "a call without a called number"
        self.trail.decided("inbound", f"{called} on {self.source.trunk}", "no rule fits", "inbound")
        return Reject(Reason.NOT_FOUND, "not-in-service"), Path()

    def _blacklisted(self) -> Reject | None:
        site, caller = self.snapshot.plan.site, self.source.caller
        shown = caller or "without a number"
        if caller in self.snapshot.plan.emergency:  # a call-back cannot be blacklisted (N5)
            self.trail.passed("blacklist", shown, "is an emergency number", "blacklist")
            return None
        if entry := listed(caller, site.blacklist, site.site.country, site.blacklist_match):
            self.trail.decided("blacklist", shown, f"is listed as {entry}", "blacklist")
            return self._refused()
        self.trail.passed("blacklist", shown, "not listed" if caller else "cannot be compared", "blacklist")
        return self._anonymous()

    def _anonymous(self) -> Reject | None:
        """A line without the caller ID service tells no number of anybody: its callers are not anonymous."""
        setting, site = "block_anonymous", self.snapshot.plan.site
        if any(sign.isdigit() for sign in self.source.caller) or not site.block_anonymous:
            return None
        if self.snapshot.live.emergency_callers:
            self.trail.passed("anonymous", "the caller", "may be the emergency service, which calls back", setting)
            return None
        if isinstance(site.trunk(self.source.trunk), FxoTrunk) and not self.source.withheld:
            self.trail.passed("anonymous", self.source.trunk, "the line has told no number", setting)
            return None
        self.trail.decided("anonymous", "the caller's number", "is withheld", setting)
        return self._refused()

    def _refused(self) -> Reject:
        """Copper has no audio before an answer, which costs the caller money: `answer_blocked` decides."""
        trunk = self.snapshot.plan.site.trunk(self.source.trunk)
        if isinstance(trunk, FxoTrunk):
            return Reject(Reason.REJECTED, "not-in-service", "answered" if trunk.answer_blocked else "")
        return Reject(Reason.REJECTED, "not-in-service", "early")

    def _fits(self, rule: Inbound) -> bool:
        wants = ((rule.did, self.request.dialled), (rule.caller, self.source.caller))
        return rule.trunk in (None, self.source.trunk) and all(_same(pattern, number) for pattern, number in wants)

    def _destination(self, index: int, rule: Inbound) -> str | None:
        """What the rule says at this hour; None: it says nothing, the next rule is asked."""
        setting = f"inbound[{index}]"
        name = f"rule {index + 1}, {self.source.trunk} {self.request.dialled}".rstrip()
        if rule.hours is None:
            self.trail.applied("inbound", name, f"to {rule.to}", setting)
            return rule.to
        hours = self.snapshot.plan.site.hours[rule.hours]
        is_open = open_at(schedule(hours), self.request.at, self.snapshot.zone)
        chosen = rule.to if is_open else rule.otherwise
        outcome = f"{rule.hours} is {'open' if is_open else 'closed'}"
        if chosen is None:
            self.trail.passed("inbound", name, f"{outcome}, next rule", setting)
        else:
            self.trail.applied("inbound", name, f"{outcome}, to {chosen}", setting)
        return chosen


def _same(pattern: str | None, number: str) -> bool:
    """Whether the number fits; a leading + or 00 of either side does not count."""
    if pattern is None:
        return True
    return digit_map(_bare(pattern)).fit(_bare(number)).fits


def _bare(number: str) -> str:
    return number.removeprefix("+").removeprefix("00")
