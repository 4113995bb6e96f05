"""Ring groups: told as the people at the telephones notice them."""

import asyncio
from functools import partial

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.telephony.records import Status
from tests.component.house import House
from tests.component.story import answers, play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2, forward: {always: "101"}}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Quiet, sip: {secret: quiet-secret-105}, dnd: true}
trunks:
  - {name: line1, type: fxo, port: fxo1}
inbound:
  - {trunk: line1, to: group/620}
ring_groups:
  - {number: "620", name: Everyone, members: ["102", "103", "105"], ring_s: 20, otherwise: operator}
  - {number: "621", name: One by one, strategy: linear, members: ["102", "103"], ring_s: 10}
  - {number: "622", name: In turn, strategy: rrmemory, members: ["101", "102", "103"], ring_s: 10}
  - {number: "623", name: By chance, strategy: random, members: ["101", "102", "103"], ring_s: 5}
  - {number: "624", name: Loop, members: ["105"], otherwise: group/624}
"""


play = partial(play_in_house, SITE)


def test_all_members_ring_and_the_first_to_answer_has_the_call() -> None:
    """A7: members' forwards are ignored, do not disturb is not"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        workshop, anna = await here.telephone("102"), await here.telephone("103")
        workshop.rings()
        anna.rings()
        await asyncio.sleep(1)
        assert caller.state is LegState.RINGING
        assert "105" not in here.rung
        assert "101" not in here.rung
        anna.pick_up()
        await asyncio.sleep(1)
        assert workshop.signals.cause is Cause.ELSEWHERE
        assert caller.hears == {"103"}
        caller.leaves()

    (record,) = play(story).records
    assert record.final_callee == "103"
    assert "do not disturb is on: spared" in record.trace.as_text()


def test_nobody_answers_and_the_call_goes_on() -> None:
    """A7: otherwise"""

    async def story(here: House) -> None:
        caller = here.dials("104", "620")
        (await here.telephone("103")).rings()
        reception = await here.telephone("101")
        assert asyncio.get_running_loop().time() == pytest.approx(20, abs=0.5)
        reception.pick_up()
        await asyncio.sleep(1)
        assert caller.hears == {"101"}
        caller.leaves()

    assert play(story).records[0].final_callee == "101"


@pytest.mark.parametrize(("waiting", "rung"), [(True, True), (False, False)])
def test_a_member_in_a_call_rings_only_if_a_second_call_may_wait(waiting: bool, rung: bool) -> None:
    """A7 H6"""

    async def story(here: House) -> None:
        here.settings.change_extension("103", call_waiting=waiting)
        here.dials("104", "103")
        anna = await answers(here, "103")
        caller = here.outside_calls("line1", "0301234567")
        await here.telephone("102")
        assert (len(here.rung["103"]) == 2) is rung
        caller.leaves()
        anna.leaves()

    play(story)


def test_members_ring_one_by_one() -> None:
    """A7: linear; without otherwise the call ends as not answered"""

    async def story(here: House) -> None:
        caller = here.dials("104", "621")
        workshop = await here.telephone("102")
        workshop.rings()
        anna = await here.telephone("103")
        assert workshop.state is LegState.GONE
        anna.rings()
        await here.settled()
        assert caller.signals.cause is Cause.NO_ANSWER

    assert play(story).records[0].status is Status.NO_ANSWER


def test_the_next_call_begins_after_the_member_who_took_the_last() -> None:
    """A7: rrmemory"""

    async def story(here: House) -> None:
        for expected in ("101", "102", "103", "101"):
            caller = here.dials("104", "622")
            phone = await here.telephone(expected)
            assert list(here.rung) == [expected]
            phone.pick_up()
            await asyncio.sleep(1)
            caller.leaves()
            await here.settled()
            here.rung.clear()

    play(story)


def test_chance_rings_each_once() -> None:
    """A7: random"""

    async def story(here: House) -> None:
        here.dials("104", "623")
        await here.settled()
        assert {number: len(legs) for number, legs in here.rung.items()} == {"101": 1, "102": 1, "103": 1}

    play(story)


def test_the_caller_s_own_telephone_does_not_ring() -> None:
    """A7"""

    async def story(here: House) -> None:
        caller = here.dials("103", "621")
        await here.telephone("102")
        await here.settled()
        assert "103" not in here.rung
        assert caller.state is LegState.GONE

    play(story)


def test_a_caller_who_gives_up_stops_all_telephones() -> None:
    """A7"""

    async def story(here: House) -> None:
        caller = here.dials("104", "620")
        phones = [await here.telephone(number) for number in ("102", "103")]
        await asyncio.sleep(1)
        caller.leaves()
        await asyncio.sleep(0.1)
        assert all(phone.state is LegState.GONE for phone in phones)

    play(story)


def test_a_loop_of_destinations_ends() -> None:
    """A7: bad input"""

    async def story(here: House) -> None:
        caller = here.dials("104", "624")
        await here.settled()
        assert caller.signals.cause is Cause.UNAVAILABLE

    assert "too many" in play(story).records[0].trace.as_text()


def test_follow_me_of_a_member_leads_no_call_round_in_circles() -> None:
    """A7 F38: the group rings the member alone; its list rings no group"""
    followed = 'name: Anna, sip: {secret: anna-secret-103}, follow_me: {enabled: true, list: [{number: "621"}]}'

    async def story(here: House) -> None:
        here.dials("104", "621")
        await here.settled()
        assert {number: len(legs) for number, legs in here.rung.items()} == {"102": 1, "103": 1}
        here.rung.clear()
        here.dials("104", "103")
        await here.settled()
        assert {number: len(legs) for number, legs in here.rung.items()} == {"103": 1}

    play_in_house(SITE.replace("name: Anna, sip: {secret: anna-secret-103}", followed), story)


def test_a_group_s_call_can_be_picked_up() -> None:
    """A7 F6"""

    async def story(here: House) -> None:
        caller = here.dials("104", "620")
        phones = [await here.telephone(number) for number in ("102", "103")]
        reception = here.dials("101", "**103")
        await asyncio.sleep(0.5)
        assert reception.hears == {"104"}
        assert {phone.signals.cause for phone in phones} == {Cause.ELSEWHERE}
        caller.leaves()

    play(story)


def test_a_call_is_transferred_to_a_group_and_comes_back_when_nobody_answers() -> None:
    """A7 F11 F12 F13"""

    async def story(here: House) -> None:
        ben = here.dials("104", "101")
        reception = await answers(here, "101")
        reception.press("*2")
        await asyncio.sleep(1.5)
        reception.press("620#")
        anna = await answers(here, "103")
        assert reception.hears == {"103"}
        anna.leaves()
        await asyncio.sleep(1)
        reception.press("#")
        await asyncio.sleep(1.5)
        reception.press("621#")
        await answers(here, "101", 1)
        assert ben.hears == {"101"}
        ben.leaves()

    play(story)
