"""Call forwards by telephone (F33, F34) and what they do to calls: told as the people at the telephones notice it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from firmware.calls.leg import Cause
from firmware.telephony.forwards import ForwardType, forward_of, type_of
from firmware.telephony.site import Forward
from tests.component.house import House, house
from tests.virtual import run_virtual

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - number: "103"
    name: Anna
    sip: {secret: anna-secret-103}
    ring_s: 20
    voicemail: {enabled: false, pin: "4711", email: anna@example.test}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, outbound: []}
  - {number: "803", name: Chief, sip: {secret: chief-secret-803}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
outbound:
  - {name: outside, prefix: "8553", trunks: [line1]}
inbound:
  - {trunk: line1, to: "103"}
"""


def play(story: Callable[[House], Awaitable[None]]) -> House:
    async def main() -> House:
        async with house(SITE) as here:
            await story(here)
        return here

    return run_virtual(main)


async def dial(here: House, extension: str, number: str) -> list[str]:
    """What the extension hears when it dials a code."""
    before = len(here.media.said)
    here.dials(extension, number)
    await here.settled()
    return here.media.said[before:]


@pytest.mark.parametrize(
    ("code", "slot", "said"),
    [
        ("*71803", "always", "fwd-always-on"),
        ("*72803", "busy", "fwd-busy-on"),
        ("*73803", "no_answer", "fwd-no-answer-on"),
        ("*71855307096", "always", "fwd-always-on"),
    ],
)
def test_a_forward_is_set_and_read_back(code: str, slot: str, said: str) -> None:
    """F33: the guide's examples, extension 803 and outside number 855307096, which is kept as it was dialled (N7)."""

    async def story(here: House) -> None:
        assert await dial(here, "103", code) == ["confirmation", said, code[3:]]
        assert getattr(here.plan.extensions["103"].forward, slot) == code[3:]

    assert f"to {code[3:]}" in play(story).records[0].trace.as_text()


def test_an_analog_phone_sets_one_and_ends_it_with_hash() -> None:
    """F33: `*71803#`; from then on its dial tone stutters."""

    async def story(here: House) -> None:
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        workshop.press("*71803#")
        await here.settled()
        assert here.plan.extensions["102"].forward.always == "803"
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        assert workshop.hears == {"stutter"}
        workshop.leaves()

    play(story)


@pytest.mark.parametrize(
    ("slot", "off", "said"),
    [
        ("always", "*071", "fwd-always-off"),
        ("busy", "*072", "fwd-busy-off"),
        ("no_answer", "*073", "fwd-no-answer-off"),
    ],
)
def test_a_code_clears_its_own_forward_only(slot: str, off: str, said: str) -> None:
    """F34."""

    async def story(here: House) -> None:
        for code in ("*71803", "*72803", "*73803"):
            await dial(here, "103", code)
        assert await dial(here, "103", off) == ["confirmation", said]
        forward = here.plan.extensions["103"].forward
        left = {name: getattr(forward, name) for name in ("always", "busy", "no_answer")}
        assert left.pop(slot) is None
        assert set(left.values()) == {"803"}

    play(story)


def test_a_missing_number_is_asked_for() -> None:
    """F33: `*71#`; the prompt stops at the first key."""

    async def story(here: House) -> None:
        anna = here.dials("103", "*71")
        await asyncio.sleep(0.5)
        assert anna.hears == {"pls-enter-number"}
        anna.press("8")
        await asyncio.sleep(0.1)
        assert anna.hears == set()
        anna.press("03#")
        await here.settled()
        assert here.plan.extensions["103"].forward.always == "803"

    play(story)


@pytest.mark.parametrize(
    ("extension", "number", "said"),
    [
        ("103", "103", "fwd-refused"),  # itself
        ("103", "112", "fwd-refused"),  # an emergency number
        ("103", "41", "fwd-refused"),  # a parking slot
        ("103", "*74", "fwd-refused"),  # a code
        ("103", "777", "invalid"),  # nobody
        ("103", "9" * 32, "invalid"),
        ("104", "85530123", "not-allowed"),  # may not call outside
    ],
)
def test_a_bad_target_is_refused_and_asked_for_again(extension: str, number: str, said: str) -> None:
    """F33: bad input; after three attempts an error tone."""

    async def story(here: House) -> None:
        caller = here.dials(extension, f"*71{number}"[:32])
        await asyncio.sleep(1.5)
        assert here.media.said == [said, "pls-enter-number"]
        caller.press("##")
        await here.settled()
        assert here.media.said == [said, "pls-enter-number", "invalid", "pls-enter-number", "invalid"]
        assert here.plan.extensions[extension].forward.always is None

    play(story)


def test_nothing_dialled_ends_with_an_error_tone() -> None:
    """F33: bad input: nobody dials anything."""

    async def story(here: House) -> None:
        anna = here.dials("103", "*72")
        await asyncio.sleep(31)
        assert anna.hears == {"error"}
        await here.settled()

    play(story)


def test_a_forward_that_leads_back_is_refused() -> None:
    """F33: a loop is not even set."""

    async def story(here: House) -> None:
        await dial(here, "803", "*71102")
        await dial(here, "102", "*71103")
        assert (await dial(here, "103", "*71803"))[0] == "fwd-refused"

    play(story)


def test_forwards_that_became_a_loop_end_the_call() -> None:
    """F33: set one by one, on busy they form a ring: nobody is rung twice."""

    async def story(here: House) -> None:
        await dial(here, "103", "*73803")
        await dial(here, "803", "*73103")
        ben = here.dials("104", "103")
        await here.settled()
        assert len(here.rung["103"]) == len(here.rung["803"]) == 1
        assert ben.signals.cause is Cause.UNAVAILABLE

    assert "loop" in play(story).records[-1].trace.as_text()


def test_a_forwarded_call_keeps_who_was_called_and_who_was_reached() -> None:
    """F33: Call To and Final Callee."""

    async def story(here: House) -> None:
        await dial(here, "103", "*71803")
        ben = here.dials("104", "103")
        chief = await here.telephone("803")
        chief.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"803"}
        chief.leaves()

    record = play(story).records[-1]
    assert (record.call_to, record.final_callee) == ("103", "803")


def test_a_forward_on_busy_takes_calls_while_one_talks() -> None:
    """F33: `*72`; a third caller is led on too."""

    async def story(here: House) -> None:
        await dial(here, "103", "*72803")
        anna = here.dials("103", "101")
        reception = await here.telephone("101")
        reception.pick_up()
        await asyncio.sleep(1)
        here.dials("104", "103")
        chief = await here.telephone("803")
        assert "103" not in here.rung
        chief.pick_up()
        await asyncio.sleep(1)
        chief.leaves()
        anna.leaves()

    play(story)


def test_the_outside_target_is_called_with_the_forwarders_permission() -> None:
    """F33: Ben may not call outside, but Anna may, and she forwards."""

    async def story(here: House) -> None:
        await dial(here, "103", "*7185530123")
        here.dials("104", "103")
        line = await here.telephone("line1")
        assert line.dialled == "0123"
        line.pick_up()
        await asyncio.sleep(1)
        line.leaves()

    play(story)


def test_all_lines_busy_ends_a_forward_outside() -> None:
    """F33: the lines are busy; no voicemail: the caller is told."""

    async def story(here: House) -> None:
        await dial(here, "103", "*7185530123")
        here.lines_busy.add("line1")
        ben = here.dials("104", "103")
        await here.settled()
        assert ben.signals.cause is Cause.CONGESTION

    play(story)


def test_a_forward_to_the_caller_is_busy() -> None:
    """F33: the caller forwards to nobody but himself."""

    async def story(here: House) -> None:
        await dial(here, "103", "*71104")
        ben = here.dials("104", "103")
        await here.settled()
        assert ben.signals.cause is Cause.BUSY

    play(story)


def test_permission_taken_away_later_counts_when_the_call_comes() -> None:
    """F33: forward set to a number later blocked."""

    async def story(here: House) -> None:
        await dial(here, "103", "*7185530123")
        here.settings.change_extension("103", outbound=())
        ben = here.dials("104", "103")
        await here.settled()
        assert "line1" not in here.rung
        assert ben.signals.cause is Cause.UNAVAILABLE

    play(story)


def test_a_telephone_that_forwards_by_itself_is_followed() -> None:
    """F33: 302 from the telephone; its other device rings on until it is given up."""

    async def story(here: House) -> None:
        here.devices["103"] = 2
        ben = here.dials("104", "103")
        desk, mobile = [await here.telephone("103", number) for number in (0, 1)]
        desk.sends_on("803")
        await asyncio.sleep(10)
        assert "803" not in here.rung
        mobile.leaves()
        chief = await here.telephone("803")
        chief.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"803"}
        chief.leaves()

    record = play(story).records[0]
    assert (record.call_to, record.final_callee) == ("103", "803")
    assert "forward by phone" in record.trace.as_text()


@pytest.mark.parametrize("number", ["85530123", "*74", "112", "777"])
def test_a_telephone_cannot_forward_where_its_extension_may_not(number: str) -> None:
    """F33: 302 to the outside without permission, to a code, an emergency number, nobody."""

    async def story(here: House) -> None:
        anna = here.dials("103", "104")
        ben = await here.telephone("104")
        ben.sends_on(number)
        await here.settled()
        assert anna.signals.cause is Cause.UNAVAILABLE
        assert set(here.rung) == {"104"}

    play(story)


def test_telephones_that_forward_to_each_other_end_the_call() -> None:
    """F33: 302 in a loop."""

    async def story(here: House) -> None:
        here.dials("104", "103")
        (await here.telephone("103")).sends_on("803")
        (await here.telephone("803")).sends_on("103")
        await here.settled()
        assert len(here.rung["103"]) == 1

    assert "loop" in play(story).records[0].trace.as_text()


def test_the_owner_is_written_to_of_a_forward_to_the_outside() -> None:
    """F33: whoever sits at somebody's telephone can set one (security.md 4)."""

    async def story(here: House) -> None:
        await dial(here, "103", "*71803")
        assert here.post.letters == []
        await dial(here, "103", "*7285530123")
        (letter,) = here.post.letters
        assert letter.to == "anna@example.test"
        assert "85530123" in letter.text
        here.post.ready = False
        await dial(here, "103", "*7385530123")
        assert len(here.post.letters) == 1

    play(story)


@pytest.mark.parametrize(
    ("kind", "forward"),
    [
        (ForwardType.ALL, Forward(always="803")),
        (ForwardType.BUSY, Forward(busy="803")),
        (ForwardType.NO_ANSWER, Forward(no_answer="803")),
        (ForwardType.NO_ANSWER_AND_BUSY, Forward(busy="803", no_answer="803")),
    ],
)
def test_a_type_of_the_portal_sets_its_forwards_and_clears_the_others(kind: ForwardType, forward: Forward) -> None:
    """F35: and is shown again as the same type."""
    assert forward_of(kind, "803") == forward
    assert type_of(forward) == (kind, "803")
    assert forward_of(kind, None) == Forward()


@pytest.mark.parametrize(
    "forward", [Forward(), Forward(busy="803", no_answer="102"), Forward(always="803", busy="803")]
)
def test_forwards_that_no_type_says_are_shown_one_by_one(forward: Forward) -> None:
    """F35: set by codes they may differ."""
    assert type_of(forward) is None


@pytest.mark.parametrize("after_s", [0.2, 0.9, 1.3, 8.7, 9.4, 29.5, 31.0])
def test_hanging_up_at_any_moment_leaves_nothing_over(after_s: float) -> None:
    """F33: during the prompt, while dialling, during the error tone."""

    async def story(here: House) -> None:
        anna = here.dials("103", "*71")
        await asyncio.sleep(after_s)
        anna.leaves()

    play(story)
