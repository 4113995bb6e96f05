"""Follow me (F36-F38): told as the people at the telephones notice it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.calls.leg import Cause, LegState
from firmware.telephony.records import Status
from tests.component.house import House, Telephone, house
from tests.virtual import run_virtual

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1, forward: {always: "105"}, voicemail: {enabled: true}}
  - {number: "102", name: Workshop, port: fxs2}
  - number: "103"
    name: Anna
    sip: {secret: anna-secret-103}
    forward: {no_answer: "105"}
    follow_me:
      enabled: true
      own_ring_s: 15
      confirm: CONFIRM
      list: LIST
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: branch, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: copper, prefix: "9", trunks: [line1]}
  - {name: net, prefix: "8", trunks: [branch]}
inbound:
  - {to: "103"}
"""
INSIDE = '[{number: "101", ring_s: 20}, {number: "102", ring_s: 25}, {number: "105", ring_s: 30}]'
COPPER = '[{number: "90171", ring_s: 20}, {number: "102", ring_s: 20}]'
NET = '[{number: "80171", ring_s: 20}, {number: "102", ring_s: 20}]'
Story = Callable[[House], Awaitable[None]]


def play(story: Story, numbers: str, confirm: bool = True, **devices: int) -> House:
    text = SITE.replace("LIST", numbers).replace("CONFIRM", str(confirm).lower())

    async def main() -> House:
        async with house(text, {name.removeprefix("_"): count for name, count in devices.items()}) as here:
            await story(here)
        return here

    return run_virtual(main)


def now_s() -> float:
    return asyncio.get_running_loop().time()


def test_the_list_is_worked_through_until_somebody_answers() -> None:
    """F37, F38: first the own extension for 15 s, then 101, 102, 105 one by one; the members' own forwards rest."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        (await here.telephone("103")).rings()
        reception = await here.telephone("101")
        assert now_s() == pytest.approx(15, abs=0.1)
        reception.rings()
        workshop = await here.telephone("102")
        assert now_s() == pytest.approx(35, abs=0.1)
        assert reception.state is LegState.GONE
        carla = await here.telephone("105")
        assert now_s() == pytest.approx(60, abs=0.1)
        assert workshop.state is LegState.GONE
        assert ben.state is LegState.RINGING
        carla.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"105"}
        ben.leaves()

    record = play(story, INSIDE).records[0]
    assert (record.call_to, record.final_callee, record.status) == ("103", "105", Status.ANSWERED)


def test_the_first_answer_stops_the_list() -> None:
    """F38: the numbers that follow are not called."""

    async def story(here: House) -> None:
        here.dials("104", "103")
        reception = await here.telephone("101")
        reception.pick_up()
        await asyncio.sleep(60)
        assert set(here.rung) == {"103", "101"}
        reception.leaves()

    play(story, INSIDE)


def test_an_exhausted_list_ends_the_call() -> None:
    """F38: no mailbox: the call is terminated. The forward on no answer is not looked at."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        await here.settled()
        assert ben.signals.cause is Cause.NO_ANSWER
        assert now_s() == pytest.approx(15 + 75, abs=1)
        assert len(here.rung["105"]) == 1

    play(story, INSIDE)


def test_without_a_device_the_list_begins_at_once() -> None:
    """F36: the own extension is not registered."""

    async def story(here: House) -> None:
        here.dials("104", "103")
        reception = await here.telephone("101")
        assert now_s() < 0.1
        reception.pick_up()
        await asyncio.sleep(1)
        reception.leaves()

    play(story, INSIDE, _103=0)


def test_do_not_disturb_beats_it() -> None:
    """F36."""

    async def story(here: House) -> None:
        here.settings.change_extension("103", dnd=True)
        ben = here.dials("104", "103")
        await here.settled()
        assert ben.signals.cause is Cause.BUSY
        assert not here.rung

    play(story, INSIDE)


def test_off_the_list_is_not_used() -> None:
    """F36: the switch."""

    async def story(here: House) -> None:
        follow_me = here.plan.extensions["103"].follow_me
        here.settings.change_extension("103", follow_me=type(follow_me)(enabled=False, list=follow_me.list))
        here.dials("104", "103")
        carla = await here.telephone("105")
        assert set(here.rung) == {"103", "105"}
        carla.leaves()

    play(story, INSIDE)


def test_the_extension_itself_in_its_list_is_skipped() -> None:
    """F38: so is who calls."""

    async def story(here: House) -> None:
        here.dials("104", "103")
        workshop = await here.telephone("102")
        assert now_s() == pytest.approx(15, abs=0.1)
        assert len(here.rung["103"]) == 1
        assert "104" not in here.rung
        workshop.leaves()

    play(story, '[{number: "103"}, {number: "104"}, {number: "102"}]')


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


def test_the_whole_takes_150_seconds_at_most() -> None:
    """F38: SIP callers give up at 180 s."""
    numbers = "[" + ", ".join(['{number: "102", ring_s: 60}'] * 5) + "]"

    async def story(here: House) -> None:
        here.dials("104", "103")
        await here.settled()
        assert now_s() == pytest.approx(150, abs=1)

    play(story, numbers)


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
