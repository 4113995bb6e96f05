"""Intercom (F44) and paging (F45): told as the people at the telephones notice it."""

import asyncio

import pytest

from firmware.calls.devices import Alert
from firmware.calls.leg import Cause, LegState
from firmware.telephony.records import Status
from tests.component.house import House
from tests.component.story import answers
from tests.scenarios.intercoms import CODES, play


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
        await answers(here, "102")
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


def test_two_intercoms_at_once() -> None:
    """F44: the second finds the telephone busy."""

    async def story(here: House) -> None:
        first, second = here.dials("104", "*50103"), here.dials("102", "*50103")
        await asyncio.sleep(0.1)
        assert (first.signals.cause, second.signals.cause) == (None, Cause.BUSY)
        first.leaves()

    play(story)
