"""Follow me to outside numbers (F38): who answers is asked to take the call."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.calls.leg import LegState
from firmware.telephony.records import Status
from tests.component.house import House, Telephone
from tests.scenarios.following import COPPER, NET, now_s, play


def test_who_answers_outside_must_press_1() -> None:
    """F38: meanwhile the caller hears it ring; the caller's telephone is not answered before."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        mobile = await here.telephone("branch")
        mobile.pick_up()
        await asyncio.sleep(0.5)
        assert mobile.hears == {"followme-call"}
        assert ben.state is LegState.RINGING
        mobile.press("1")
        await asyncio.sleep(0.5)
        assert ben.hears == {"0171"}
        assert mobile.hears == {"104"}
        mobile.leaves()

    record = play(story, NET).records[0]
    assert (record.final_callee, record.status) == ("0171", Status.ANSWERED)


@pytest.mark.parametrize(("keys", "after_s"), [("2", 0.6), ("", 15), ("345#*", 15)])
def test_who_refuses_or_presses_nothing_does_not_get_the_call(keys: str, after_s: float) -> None:
    """F38: a mailbox presses nothing; the next number is called."""

    async def story(here: House) -> None:
        here.dials("104", "103")
        mobile = await here.telephone("branch")
        mobile.pick_up()
        began_s = now_s()
        await asyncio.sleep(0.5)
        mobile.press(keys)
        workshop = await here.telephone("102")
        assert now_s() - began_s == pytest.approx(after_s, abs=0.2)
        assert mobile.state is LegState.GONE
        workshop.pick_up()
        await asyncio.sleep(1)
        workshop.leaves()

    assert play(story, NET).records[0].final_callee == "102"


def test_the_question_is_an_option_where_the_answer_is_certain() -> None:
    """F38."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        mobile = await here.telephone("branch")
        mobile.pick_up()
        await asyncio.sleep(0.5)
        assert ben.hears == {"0171"}
        mobile.leaves()

    assert play(story, NET, confirm=False).media.said == []


@pytest.mark.parametrize("confirm", [True, False])
def test_a_line_that_cannot_tell_an_answer_always_asks(confirm: bool) -> None:
    """F38: copper is up as soon as it has dialled; the question is repeated while it rings out there."""

    async def story(here: House) -> None:
        here.answers_assumed.add("line1")
        ben = here.dials("104", "103")
        line = await here.telephone("line1")
        line.pick_up()
        await asyncio.sleep(18)
        assert ben.state is LegState.RINGING
        line.press("1")
        await asyncio.sleep(0.5)
        assert ben.hears == {"line1"}
        line.leaves()

    here = play(story, COPPER, confirm)
    assert here.media.said.count("followme-call") > 3
    assert here.records[0].status is Status.ANSWERED  # by key: nothing is assumed


def test_a_line_where_nobody_presses_a_key_is_given_up() -> None:
    """F38: ring time and time to answer the question."""

    async def story(here: House) -> None:
        here.answers_assumed.add("line1")
        here.dials("104", "103")
        line = await here.telephone("line1")
        line.pick_up()
        workshop = await here.telephone("102")
        assert now_s() == pytest.approx(15 + 20 + 15, abs=0.2)
        assert line.state is LegState.GONE
        workshop.leaves()

    play(story, COPPER)


def test_questions_count_for_the_time_that_callers_wait() -> None:
    """F38: 15 s, then 35 s for each of the first three; the fourth is the last one"""
    numbers = "[" + ", ".join(['{number: "90171", ring_s: 20}'] * 6) + "]"

    async def story(here: House) -> None:
        here.answers_assumed.add("line1")
        here.dials("104", "103")
        for turn in range(4):
            (await here.telephone("line1", turn)).pick_up()
        await here.settled()
        assert now_s() == pytest.approx(15 + 4 * 35, abs=1)
        assert len(here.rung["line1"]) == 4

    play(story, numbers)


def test_the_announcements_of_the_network_are_not_passed_on() -> None:
    """F38: the caller hears one ringing tone all the time."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        mobile = await here.telephone("branch")
        mobile.early_audio()
        await asyncio.sleep(1)
        assert ben.state is LegState.RINGING
        assert ben.hears == set()
        ben.leaves()

    play(story, NET)


def test_a_caller_who_gives_up_ends_the_question() -> None:
    """F38."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        mobile = await here.telephone("branch")
        mobile.pick_up()
        await asyncio.sleep(0.5)
        ben.leaves()
        await asyncio.sleep(0.1)
        assert mobile.state is LegState.GONE
        await here.settled()
        assert "102" not in here.rung

    assert play(story, NET).records[0].status is Status.NO_ANSWER


def test_an_outside_caller_is_followed_too() -> None:
    """F38: by the permission of the extension that follows."""

    async def story(here: House) -> None:
        caller = here.outside_calls("branch", "0305550")
        mobile = await here.telephone("branch")
        mobile.pick_up()
        await asyncio.sleep(0.5)
        mobile.press("1")
        await asyncio.sleep(0.5)
        assert caller.hears == {"0171"}
        caller.leaves()

    play(story, NET)


DELAY = st.sampled_from((0.0, 0.1, 0.5, 1.0, 3.0, 15.0))


@settings(max_examples=150, deadline=None)
@given(delays=st.lists(DELAY, min_size=3, max_size=3), order=st.permutations(["answer", "key", "mobile", "caller"]))
def test_whatever_happens_when_nothing_is_left_over(delays: list[float], order: list[str]) -> None:
    """F38: answer, key and hang-up of either side in any order and at any moment."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        mobile = await here.telephone("branch")
        for what, delay_s in zip(order, [*delays, 0.0], strict=True):
            _happens(what, ben, mobile)
            await asyncio.sleep(delay_s)

    play(story, NET)


def _happens(what: str, ben: Telephone, mobile: Telephone) -> None:
    if what == "caller":
        ben.leaves()
    elif what == "mobile":
        mobile.leaves()
    elif what == "key":
        mobile.press("1")
    elif not mobile.signals.gone:
        mobile.pick_up()
