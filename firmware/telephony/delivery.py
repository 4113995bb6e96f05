"""Delivering a call to an extension, in the order of product.md section 4, and leading it on when nobody answers.

Blacklist (asked before, `inbound.py`) -> do not disturb -> forward all -> busy? (forward on busy | call waiting) ->
ring -> follow-me list | forward on no answer -> voicemail -> reject.
Not responsible for ringing; groups, queues, intercom, wake-up and recalls never come here, so forwards spare them.
"""

from dataclasses import dataclass, replace
from typing import Literal

from firmware.telephony.blacklist import same_number
from firmware.telephony.decision import (
    Action,
    CallTrunks,
    FromTrunk,
    Goto,
    Live,
    Outcome,
    Path,
    Port,
    Reason,
    Reject,
    Request,
    RingExtension,
    SipDevices,
    Snapshot,
)
from firmware.telephony.numbering import Target, ToEmergency, ToExtension, ToOutside, ToService
from firmware.telephony.outbound import outside_call
from firmware.telephony.places import go_to
from firmware.telephony.site import LONGEST_FOLLOW_ME_S, Extension
from firmware.telephony.trace import Trail

DEEPEST = 5
"""Forwards in a row (product.md 2.10)."""

Greeting = Literal["busy", "unavailable"]
Led = tuple[Action, Path]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call on its way to an extension."""

    request: Request
    snapshot: Snapshot
    trail: Trail

    def deliver(self, extension: Extension, path: Path) -> Led:
        """Decide what the call does at this extension."""
        path = Path(visited=(*path.visited, extension.number))
        return (
            self._do_not_disturb(extension, path)
            or self._forward("always", extension, path)
            or self._busy(extension, path)
            or self._ring(extension, path)
        )

    def after(self, extension: Extension, outcome: Outcome, path: Path) -> Led:
        """Lead on a call that rang at this extension in vain."""
        self.trail.applied("ring", extension.number, outcome.value)
        if outcome is Outcome.BUSY:
            return self._forward("busy", extension, path) or self._voicemail(extension, path, "busy", Reason.BUSY)
        if outcome is Outcome.REJECTED:
            return self._voicemail(extension, path, "unavailable", Reason.REJECTED)
        reason = Reason.NO_ANSWER if outcome is Outcome.NO_ANSWER else Reason.UNAVAILABLE
        return self._nobody(extension, path, reason)

    def moved(self, extension: Extension, number: str, path: Path) -> Led:
        """Lead on a call that one of the extension's telephones forwards by itself (product.md 2.10)."""
        self.trail.applied("forward by phone", extension.number, f"to {number}")
        return self._forward_to(number, extension, path)

    def after_member(self, owner: Extension, outcome: Outcome, path: Path) -> Led:
        """Lead on a call that one number of the owner's follow-me list did not take."""
        self.trail.applied("follow-me", f"number {(path.follow_me or 0) + 1}", outcome.value)
        return self._follow_me(owner, path) or self._voicemail(owner, path, "unavailable", Reason.NO_ANSWER)

    def after_forward(self, path: Path, reason: Reason) -> Led:
        """A forward led nowhere: the mailbox of the extension that was dialled takes the call (product.md 2.10)."""
        first = self.snapshot.plan.extensions.get(path.visited[0])  # it may be removed during the call
        return (Reject(reason), path) if first is None else self._voicemail(first, path, "unavailable", reason)

    def _do_not_disturb(self, extension: Extension, path: Path) -> Led | None:
        setting = f"extensions[{extension.number}].dnd"
        if not extension.dnd:
            self.trail.passed("do not disturb", extension.number, "off", setting)
            return None
        if why := self._rings_through(extension):
            self.trail.passed("do not disturb", extension.number, f"on, but {why}", setting)
            return None
        if extension.dnd_voicemail:
            self.trail.applied("do not disturb", extension.number, "on, the mailbox is to take the call", setting)
            return self._voicemail(extension, path, "unavailable", Reason.BUSY)
        self.trail.decided("do not disturb", extension.number, "on, the call is rejected", setting)
        return Reject(Reason.BUSY, "not-available"), path

    def _rings_through(self, extension: Extension) -> str:
        """Why do-not-disturb does not count for this call (product.md 2.12); "" when it does."""
        numbering, source = self.snapshot.plan.site.numbering, self.request.source
        if isinstance(source, FromTrunk):
            return "it has called for help" if extension.number in self.snapshot.live.emergency_callers else ""
        override = numbering.operator_override and source.number == numbering.operator
        return "the operator calls" if override else ""

    def _forward(self, slot: Literal["always", "busy", "no_answer"], extension: Extension, path: Path) -> Led | None:
        rule, setting = f"forward {slot.replace('_', ' ')}", f"extensions[{extension.number}].forward.{slot}"
        target = getattr(extension.forward, slot)
        if target is None:
            self.trail.passed(rule, extension.number, "not set", setting)
            return None
        self.trail.applied(rule, extension.number, f"to {target}", setting)
        return self._forward_to(target, extension, path)

    def _forward_to(self, number: str, forwarder: Extension, path: Path) -> Led:
        target = self.snapshot.plan.resolve(number)
        if self._is_caller(number, target):
            self.trail.decided("forward", number, "is the caller: busy")
            return Reject(Reason.BUSY), path
        if isinstance(target, ToExtension) and number in path.visited:
            self.trail.applied("forward", number, "the call has been there: the forwards form a loop")
            return self.after_forward(path, Reason.UNAVAILABLE)
        if isinstance(target, ToExtension) and len(path.visited) > DEEPEST:
            self.trail.applied("forward", number, f"is forward number {DEEPEST + 1}: too many")
            return self.after_forward(path, Reason.UNAVAILABLE)
        if isinstance(target, ToExtension):
            return self.deliver(target.extension, path)
        return self._forward_away(number, target, forwarder, path)

    def _is_caller(self, number: str, target: Target | None) -> bool:
        caller, country = self.request.caller, self.snapshot.plan.site.site.country
        if isinstance(target, ToOutside):
            return any(same_number(rest, caller, country) for _, rest in target.options)
        return number == caller

    def _forward_away(self, number: str, target: Target | None, forwarder: Extension, path: Path) -> Led:
        """A forward to something that is no extension; the forwarder's permission counts."""
        action: Action | None = None
        if isinstance(target, ToOutside):
            action = outside_call(target, forwarder, self.request, self.snapshot, self.trail, forwarded=True)
        elif isinstance(target, ToService):
            action = go_to(target.kind, target.number, self.snapshot, self.trail)
        elif isinstance(target, ToEmergency):
            self.trail.applied("forward", number, "is an emergency number: not allowed")
        if isinstance(action, CallTrunks):
            return replace(action, on_behalf_of=forwarder.number), path
        if isinstance(action, Goto):
            return action, path
        self.trail.applied("forward", number, "cannot be reached")
        return self.after_forward(path, Reason.UNAVAILABLE)

    def _busy(self, extension: Extension, path: Path) -> Led | None:
        calls = self.snapshot.live.calls.get(extension.number, 0)
        if not calls:
            self.trail.passed("busy", extension.number, "no call")
            return None
        self.trail.applied("busy", extension.number, f"in {calls} call{'s' if calls > 1 else ''}")
        if forwarded := self._forward("busy", extension, path):
            return forwarded
        waiting = extension.call_waiting and not extension.fax and calls == 1
        setting = f"extensions[{extension.number}].call_waiting"
        if waiting:
            self.trail.applied("call waiting", extension.number, "rings beside the first call", setting)
            return None
        self.trail.applied(
            "call waiting", extension.number, "no second call" if calls == 1 else "no third call", setting
        )
        return self._voicemail(extension, path, "busy", Reason.BUSY)

    def _ring(self, extension: Extension, path: Path) -> Led:
        devices = reachable(extension, self.snapshot.live)
        if not devices:
            self.trail.applied("ring", extension.number, "no device can be reached")
            return self._nobody(extension, path, Reason.UNAVAILABLE)
        ring_s = extension.follow_me.own_ring_s if self._follows(extension) else extension.ring_s
        action = RingExtension(extension.number, devices, ring_s)
        where = ", ".join(one.name if isinstance(one, Port) else "SIP" for one in devices)
        self.trail.decided("ring", f"{extension.number} {extension.name}", f"{where} for {ring_s} s")
        return action, replace(path, rung_s=ring_s)

    def _nobody(self, extension: Extension, path: Path, reason: Reason) -> Led:
        """Nobody answered. With follow-me on, the forward on no answer is not looked at (product.md 2.11)."""
        if self._follows(extension):
            follow = self._follow_me(extension, path)
        else:
            self.trail.passed("follow-me", extension.number, self._why_not_follow(extension))
            follow = self._forward("no_answer", extension, path)
        return follow or self._voicemail(extension, path, "unavailable", reason)

    def _follows(self, extension: Extension) -> bool:
        return extension.follow_me.enabled and "follow-me" in self.snapshot.services

    @staticmethod
    def _why_not_follow(extension: Extension) -> str:
        return "on, but not active yet" if extension.follow_me.enabled else "off"

    def _follow_me(self, owner: Extension, path: Path) -> Led | None:
        """The next number of the list that can be tried; None: the list is exhausted."""
        first = 0 if path.follow_me is None else path.follow_me + 1
        for place, entry in enumerate(owner.follow_me.list[first:], start=first):
            ring_s = min(entry.ring_s, LONGEST_FOLLOW_ME_S - path.rung_s)
            if ring_s <= 0:
                self.trail.applied("follow-me", owner.number, f"rung for {LONGEST_FOLLOW_ME_S} s: enough")
                return None
            if action := self._member(entry.number, owner, ring_s):
                return action, replace(path, follow_me=place, rung_s=path.rung_s + ring_s)
        self.trail.applied("follow-me", owner.number, "no number is left")
        return None

    def _member(self, number: str, owner: Extension, ring_s: int) -> Action | None:
        """A member's own forwards and mailbox are not followed; one that disturbs nobody is skipped."""
        target = self.snapshot.plan.resolve(number)
        if isinstance(target, ToOutside):
            action = outside_call(target, owner, self.request, self.snapshot, self.trail, forwarded=True)
            if not isinstance(action, CallTrunks):
                return None
            confirm: Literal["assumed", "always"] = "always" if owner.follow_me.confirm else "assumed"
            return replace(action, on_behalf_of=owner.number, ring_s=ring_s, confirm=confirm)
        if not isinstance(target, ToExtension) or number in (owner.number, self.request.caller):
            self.trail.passed("follow-me", number, "is no other telephone: skipped")
            return None
        devices = reachable(target.extension, self.snapshot.live)
        if target.extension.dnd or not devices:
            why = "do not disturb is on" if target.extension.dnd else "no device can be reached"
            self.trail.passed("follow-me", number, f"{why}: skipped")
            return None
        self.trail.decided("follow-me", f"{number} {target.extension.name}", f"for {ring_s} s")
        return RingExtension(number, devices, ring_s)

    def _voicemail(self, extension: Extension, path: Path, greeting: Greeting, reason: Reason) -> Led:
        mailbox, setting = extension.voicemail, f"extensions[{extension.number}].voicemail"
        if mailbox is not None and mailbox.enabled and "voicemail" in self.snapshot.services:
            self.trail.decided("voicemail", extension.number, f"takes the call ({greeting})", setting)
            return Goto("voicemail", extension.number, greeting), path
        wanted = mailbox is not None and mailbox.enabled
        self.trail.passed("voicemail", extension.number, "not active yet" if wanted else "off", setting)
        self.trail.decided("reject", extension.number, reason.value)
        return Reject(reason, "not-available" if reason is Reason.UNAVAILABLE else None), path


def reachable(extension: Extension, live: Live) -> tuple[Port | SipDevices, ...]:
    """The extension's devices that can be rung now."""
    devices: list[Port | SipDevices] = []
    if extension.port and extension.port not in live.ports_down:
        devices.append(Port(extension.port))
    if extension.sip and (live.registered is None or extension.number in live.registered):
        devices.append(SipDevices(extension.number))
    return tuple(devices)
