"""The numbering plan: N1-N8a, N13, N14 of product.md."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.telephony.codes import DEFAULTS, IDLE, OURS, PRESSED, codes, duplicates, prefixes
from firmware.telephony.digitmap import Fit, digit_map
from firmware.telephony.numbering import Plan, ToEmergency, ToExtension, ToFeature, ToOutside, ToService, from_sip
from firmware.telephony.site import EmergencyCalls, Extension, Numbering, Outbound, Queue, Site
from firmware.telephony.span import span

OUTSIDE = Outbound(name="outside", prefix="9", trunks=("line1",))
BRANCH = Outbound(name="branch", match="7xx", trunks=("branch",))


def extensions(*numbers: str) -> tuple[Extension, ...]:
    return tuple(Extension(number=number, name=f"Phone {number}") for number in numbers)


@pytest.fixture
def plan() -> Plan:
    site = Site(
        extensions=extensions("101", "102", "410"),
        outbound=(OUTSIDE, BRANCH),
        queues=(Queue(number="631", name="Sales"),),
    )
    return Plan(site, ("110", "112"))


@pytest.fixture
def american() -> Plan:
    return Plan(Site(extensions=extensions("101"), outbound=(OUTSIDE,)), ("911",))


@pytest.mark.parametrize(
    ("dialled", "code", "argument"),
    [
        ("**11", "wan-address", ""),
        ("**13", "own-number", ""),
        ("**110", "pickup", "110"),
        ("**104", "pickup", "104"),
        ("*60", "voicemail", ""),
        ("*55", "wake-up-menu", ""),
        ("*55*03010730", "wake-up-set", "03010730"),
        ("*71855307096", "forward-always-on", "855307096"),
        ("*71", "forward-always-on", ""),
        ("*071", "forward-always-off", ""),
        ("*90410", "spy-listen", "410"),
        ("*75030123", "blacklist-add", "030123"),
        ("*075", "blacklist-remove", ""),
        ("*74", "dnd-on", ""),
        ("*074", "dnd-off", ""),
        ("*43", "echo-test", ""),
        ("*6*104", "voicemail-direct", "104"),
        ("*605", None, ""),
        ("*55*", None, ""),
        ("**", None, ""),
    ],
)
def test_a_code_with_its_argument(plan: Plan, dialled: str, code: str | None, argument: str) -> None:
    target = plan.resolve(dialled)
    if code is None:
        assert target is None
    else:
        assert isinstance(target, ToFeature)
        assert (target.code.id, target.argument) == (code, argument)


def test_the_other_targets(plan: Plan) -> None:
    assert isinstance(plan.resolve("101"), ToExtension)
    assert plan.resolve("41") == ToService("slot", "41")
    assert plan.resolve("90") == ToService("room", "90")
    assert plan.resolve("631") == ToService("queue", "631")
    assert plan.resolve("701") == ToOutside(((BRANCH, "701"),))
    assert plan.resolve("9030123") == ToOutside(((OUTSIDE, "030123"),))
    assert plan.resolve("95") == ToOutside(((OUTSIDE, "5"),))
    assert plan.resolve("9") is None
    assert plan.resolve("250") is None
    assert plan.resolve("") is None


@pytest.mark.parametrize("hostile", ["9abc", "9\u0661\u0662", "alice", "9" * 33, "9\n1", "9²"])
def test_what_is_no_number_leads_nowhere(plan: Plan, hostile: str) -> None:
    assert plan.resolve(hostile) is None


@pytest.mark.parametrize("dialled", ["110", "112", "9110", "9112"])
def test_emergency_with_and_without_prefix_is_complete_at_once(plan: Plan, dialled: str) -> None:
    assert plan.resolve(dialled) == ToEmergency(dialled[-3:])
    assert plan.fit(dialled) is Fit.WHOLE


def test_911_fires_while_room_91_waits(american: Plan) -> None:
    assert american.fit("91") is Fit.LONGER
    assert american.fit("911") is Fit.WHOLE
    assert american.fit("9911") is Fit.WHOLE
    assert american.resolve("91") == ToService("room", "91")


@pytest.mark.parametrize(
    ("dialled", "fit"),
    [
        ("1", Fit.PARTIAL),
        ("10", Fit.PARTIAL),
        ("101", Fit.WHOLE),
        ("41", Fit.LONGER),  # N8a: 410-419 may be extensions
        ("90", Fit.LONGER),  # N8a: the prefix is 9
        ("9", Fit.PARTIAL),
        ("903", Fit.LONGER),
        ("701", Fit.WHOLE),
        ("70", Fit.PARTIAL),
        ("250", Fit.NO),
        ("25", Fit.PARTIAL),
        ("0", Fit.NO),
        ("**11", Fit.LONGER),
        ("**1", Fit.LONGER),
        ("**", Fit.PARTIAL),
        ("*55", Fit.LONGER),
        ("*8", Fit.WHOLE),
        ("*74", Fit.WHOLE),
        ("*71", Fit.LONGER),
        ("*90", Fit.PARTIAL),
        ("*904", Fit.LONGER),
        ("*3", Fit.NO),
    ],
)
def test_overlap_dialling(plan: Plan, dialled: str, fit: Fit) -> None:
    assert plan.fit(dialled) is fit


def test_exactly_these_codes_wait() -> None:
    """product.md section 1: `** *90 *91 *92 *55* *71 *72 *73 *50 *51`, with `*75 *075` and `*55`, and ours."""
    plan = Plan(Site(), ())
    waiting = {code.digits for code in plan.codes if code in IDLE and plan.fit(code.digits).may_grow}
    expected = "** *90 *91 *92 *55* *71 *72 *73 *50 *51 *75 *075 *55 **11 **12 **13"
    assert waiting == set(expected.split())


@pytest.mark.parametrize(
    ("user", "number"),
    [
        ("*60", "*60"),
        ("*60%23", "*60"),
        ("*60#", "*60"),
        ("%2A60", "*60"),
        ("**104", "**104"),
        ("*55*03010730%23", "*55*03010730"),
        ("12##", "12#"),
        ("#", ""),
        ("(030) 12-34", "0301234"),
        ("101;phone-context=box", "101"),
    ],
)
def test_numbers_as_sip_telephones_send_them(user: str, number: str) -> None:
    assert from_sip(user) == number


def test_the_guide_has_39_codes_and_ours_do_not_clash() -> None:
    assert len(IDLE) == 30
    assert len(PRESSED) == 9
    assert len(DEFAULTS) == 39 + len(OURS)
    assert duplicates(DEFAULTS.values()) == []
    clashes = {(a.digits, b.digits) for a, b in prefixes(DEFAULTS.values())}
    assert clashes == {("**", "**11"), ("**", "**12"), ("**", "**13"), ("*55", "*55*")}


def test_codes_can_be_changed() -> None:
    plan = Plan(Site(feature_codes={"dnd-on": "*78"}), ())
    target = plan.resolve("*78")
    assert isinstance(target, ToFeature)
    assert target.code.id == "dnd-on"
    assert plan.resolve("*74") is None
    assert [(a.id, b.id) for a, b in duplicates(codes({"dnd-on": "*60"}))] == [("voicemail", "dnd-on")]


@pytest.mark.parametrize(
    ("pattern", "fitting", "unfitting"),
    [
        ("7xx", ["700", "799"], ["70", "7000", "800", "7*1"]),
        ("zn.", ["12345", "129"], ["02345", "1034", "12"]),
        ("[1-35]0", ["10", "30", "50"], ["40", "60"]),
        ("+49.", ["+4930"], ["4930", "+49"]),
        (".", ["1", "*1"], [""]),
    ],
)
def test_patterns(pattern: str, fitting: list[str], unfitting: list[str]) -> None:
    assert all(digit_map(pattern).fit(one).fits for one in fitting)
    assert not any(digit_map(pattern).fit(one).fits for one in unfitting)


@pytest.mark.parametrize("pattern", ["", "7a", "1.2", "[5-1]", "[", "[]", "[x]", ".."])
def test_bad_patterns_say_why(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|dot|\[|meaning|empty"):
        digit_map(pattern)


signs = st.text("0123456789*", max_size=8)


@given(st.text("0123456789xzn", min_size=1, max_size=6), signs)
def test_a_fitting_string_was_partial_before(pattern: str, digits: str) -> None:
    compiled = digit_map(pattern)
    if compiled.fit(digits).fits:
        assert all(compiled.fit(digits[:length]).may_grow for length in range(len(digits)))


@given(signs)
def test_whatever_resolves_can_be_dialled_digit_by_digit(dialled: str) -> None:
    """No prefix of a valid string is refused; only an emergency number may cut a longer string off."""
    plan = Plan(Site(extensions=extensions("101", "410"), outbound=(OUTSIDE, BRANCH)), ("112",))
    if plan.resolve(dialled) is None:
        assert not plan.fit(dialled).fits
        return
    assert plan.fit(dialled).fits
    for length in range(len(dialled)):
        assert plan.fit(dialled[:length]).may_grow or isinstance(plan.resolve(dialled[:length]), ToEmergency)


@given(st.integers(0, 99999))
def test_a_span_knows_the_beginnings_of_its_numbers(number: int) -> None:
    numbers = span("100-899")
    inside = str(number) in numbers
    assert inside == (100 <= number <= 899)
    if inside:
        assert all(numbers.fit(str(number)[:length]) is Fit.PARTIAL for length in range(3))


def test_a_span_is_checked() -> None:
    with pytest.raises(ValueError, match="as many digits"):
        span("10-100")
    with pytest.raises(ValueError, match="higher"):
        span("60-41")


def test_longer_extension_numbers() -> None:
    plan = Plan(Site(numbering=Numbering(extensions="1000-7999"), extensions=extensions("1017")), ())
    assert plan.fit("101") is Fit.PARTIAL
    assert plan.fit("1017") is Fit.WHOLE


def test_emergency_numbers_of_the_site_are_added_to_the_countrys() -> None:
    plan = Plan(Site(emergency=EmergencyCalls(numbers=("115",))), ("112",))
    assert plan.resolve("115") == ToEmergency("115")
    assert plan.resolve("112") == ToEmergency("112")
