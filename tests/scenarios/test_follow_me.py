"""Follow me (F36-F38): told as the people at the telephones notice it."""

import asyncio

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.telephony.records import Status
from tests.component.house import House
from tests.component.story import play_in_house
from tests.scenarios.following import INSIDE, SITE, now_s, play


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


def test_an_exhausted_list_leaves_the_caller_to_the_mailbox() -> None:
    """F38: that of the extension, not of the last one in the list; the own one rings 30 s unless told otherwise."""
    site = SITE.replace("      own_ring_s: 15\n", "").replace(
        "    follow_me:", '    voicemail: {pin: "4711"}\n    follow_me:'
    )
    site = site.replace("CONFIRM", "true").replace("LIST", '[{number: "101"}]')

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        await here.telephone("101")
        assert now_s() == pytest.approx(30, abs=0.1)
        await asyncio.sleep(21)
        assert ben.state is LegState.UP
        ben.leaves()

    assert play_in_house(site, story).records[0].final_callee == "vm-103"


def test_who_is_in_the_list_sees_who_calls() -> None:
    """F38: caller-id presentation, within the house and of a caller from outside."""

    async def story(here: House) -> None:
        here.outside_calls("branch", "0305550")
        reception = await here.telephone("101")
        assert reception.display is not None
        assert reception.display.number == "0305550"
        reception.leaves()
        for leg in [await here.telephone("102"), await here.telephone("105")]:
            leg.leaves()

    play(story, INSIDE)


def test_of_two_who_answer_late_one_has_the_call() -> None:
    """F38: the one who rang before answers in the moment in which the next one rings."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        reception = await here.telephone("101")
        workshop = await here.telephone("102")
        reception.pick_up()
        workshop.pick_up()
        await asyncio.sleep(1)
        assert reception.state is LegState.GONE
        assert ben.hears == {"102"}
        ben.leaves()

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


def test_the_whole_takes_150_seconds_at_most() -> None:
    """F38: SIP callers give up at 180 s."""
    numbers = "[" + ", ".join(['{number: "102", ring_s: 60}'] * 5) + "]"

    async def story(here: House) -> None:
        here.dials("104", "103")
        await here.settled()
        assert now_s() == pytest.approx(150, abs=1)

    play(story, numbers)
