"""Where a call goes: outbound, inbound, emergency."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.telephony.blacklist import listed
from firmware.telephony.costs import Cost, Kind
from firmware.telephony.decision import (
    CallTrunks,
    Decision,
    FromExtension,
    FromTrunk,
    Goto,
    Live,
    Outcome,
    Reason,
    Reject,
    Request,
    RingExtension,
    RunFeature,
    SipDevices,
    Snapshot,
    TrunkAttempt,
    in_words,
)
from firmware.telephony.numbering import Plan
from firmware.telephony.routing import after_ring, route
from firmware.telephony.site import (
    EmergencyCalls,
    Extension,
    ExtensionSip,
    Forward,
    FxoTrunk,
    Hours,
    Inbound,
    Numbering,
    Outbound,
    Place,
    Queue,
    SipTrunk,
    Site,
)
from firmware.telephony.trace import Trace

DAY = datetime(2026, 12, 23, 11, 0, tzinfo=ZoneInfo("Europe/Berlin"))
NIGHT = DAY.replace(hour=20)
SITE = Site(
    site=Place(country="DE", timezone="Europe/Berlin"),
    numbering=Numbering(operator="101"),
    extensions=(
        Extension(number="101", name="Reception", port="fxs1"),
        Extension(number="103", name="Anna", sip=ExtensionSip(), outbound=("outside",)),
        Extension(number="104", name="Ben", sip=ExtensionSip(), outbound=()),
    ),
    trunks=(
        FxoTrunk(name="line1", port="fxo1"),
        SipTrunk(name="provider", host="sip.provider.example.test"),
        SipTrunk(name="branch", host="192.0.2.20", register=False),
    ),
    outbound=(
        Outbound(name="outside", prefix="9", trunks=("line1", "provider")),
        Outbound(name="branch", match="7xx", strip=1, prepend="55", trunks=("branch",)),
        Outbound(name="cheap", prefix="8", match="0.", trunks=("provider",), hours="office"),
    ),
    inbound=(
        Inbound(trunk="line1", to="101"),
        Inbound(trunk="provider", did="4930123457", to="fax"),
        Inbound(trunk="provider", did="4930123xxx", to="operator", hours="office", otherwise="104"),
        Inbound(trunk="provider", caller="0171.", to="103", hours="office"),
        Inbound(trunk="provider", did="99", to="hangup"),
        Inbound(trunk="provider", to="queue/631"),
        Inbound(trunk="branch", to="direct"),
    ),
    hours={"office": Hours(weekdays="mo-fr 09:00-18:00", holidays=("2026-12-25",))},
    queues=(Queue(number="631", name="Sales"),),
    blacklist=("0900*", "+49 30 5550100"),
    emergency=EmergencyCalls(trunks=("provider",)),
)
NATIONAL = Cost(Kind.NATIONAL)
PLAN = Plan(SITE, ("110", "112"))
SNAPSHOT = Snapshot(PLAN)


def dials(caller: str, dialled: str, at: datetime = DAY, snapshot: Snapshot = SNAPSHOT) -> Decision:
    return route(Request(FromExtension(caller), dialled, at), snapshot)


def comes(trunk: str, did: str = "", caller: str = "", at: datetime = DAY, snapshot: Snapshot = SNAPSHOT) -> Decision:
    return route(Request(FromTrunk(trunk, caller), did, at), snapshot)


def rings(decision: Decision) -> str:
    assert isinstance(decision.action, RingExtension), decision.trace.as_text()
    return decision.action.number


def test_an_extension_rings_on_its_devices() -> None:
    decision = dials("101", "103")
    assert decision.action == RingExtension("103", (SipDevices("103"),), 30)
    assert [step.rule for step in decision.trace] == [
        "emergency", "numbering", "blacklist", "do not disturb", "forward always", "busy", "ring",
    ]  # fmt: skip


def test_outside_by_every_trunk_of_the_rule() -> None:
    decision = dials("103", "9030123456")
    assert decision.action == CallTrunks(
        "030123456", (TrunkAttempt("line1", "030123456"), TrunkAttempt("provider", "030123456")), limited=NATIONAL
    )


def test_strip_and_prepend() -> None:
    assert dials("101", "712").action == CallTrunks("712", (TrunkAttempt("branch", "5512"),), limited=NATIONAL)


def test_a_trunk_that_is_down_is_tried_last() -> None:
    decision = dials("103", "9030123456", snapshot=Snapshot(PLAN, Live(trunks_down=frozenset({"line1"}))))
    assert isinstance(decision.action, CallTrunks)
    assert [one.trunk for one in decision.action.attempts] == ["provider", "line1"]


@pytest.mark.parametrize(("caller", "dialled"), [("103", "712"), ("104", "9030123456"), ("104", "712")])
def test_permission(caller: str, dialled: str) -> None:
    decision = dials(caller, dialled)
    assert decision.action == Reject(Reason.FORBIDDEN, "not-allowed")
    assert "may not use it" in decision.trace.as_text()


def test_an_outbound_rule_with_hours() -> None:
    assert isinstance(dials("101", "8030").action, CallTrunks)
    assert "office is closed" in dials("101", "8030", NIGHT).trace.as_text()
    assert dials("101", "8030", NIGHT).action == Reject(Reason.FORBIDDEN, "not-allowed")


def test_codes() -> None:
    assert dials("101", "**11").action == RunFeature("wan-address")
    plan = Plan(SITE, ("112", "110"))
    plan._idle_codes = [replace(code, active=False) for code in plan._idle_codes]
    decision = dials("101", "*60", snapshot=Snapshot(plan))
    assert decision.action == Reject(Reason.UNAVAILABLE, "not-available")
    assert "not active yet" in decision.trace.as_text()


@pytest.mark.parametrize("dialled", ["250", "", "0301234", "*3"])
def test_what_does_not_exist(dialled: str) -> None:
    assert dials("101", dialled).action == Reject(Reason.NOT_FOUND, "not-in-service")


def test_one_cannot_call_oneself() -> None:
    assert dials("101", "101").action == Reject(Reason.BUSY)


def test_services_that_are_there_get_the_call() -> None:
    everything = Snapshot(PLAN, services=frozenset({"queue", "fax", "room", "slot"}))
    assert dials("101", "631", snapshot=everything).action == Goto("queue", "631")
    assert dials("101", "41", snapshot=everything).action == Goto("slot", "41")
    assert comes("provider", "4930123457", snapshot=everything).action == Goto("fax", "")
    assert "not active yet" in dials("101", "631").trace.as_text()


def test_emergency_takes_every_trunk_its_own_first() -> None:
    for dialled in ("112", "9112"):
        decision = dials("104", dialled)
        assert isinstance(decision.action, CallTrunks)
        assert decision.action.emergency
        order = ("provider", "line1", "branch")
        assert decision.action.attempts == tuple(TrunkAttempt(one, "112", anyway=True) for one in order)
        assert len(decision.trace.steps) == 1


def test_inbound_by_trunk_did_caller_and_hours() -> None:
    assert rings(comes("line1")) == "101"
    assert rings(comes("provider", "4930123000")) == "101"
    assert rings(comes("provider", "+4930123000")) == "101"
    assert rings(comes("provider", "4930123000", at=NIGHT)) == "104"
    assert rings(comes("provider", "1", caller="01711234567")) == "103"
    night = comes("provider", "1", caller="01711234567", at=NIGHT)
    assert "office is closed, next rule" in night.trace.as_text()
    assert "queue 631: not active yet" in night.trace.as_text()
    assert comes("provider", "99").action == Reject(Reason.REJECTED)
    assert rings(comes("branch", "103")) == "103"
    assert comes("branch", "105").action == Reject(Reason.NOT_FOUND, "not-in-service")
    assert comes("unknown").action == Reject(Reason.NOT_FOUND, "not-in-service")


@pytest.mark.parametrize("caller", ["0900123456", "+49900123456", "0049305550100", "0305550100", "49305550100"])
def test_the_blacklist_knows_every_spelling(caller: str) -> None:
    decision = comes("line1", caller=caller)
    assert decision.action == Reject(Reason.REJECTED, "not-in-service", "answered")
    assert "is listed as" in decision.trace.as_text()


@pytest.mark.parametrize("caller", ["", "anonymous", "0305550101", "110", "101", "+1212900"])
def test_others_are_not_blacklisted(caller: str) -> None:
    assert rings(comes("line1", caller=caller)) == "101"


def test_an_american_blacklist() -> None:
    assert listed("+12125550100", ["(212) 555-0100"], "US") == "(212) 555-0100"
    assert listed("2125550100", ["+12125550100"], "US") == "+12125550100"


@pytest.mark.parametrize(
    ("caller", "entry", "fits"),
    [
        ("5550100", "+49305550100", True),  # a network that delivers the local number only
        ("+49305550100", "5550100", True),
        ("+49 40 5550100", "0305550100", True),
        ("5550101", "+49305550100", False),
        ("550100", "+49305550100", False),  # six digits are too few
        ("+493055501000900", "0900*", False),
        ("0900123", "0900*", True),
    ],
)
def test_a_blacklist_that_compares_the_last_seven_digits(caller: str, entry: str, fits: bool) -> None:
    assert (listed(caller, [entry], "DE", "last7") == entry) is fits


def test_trunks_that_fail() -> None:
    decision = dials("103", "9030123456")
    assert after_ring(decision, Outcome.BUSY, SNAPSHOT).action == Reject(Reason.BUSY, "busy")
    after = after_ring(decision, Outcome.UNREACHABLE, SNAPSHOT)
    assert after.action == Reject(Reason.CONGESTION, "line-busy")
    assert after.trace.steps[: len(decision.trace.steps)] == decision.trace.steps


def test_a_trace_reads_well_and_can_be_stored() -> None:
    trace = dials("101", "103").trace
    lines = trace.as_text().splitlines()
    assert lines[0] == "emergency       103: no emergency number"
    assert lines[-1] == "ring            103 Anna: SIP for 30 s"
    assert Trace.from_rows(trace.as_rows()) == trace


def test_actions_in_words() -> None:
    assert in_words(dials("101", "103").action) == "ring 103 (SIP) for 30 s"
    assert in_words(dials("101", "112").action).startswith("emergency call to 112 by provider (112), then line1")
    assert in_words(dials("101", "250").action) == 'refuse: not found, saying "not-in-service"'
    assert in_words(RunFeature("echo-test")) == "run echo-test"
    assert in_words(Goto("queue", "631")) == "go to queue 631"


numbers = st.sampled_from(["101", "103", "104"])
targets = st.none() | st.sampled_from(["101", "103", "104", "112", "9112", "9030123", "712", "631", "41", "250", "*60"])
forwards = st.builds(Forward, always=targets, busy=targets, no_answer=targets)
extensions = st.builds(
    Extension,
    name=st.just("Phone"),
    number=st.just("101"),
    port=st.none() | st.just("fxs1"),
    sip=st.none() | st.just(ExtensionSip()),
    outbound=st.none() | st.just(()) | st.just(("outside",)),
    dnd=st.booleans(),
    call_waiting=st.booleans(),
    forward=forwards,
)


@st.composite
def states(draw: st.DrawFn) -> Snapshot:
    """Any box: switches, forwards, trunks, load."""
    phones = tuple(
        Extension(
            **{f: getattr(draw(extensions), f) for f in Extension.__struct_fields__ if f != "number"}, number=number
        )
        for number in ("101", "103", "104")
    )
    trunks = draw(st.permutations(SITE.trunks))[: draw(st.integers(1, 3))]
    site = Site(
        site=SITE.site,
        extensions=phones,
        trunks=tuple(trunks),
        outbound=SITE.outbound,
        hours=SITE.hours,
        inbound=(Inbound(to="101"),) if draw(st.booleans()) else (Inbound(to="direct"),),
        blacklist=("112", "1*", "0*"),
        emergency=EmergencyCalls(trunks=draw(st.sampled_from([(), (trunks[0].name,)]))),
    )
    live = Live(
        calls={number: draw(st.integers(0, 3)) for number in ("101", "103", "104")},
        registered=draw(st.none() | st.frozensets(numbers)),
        ports_down=draw(st.frozensets(st.just("fxs1"))),
        trunks_down=draw(st.frozensets(st.sampled_from(["line1", "provider", "branch"]))),
    )
    return Snapshot(Plan(site, ("110", "112")), live)


@given(states(), st.sampled_from(["101", "103", "104", "199"]), st.sampled_from(["110", "112", "9110", "9112"]))
def test_in_any_state_an_emergency_number_gets_a_route(snapshot: Snapshot, caller: str, dialled: str) -> None:
    action = dials(caller, dialled, snapshot=snapshot).action
    assert isinstance(action, CallTrunks)
    assert action.emergency
    assert {one.trunk for one in action.attempts} == {trunk.name for trunk in snapshot.plan.site.trunks}


@given(states(), st.sampled_from(["101", "103", "9030123", "712", "112", "9112", ""]), st.sampled_from(list(Outcome)))
def test_a_trunk_reaches_the_outside_only_on_behalf_of_a_forwarder(
    snapshot: Snapshot, did: str, outcome: Outcome
) -> None:
    decision = comes("line1", did, caller="0301234567", snapshot=snapshot)
    for _ in range(20):
        if isinstance(decision.action, CallTrunks):
            assert not decision.action.emergency
            forwarder = snapshot.plan.extensions[decision.action.on_behalf_of or ""]
            assert decision.path.visited[-1] == forwarder.number
            assert forwarder.outbound != ()
        if isinstance(decision.action, Reject | Goto):
            break
        decision = after_ring(decision, outcome, snapshot)
    else:
        pytest.fail(f"never ends:\n{decision.trace.as_text()}")


@given(states(), numbers, numbers, st.lists(st.sampled_from(list(Outcome)), min_size=20, max_size=20))
def test_every_call_ends(snapshot: Snapshot, caller: str, called: str, outcomes: list[Outcome]) -> None:
    decision = dials(caller, called, snapshot=snapshot)
    for outcome in outcomes:
        if isinstance(decision.action, Reject | Goto):
            return
        decision = after_ring(decision, outcome, snapshot)
    pytest.fail(f"never ends:\n{decision.trace.as_text()}")
