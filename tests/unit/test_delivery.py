"""Delivery to an extension: one test a row of the order in product.md section 4, then what 2.10 to 2.12 add."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from firmware.telephony.costs import Cost, Kind
from firmware.telephony.decision import (
    CallTrunks,
    Decision,
    FromExtension,
    FromTrunk,
    Goto,
    Live,
    Outcome,
    Port,
    Reason,
    Reject,
    Request,
    RingExtension,
    Service,
    SipDevices,
    Snapshot,
    TrunkAttempt,
)
from firmware.telephony.numbering import Plan
from firmware.telephony.routing import after_ring, route
from firmware.telephony.site import (
    Extension,
    ExtensionSip,
    FollowMe,
    FollowMeStep,
    Forward,
    FxoTrunk,
    Inbound,
    Outbound,
    Place,
    Site,
    Voicemail,
)

AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
SERVICES: frozenset[Service] = frozenset({"voicemail", "follow-me"})
BOX = Voicemail()


def phone(number: str, **settings: Any) -> Extension:
    return Extension(**{"number": number, "name": f"Phone {number}", "sip": ExtensionSip(), **settings})


def box(*changed: Extension, live: Live | None = None, services: frozenset[Service] = SERVICES) -> Snapshot:
    """Extensions 101 to 107, some of them changed; one line, prefix 9; every incoming call goes to 101."""
    phones = {number: phone(number) for number in ("101", "102", "103", "104", "105", "106", "107")}
    phones |= {one.number: one for one in changed}
    site = Site(
        site=Place(country="DE"),
        extensions=tuple(phones.values()),
        trunks=(FxoTrunk(name="line1", port="fxo1"),),
        outbound=(Outbound(name="outside", prefix="9", trunks=("line1",)),),
        inbound=(Inbound(to="101"),),
        blacklist=("030666",),
    )
    return Snapshot(Plan(site, ("112",)), live or Live(), services)


def calls(snapshot: Snapshot, called: str = "101", caller: str = "102") -> Decision:
    return route(Request(FromExtension(caller), called, AT), snapshot)


def outside(snapshot: Snapshot, caller: str) -> Decision:
    return route(Request(FromTrunk("line1", caller), "", AT), snapshot)


def ringing(decision: Decision) -> tuple[str, int]:
    assert isinstance(decision.action, RingExtension), decision.trace.as_text()
    return decision.action.number, decision.action.ring_s


IN_A_CALL = Live(calls={"101": 1})


def test_blacklist_comes_first() -> None:
    everything = phone("101", dnd=True, forward=Forward(always="103"))
    assert outside(box(everything), "030666").action == Reject(Reason.REJECTED, "not-in-service", "answered")


def test_do_not_disturb_beats_every_forward_and_the_mailbox() -> None:
    target = phone("101", dnd=True, voicemail=BOX, forward=Forward(always="103", busy="103", no_answer="103"))
    assert calls(box(target)).action == Reject(Reason.BUSY, "not-available")


def test_forward_all_does_not_ring() -> None:
    assert ringing(calls(box(phone("101", forward=Forward(always="103")), live=IN_A_CALL))) == ("103", 30)


def test_forward_on_busy_beats_call_waiting() -> None:
    target = phone("101", forward=Forward(busy="103"))
    assert ringing(calls(box(target, live=IN_A_CALL))) == ("103", 30)
    assert ringing(calls(box(target))) == ("101", 30)


def test_call_waiting_rings_a_second_call() -> None:
    assert ringing(calls(box(live=IN_A_CALL))) == ("101", 30)


@pytest.mark.parametrize(
    ("settings", "count"), [({"call_waiting": False}, 1), ({"fax": True}, 1), ({}, 2)], ids=["off", "fax", "third"]
)
def test_busy_without_call_waiting(settings: dict[str, Any], count: int) -> None:
    live = Live(calls={"101": count})
    assert calls(box(phone("101", **settings), live=live)).action == Reject(Reason.BUSY)
    with_mailbox = calls(box(phone("101", voicemail=BOX, **settings), live=live))
    assert with_mailbox.action == Goto("voicemail", "101", "busy")


def test_ring_reaches_every_device() -> None:
    both = phone("101", port="fxs1", ring_s=45)
    assert calls(box(both)).action == RingExtension("101", (Port("fxs1"), SipDevices("101")), 45)
    unregistered = calls(box(both, live=Live(registered=frozenset())))
    assert unregistered.action == RingExtension("101", (Port("fxs1"),), 45)
    broken = calls(box(both, live=Live(ports_down=frozenset({"fxs1"}))))
    assert broken.action == RingExtension("101", (SipDevices("101"),), 45)


def test_no_answer_goes_to_the_forward_then_to_the_mailbox_then_ends() -> None:
    forwarding = box(phone("101", voicemail=BOX, forward=Forward(no_answer="103")))
    assert ringing(after_ring(calls(forwarding), Outcome.NO_ANSWER, forwarding)) == ("103", 30)
    mailbox = box(phone("101", voicemail=BOX))
    assert after_ring(calls(mailbox), Outcome.NO_ANSWER, mailbox).action == Goto("voicemail", "101", "unavailable")
    bare = box()
    assert after_ring(calls(bare), Outcome.NO_ANSWER, bare).action == Reject(Reason.NO_ANSWER)


def test_no_device_counts_as_no_answer() -> None:
    nobody = Live(registered=frozenset({"103"}))
    assert ringing(calls(box(phone("101", forward=Forward(no_answer="103")), live=nobody))) == ("103", 30)
    assert calls(box(live=nobody)).action == Reject(Reason.UNAVAILABLE, "not-available")


def test_a_device_that_says_busy_or_no() -> None:
    snapshot = box(phone("101", forward=Forward(busy="103", no_answer="104")))
    assert ringing(after_ring(calls(snapshot), Outcome.BUSY, snapshot))[0] == "103"
    assert after_ring(calls(snapshot), Outcome.REJECTED, snapshot).action == Reject(Reason.REJECTED)
    assert ringing(after_ring(calls(snapshot), Outcome.UNREACHABLE, snapshot))[0] == "104"


def test_a_mailbox_that_is_off_or_not_there_yet() -> None:
    off = box(phone("101", voicemail=Voicemail(enabled=False)))
    assert after_ring(calls(off), Outcome.NO_ANSWER, off).action == Reject(Reason.NO_ANSWER)
    early = box(phone("101", voicemail=BOX), services=frozenset())
    after = after_ring(calls(early), Outcome.NO_ANSWER, early)
    assert after.action == Reject(Reason.NO_ANSWER)
    assert "voicemail       101: not active yet" in after.trace.as_text()


def test_a_forward_outside_uses_the_forwarders_permission() -> None:
    allowed = box(phone("101", forward=Forward(always="9030123")), phone("102", outbound=()))
    action = calls(allowed).action
    assert isinstance(action, CallTrunks)
    assert (action.attempts, action.on_behalf_of) == ((TrunkAttempt("line1", "030123"),), "101")
    forbidden = box(phone("101", outbound=(), voicemail=BOX, forward=Forward(always="9030123")))
    decision = calls(forbidden)
    assert decision.action == Goto("voicemail", "101", "unavailable")
    assert "101 may not use it" in decision.trace.as_text()


def test_a_forward_outside_with_all_lines_busy_goes_to_the_mailbox() -> None:
    snapshot = box(phone("101", voicemail=BOX, forward=Forward(always="9030123")))
    after = after_ring(calls(snapshot), Outcome.UNREACHABLE, snapshot)
    assert after.action == Goto("voicemail", "101", "unavailable")


def test_the_target_of_a_forward_handles_the_call_its_own_way() -> None:
    snapshot = box(phone("101", voicemail=BOX, forward=Forward(always="103")), phone("103", dnd=True))
    assert calls(snapshot).action == Reject(Reason.BUSY, "not-available")


def test_a_loop_ends_in_the_mailbox_of_the_extension_that_was_dialled() -> None:
    loop = (phone("101", voicemail=BOX, forward=Forward(always="103")), phone("103", forward=Forward(always="101")))
    decision = calls(box(*loop))
    assert decision.action == Goto("voicemail", "101", "unavailable")
    assert "loop" in decision.trace.as_text()
    itself = calls(box(phone("101", forward=Forward(always="101"))))
    assert itself.action == Reject(Reason.UNAVAILABLE, "not-available")


def test_five_forwards_and_no_more() -> None:
    def chain(length: int) -> Snapshot:
        numbers = ["101", "103", "104", "105", "106", "107", "108"][: length + 1]
        pairs = pairwise(numbers)
        links = [phone(here, voicemail=BOX, forward=Forward(always=there)) for here, there in pairs]
        return box(*links, phone("108"))

    assert ringing(calls(chain(5)))[0] == "107"
    assert calls(chain(6)).action == Goto("voicemail", "101", "unavailable")


@pytest.mark.parametrize("target", ["112", "9112", "250", "*60"])
def test_a_forward_to_what_cannot_be_is_no_way_out(target: str) -> None:
    decision = calls(box(phone("101", forward=Forward(always=target))))
    assert decision.action == Reject(Reason.UNAVAILABLE, "not-available")


def test_a_forward_to_the_caller_is_busy() -> None:
    assert calls(box(phone("101", forward=Forward(always="102")))).action == Reject(Reason.BUSY)
    snapshot = box(phone("101", forward=Forward(always="90301234567")))
    assert outside(snapshot, "+49301234567").action == Reject(Reason.BUSY)


def follower(*entries: tuple[str, int], **settings: Any) -> Extension:
    steps = tuple(FollowMeStep(number=number, ring_s=ring_s) for number, ring_s in entries)
    return phone("101", follow_me=FollowMe(enabled=True, own_ring_s=15, list=steps), **settings)


def test_follow_me_tries_one_after_the_other() -> None:
    snapshot = box(follower(("103", 10), ("9030123", 20), voicemail=BOX))
    decision = calls(snapshot)
    assert ringing(decision) == ("101", 15)
    decision = after_ring(decision, Outcome.NO_ANSWER, snapshot)
    assert ringing(decision) == ("103", 10)
    decision = after_ring(decision, Outcome.NO_ANSWER, snapshot)
    line = (TrunkAttempt("line1", "030123"),)
    national = Cost(Kind.NATIONAL)
    assert decision.action == CallTrunks(
        "030123", line, limited=national, on_behalf_of="101", ring_s=20, confirm="always"
    )
    decision = after_ring(decision, Outcome.BUSY, snapshot)
    assert decision.action == Goto("voicemail", "101", "unavailable")


def test_follow_me_skips_who_must_not_or_cannot_ring() -> None:
    members = follower(("101", 10), ("102", 10), ("103", 10), ("104", 10), ("631", 10), ("105", 10))
    live = Live(registered=frozenset({"101", "102", "103", "105"}))
    snapshot = box(members, phone("103", dnd=True), live=live)
    decision = after_ring(calls(snapshot), Outcome.NO_ANSWER, snapshot)
    assert ringing(decision) == ("105", 10)
    assert after_ring(decision, Outcome.NO_ANSWER, snapshot).action == Reject(Reason.NO_ANSWER)


def test_follow_me_does_not_follow_the_members_own_forwards() -> None:
    snapshot = box(follower(("103", 10)), phone("103", voicemail=BOX, forward=Forward(always="104", no_answer="105")))
    decision = after_ring(calls(snapshot), Outcome.NO_ANSWER, snapshot)
    assert ringing(decision) == ("103", 10)
    assert after_ring(decision, Outcome.NO_ANSWER, snapshot).action == Reject(Reason.NO_ANSWER)


def test_follow_me_ends_after_150_seconds() -> None:
    snapshot = box(follower(("103", 100), ("104", 100), ("105", 100)))
    decision = after_ring(calls(snapshot), Outcome.NO_ANSWER, snapshot)
    assert ringing(decision) == ("103", 100)
    decision = after_ring(decision, Outcome.NO_ANSWER, snapshot)
    assert ringing(decision) == ("104", 35)
    assert after_ring(decision, Outcome.NO_ANSWER, snapshot).action == Reject(Reason.NO_ANSWER)


def test_follow_me_at_once_when_the_extension_has_no_device() -> None:
    live = Live(registered=frozenset({"103"}))
    assert ringing(calls(box(follower(("103", 10)), live=live))) == ("103", 10)


def test_follow_me_sets_the_forward_on_no_answer_aside() -> None:
    snapshot = box(follower(forward=Forward(no_answer="104")))
    assert after_ring(calls(snapshot), Outcome.NO_ANSWER, snapshot).action == Reject(Reason.NO_ANSWER)
    without = box(follower(forward=Forward(no_answer="104")), services=frozenset())
    assert ringing(calls(without)) == ("101", 30)
    after = after_ring(calls(without), Outcome.NO_ANSWER, without)
    assert ringing(after)[0] == "104"
    assert "on, but not active yet" in after.trace.as_text()


def test_do_not_disturb_beats_follow_me() -> None:
    assert calls(box(follower(("103", 10), dnd=True))).action == Reject(Reason.BUSY, "not-available")
