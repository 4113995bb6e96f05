"""Intercom (F44) and paging (F45): told as the people at the telephones notice it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.calls.devices import Alert
from firmware.calls.leg import Cause, LegState
from firmware.telephony.records import Status
from tests.component.house import House, Telephone, house
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
    forward: {always: "101", no_answer: "101"}
    voicemail: {enabled: true}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Quiet, sip: {secret: quiet-secret-105}, dnd: true}
"""
CODES = ("*50", "*51")


def play(story: Callable[[House], Awaitable[None]], **devices: int) -> House:
    async def main() -> House:
        async with house(SITE, {name.removeprefix("_"): count for name, count in devices.items()}) as here:
            await story(here)
        return here

    return run_virtual(main)


def test_an_intercom_is_answered_by_the_telephone_and_both_talk() -> None:
    """F44: the telephone is asked to answer by itself; forwards are not looked at."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*50103")
        anna = await here.telephone("103")
        assert anna.alert is Alert.INTERCOM
        anna.pick_up()
        await asyncio.sleep(5)
        assert ben.hears == {"103"}
        assert anna.hears == {"104"}
        ben.leaves()

    here = play(story)
    assert "101" not in here.rung
    record = here.records[0]
    assert (record.call_to, record.final_callee, record.status) == ("*50103", "103", Status.ANSWERED)
    assert record.talk_s == pytest.approx(5.0, abs=0.2)


@pytest.mark.parametrize("code", CODES)
def test_an_analog_telephone_rings_in_its_own_way_until_it_is_lifted(code: str) -> None:
    """F44, F45: analog telephones cannot answer by themselves; `*50102#` from an analog one."""

    async def story(here: House) -> None:
        reception = here.lifts("101")
        await asyncio.sleep(1)
        reception.press(f"{code}102#")
        workshop = await here.telephone("102")
        assert workshop.alert is Alert.INTERCOM
        workshop.rings()
        await asyncio.sleep(5)
        assert reception.state is LegState.RINGING
        workshop.pick_up()
        await asyncio.sleep(2)
        assert workshop.hears == {"101"}
        workshop.leaves()

    play(story)


@pytest.mark.parametrize("code", CODES)
def test_somebody_who_talks_is_busy(code: str) -> None:
    """F44, F45: busy tone, nobody barges in, no call waiting."""

    async def story(here: House) -> None:
        anna = here.dials("103", "102")
        workshop = await here.telephone("102")
        workshop.pick_up()
        await asyncio.sleep(1)
        ben = here.dials("104", f"{code}103")
        await asyncio.sleep(1)
        assert ben.signals.cause is Cause.BUSY
        assert anna.hears == {"102"}
        anna.leaves()

    here = play(story)
    assert "103" not in here.rung
    assert here.records[0].status is Status.BUSY


@pytest.mark.parametrize("code", CODES)
def test_do_not_disturb_rejects_it(code: str) -> None:
    """F44, F45."""

    async def story(here: House) -> None:
        ben = here.dials("104", f"{code}105")
        await here.settled()
        assert ben.signals.cause is Cause.BUSY
        assert here.media.said == ["not-available"]

    assert "105" not in play(story).rung


@pytest.mark.parametrize("code", CODES)
def test_nobody_answers_and_nothing_is_forwarded(code: str) -> None:
    """F44, F45: no forward, no voicemail."""

    async def story(here: House) -> None:
        ben = here.dials("104", f"{code}103")
        await here.settled()
        assert ben.signals.cause is Cause.NO_ANSWER

    here = play(story)
    assert set(here.rung) == {"103"}
    assert here.records[0].status is Status.NO_ANSWER


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("number", "cause"), [("777", Cause.NOT_FOUND), ("104", Cause.BUSY), ("90", Cause.NOT_FOUND)])
def test_a_bad_number(code: str, number: str, cause: Cause) -> None:
    """F44, F45: bad input: nobody, oneself, a room."""

    async def story(here: House) -> None:
        ben = here.dials("104", f"{code}{number}")
        await here.settled()
        assert ben.signals.cause is cause
        assert not here.rung

    play(story)


def test_a_telephone_without_registration_cannot_be_reached() -> None:
    """F44."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*50103")
        await here.settled()
        assert ben.signals.cause is Cause.UNAVAILABLE

    play(story, _103=0)


def test_of_several_devices_one_answers() -> None:
    """F44: the others stop."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*50103")
        desk, browser = [await here.telephone("103", i) for i in range(2)]
        browser.pick_up()
        await asyncio.sleep(1)
        assert desk.signals.cause is Cause.ELSEWHERE
        assert ben.hears == {"103"}
        ben.leaves()

    play(story, _103=2)


def test_a_page_is_heard_after_a_beep_and_in_one_direction() -> None:
    """F45: the audio of the called one is not connected."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*51103")
        anna = await here.telephone("103")
        anna.pick_up()
        await asyncio.sleep(0.5)
        assert anna.hears == ben.hears == {"confirmation"}
        await asyncio.sleep(1)
        assert anna.hears == {"104"}
        assert ben.hears == set()
        ben.leaves()
        await asyncio.sleep(0.1)
        assert anna.state is LegState.GONE

    record = play(story).records[0]
    assert (record.final_callee, record.status) == ("103", Status.ANSWERED)


def test_the_keys_of_the_paged_one_mean_nothing() -> None:
    """F45: `#` is inert."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*51103")
        anna = await here.telephone("103")
        anna.pick_up()
        await asyncio.sleep(2)
        anna.press("#*4*1")
        ben.press("#")
        await asyncio.sleep(2)
        assert anna.hears == {"104"}
        assert anna.got_keys == ben.got_keys == ""
        anna.leaves()
        await asyncio.sleep(0.1)
        assert ben.state is LegState.GONE

    play(story)


def test_a_page_goes_on_after_hold() -> None:
    """F45: the caller's audio is followed when it changes."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*51103")
        anna = await here.telephone("103")
        anna.pick_up()
        await asyncio.sleep(2)
        ben.hold(True)
        ben.hold(False)
        assert anna.hears == {"104"}
        ben.leaves()

    play(story)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("who", ["caller", "called"])
@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.5, 1.0, 1.2, 3.0])
def test_hanging_up_at_any_moment_leaves_nothing_over(code: str, who: str, after_s: float) -> None:
    """F44, F45: while it rings, beeps or speaks."""

    async def story(here: House) -> None:
        ben = here.dials("104", f"{code}103")
        anna = await here.telephone("103")
        if after_s > 0.1:
            anna.pick_up()
        await asyncio.sleep(after_s)
        (ben if who == "caller" else anna).leaves()

    play(story)


def test_two_intercoms_at_once() -> None:
    """F44: the second finds the telephone busy."""

    async def story(here: House) -> None:
        first, second = here.dials("104", "*50103"), here.dials("102", "*50103")
        await asyncio.sleep(0.1)
        assert (first.signals.cause, second.signals.cause) == (None, Cause.BUSY)
        first.leaves()

    play(story)


EVENTS = st.permutations(["pick up", "called leaves", "caller leaves", "another calls"])
DELAYS = st.lists(st.sampled_from((0.0, 0.05, 0.5, 1.0, 2.0)), min_size=4, max_size=4)


@settings(max_examples=150, deadline=None)
@given(code=st.sampled_from(CODES), order=EVENTS, delays=DELAYS)
def test_whatever_happens_when_nothing_is_left_over(code: str, order: list[str], delays: list[float]) -> None:
    """F44, F45: in any order and at any moment; the paged one is never heard."""

    async def story(here: House) -> None:
        ben = here.dials("104", f"{code}103")
        anna = await here.telephone("103")
        others: list[Telephone] = []
        for what, delay_s in zip(order, delays, strict=True):
            if what == "pick up" and not anna.signals.gone:
                anna.pick_up()
            elif what == "another calls":
                others.append(here.dials("102", f"{code}103"))
            elif what != "pick up":
                (anna if what == "called leaves" else ben).leaves()
            await asyncio.sleep(delay_s)
            assert code == "*50" or "103" not in ben.hears
        for leg in (*others, *here.rung["103"]):
            leg.leaves()

    play(story)
