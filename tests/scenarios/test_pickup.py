"""Pickup (F5, F6): told as the people at the telephones notice it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from firmware.calls.leg import Cause, LegState
from tests.component.house import House, Telephone
from tests.component.story import answers, play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1, department: office}
  - {number: "102", name: Workshop, port: fxs2, department: workshop}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, department: office}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, department: workshop}
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}, department: office}
  - {number: "106", name: Alone, sip: {secret: alone-secret-106}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
inbound:
  - {trunk: line1, to: "103"}
"""


def play(story: Callable[[House], Awaitable[None]], more: str = "", **devices: int) -> House:
    return play_in_house(SITE + more, story, devices=devices)


async def ringing(here: House, caller: str, called: str) -> tuple[Telephone, Telephone]:
    leg = here.dials(caller, called)
    phone = await here.telephone(called)
    phone.rings()
    await asyncio.sleep(0.5)
    return leg, phone


def test_a_colleague_s_call_is_picked_up() -> None:
    """F5"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        anna = await here.telephone("103")
        anna.rings()
        await asyncio.sleep(1)
        reception = here.dials("101", "*8")
        await asyncio.sleep(0.5)
        assert reception.hears == {"line1"}
        assert caller.hears == {"101"}
        assert anna.state is LegState.GONE
        assert reception.display is not None
        assert reception.display.number == "0301234567"
        caller.leaves()

    picked, call = sorted(play(story).records, key=lambda one: one.call_to, reverse=True)
    assert call.final_callee == "101"
    assert "takes the call of 0301234567" in call.trace.as_text()
    assert picked.call_from == "101"


def test_all_other_telephones_are_told_that_the_call_was_taken_elsewhere() -> None:
    """F5: no missed calls on forked devices"""

    async def story(here: House) -> None:
        caller = here.dials("104", "103")
        phones = [await here.telephone("103", i) for i in range(3)]
        for phone in phones:
            phone.rings()
        here.dials("101", "*8")
        await asyncio.sleep(0.5)
        assert {phone.signals.cause for phone in phones} == {Cause.ELSEWHERE}
        assert caller.hears == {"101"}
        assert caller.display is not None
        assert caller.display.number == "101"
        caller.leaves()

    play(story, _103=3)


def test_of_several_calls_the_one_that_rang_first_is_taken() -> None:
    """F5"""

    async def story(here: House) -> None:
        first, _ = await ringing(here, "104", "105")
        second, _ = await ringing(here, "106", "103")
        reception = here.dials("101", "*8")
        await asyncio.sleep(0.5)
        assert reception.hears == {"104"}
        first.leaves()
        second.leaves()

    play(story)


def test_a_call_of_another_department_is_not_taken() -> None:
    """F5"""

    async def story(here: House) -> None:
        caller, workshop = await ringing(here, "106", "102")
        anna = here.dials("103", "*8")
        await asyncio.sleep(0.5)
        assert anna.hears == {"error"}
        await asyncio.sleep(5)
        assert here.media.said[-1] == "nothing-to-pick-up"
        assert anna.state is LegState.GONE
        assert workshop.state is LegState.RINGING
        caller.leaves()

    play(story)


def test_nothing_rings() -> None:
    """F5 F6: an error tone and a prompt"""

    async def story(here: House) -> None:
        for code in ("*8", "**103", "**999"):
            here.dials("101", code)
            await here.settled()
            assert here.media.said[-1] == "nothing-to-pick-up"

    play(story)


def test_who_belongs_to_no_department_is_refused() -> None:
    """F5"""

    async def story(here: House) -> None:
        caller, _ = await ringing(here, "104", "103")
        here.dials("106", "*8")
        await asyncio.sleep(5)
        assert here.media.said[-1] == "no-department"
        caller.leaves()

    play(story)


def test_a_call_is_picked_up_from_any_department() -> None:
    """F6"""

    async def story(here: House) -> None:
        caller, workshop = await ringing(here, "104", "102")
        anna = here.dials("103", "**102")
        await asyncio.sleep(0.5)
        assert anna.hears == {"104"}
        assert workshop.state is LegState.GONE
        anna.leaves()
        await asyncio.sleep(0.1)
        assert caller.state is LegState.GONE

    play(story)


def test_the_box_may_keep_direct_pickup_within_a_department() -> None:
    """F6: the administrator's switch"""

    async def story(here: House) -> None:
        caller, _ = await ringing(here, "106", "102")
        here.dials("103", "**102")
        await asyncio.sleep(5)
        assert here.media.said[-1] == "not-allowed"
        ben = here.dials("104", "**102")
        await asyncio.sleep(0.5)
        assert ben.hears == {"106"}
        caller.leaves()

    play(story, "pickup: {own_department: true}\n")


def test_direct_pickup_on_an_analog_telephone_waits_for_hash_or_a_pause() -> None:
    """F6 N1"""

    async def story(here: House) -> None:
        caller, _ = await ringing(here, "104", "103")
        reception = here.lifts("101")
        await asyncio.sleep(1)
        reception.press("**103#")
        await asyncio.sleep(0.5)
        assert reception.hears == {"104"}
        caller.leaves()
        await here.settled()
        caller, _ = await ringing(here, "104", "105")
        reception = here.lifts("101")
        await asyncio.sleep(1)
        reception.press("**105")
        await asyncio.sleep(2)
        assert reception.hears == set()
        await asyncio.sleep(2)
        assert reception.hears == {"104"}
        caller.leaves()

    play(story)


@pytest.mark.parametrize("gap_s", [0.0, 0.3, 2.0])
def test_group_pickup_on_an_analog_telephone_as_the_guide_prints_it(gap_s: float) -> None:
    """F5: `*8#`; the `#` is no transfer of the call that was just picked up"""

    async def story(here: House) -> None:
        caller, _ = await ringing(here, "104", "103")
        reception = here.lifts("101")
        await asyncio.sleep(1)
        for key in "*8#":
            reception.press(key)
            await asyncio.sleep(gap_s)
        await asyncio.sleep(1)
        assert reception.hears == {"104"}
        assert here.media.said == []
        reception.press("#")
        await asyncio.sleep(0.5)
        assert here.media.said == ["transfer"]
        caller.leaves()

    play(story)


def test_group_pickup_on_an_ip_telephone_that_sends_the_code_with_its_last_digit() -> None:
    """F5: the same there"""

    async def story(here: House) -> None:
        caller, _ = await ringing(here, "104", "103")
        carla = here.dials("105", "*8")
        await asyncio.sleep(0.5)
        carla.press("#")
        await asyncio.sleep(0.5)
        assert carla.hears == {"104"}
        carla.press("#")
        await asyncio.sleep(0.5)
        assert here.media.said == ["transfer"]
        caller.leaves()

    play(story)


def test_of_two_who_pick_up_at_once_one_gets_the_call() -> None:
    """F5"""

    async def story(here: House) -> None:
        caller, _ = await ringing(here, "104", "103")
        first, second = here.dials("101", "*8"), here.dials("105", "**103")
        await asyncio.sleep(0.5)
        assert first.hears == {"104"}
        assert second.hears == {"error"}
        await asyncio.sleep(5)
        assert here.media.said[-1] == "nothing-to-pick-up"
        caller.leaves()

    play(story)


def test_nobody_picks_up_a_call_of_his_own() -> None:
    """F5 F6"""

    async def story(here: House) -> None:
        caller, anna = await ringing(here, "105", "103")
        for code in ("*8", "**103"):
            here.dials("105", code)
            await asyncio.sleep(5)
            assert here.media.said[-1] == "nothing-to-pick-up"
        here.dials("103", "**103")  # one's only telephone: it is to be lifted
        await asyncio.sleep(5)
        assert here.media.said[-1] == "nothing-to-pick-up"
        assert anna.state is LegState.RINGING
        caller.leaves()

    play(story)


def test_a_second_device_of_the_same_extension_picks_its_call_up() -> None:
    """F6"""

    async def story(here: House) -> None:
        caller = here.dials("104", "103")
        for i in range(2):
            (await here.telephone("103", i)).rings()
        browser = here.dials("103", "**103")
        await asyncio.sleep(0.5)
        assert browser.hears == {"104"}
        caller.leaves()

    play(story, _103=2)


def test_an_intercom_call_cannot_be_picked_up() -> None:
    """F5 F44"""

    async def story(here: House) -> None:
        caller = here.dials("104", "*50103")
        (await here.telephone("103")).rings()
        await asyncio.sleep(0.5)
        here.dials("101", "*8")
        await asyncio.sleep(5)
        assert here.media.said[-1] == "nothing-to-pick-up"
        caller.leaves()

    play(story)


def test_a_parked_call_that_comes_back_can_be_picked_up() -> None:
    """F5 F9; while it waits in the slot it cannot"""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        await answers(here, "103")
        here.rung["103"][0].press("*4")
        await asyncio.sleep(5)
        here.dials("101", "*8")
        await asyncio.sleep(5)
        assert here.media.said[-1] == "nothing-to-pick-up"
        (await here.telephone("103", 1)).rings()
        reception = here.dials("101", "*8")
        await asyncio.sleep(0.5)
        assert reception.hears == {"104"}
        ben.leaves()

    play(story)


@pytest.mark.parametrize("delay_s", [0.0, 0.001])
def test_picking_up_while_it_is_answered_leaves_one_with_the_call(delay_s: float) -> None:
    """F5"""

    async def story(here: House) -> None:
        caller, anna = await ringing(here, "104", "103")
        anna.pick_up()
        await asyncio.sleep(delay_s)
        reception = here.dials("101", "*8")
        await asyncio.sleep(0.5)
        assert caller.hears == {"103"}
        assert reception.hears == {"error"}
        caller.leaves()

    play(story)


def test_a_wake_up_call_cannot_be_picked_up() -> None:
    """F5 F31"""

    async def story(here: House) -> None:
        here.dials("103", "*55*01050905")  # in five minutes
        anna = await here.telephone("103")
        anna.rings()
        await asyncio.sleep(1)
        here.dials("101", "*8")
        await asyncio.sleep(5)
        assert here.media.said[-1] == "nothing-to-pick-up"
        anna.pick_up()
        await asyncio.sleep(1)
        anna.leaves()

    play(story)


def test_a_transferred_call_that_rings_can_be_picked_up() -> None:
    """F6 F11: the transferor is not called back"""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        anna = await answers(here, "103")
        anna.press("#")
        await asyncio.sleep(1.5)
        anna.press("102")
        workshop = await here.telephone("102")
        workshop.rings()
        reception = here.dials("101", "**102")
        await asyncio.sleep(0.5)
        assert reception.hears == {"104"}
        assert ben.hears == {"101"}
        assert workshop.signals.cause is Cause.ELSEWHERE
        ben.leaves()

    records = play(story).records
    assert [one.final_callee for one in records if one.call_from == "104"] == ["101"]


def test_who_picks_up_the_question_of_a_transfer_is_asked() -> None:
    """F6 F13: and gets the call when the transferor hangs up"""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        anna = await answers(here, "103")
        anna.press("*2")
        await asyncio.sleep(1.5)
        anna.press("102")
        (await here.telephone("102")).rings()
        reception = here.dials("101", "**102")
        await asyncio.sleep(0.5)
        assert reception.hears == {"103"}
        assert ben.hears == {"music"}
        anna.leaves()
        await asyncio.sleep(1.5)
        assert ben.hears == {"101"}
        assert reception.hears == {"104"}
        ben.leaves()

    play(story)


def test_neither_a_held_call_nor_a_slot_is_picked_up() -> None:
    """F6: `**` and the one who holds, `**` and the slot"""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        anna = await answers(here, "103")
        anna.hold(True)
        for number in ("**103", "**104"):
            here.dials("101", number)
            await asyncio.sleep(5)
            assert here.media.said[-1] == "nothing-to-pick-up"
        assert ben.hears == {"music"}
        anna.hold(False)
        anna.press("*4")
        await asyncio.sleep(5)
        here.dials("101", "**41")
        await asyncio.sleep(5)
        assert here.media.said[-1] == "nothing-to-pick-up"
        assert ben.hears == {"music"}
        ben.leaves()

    play(story)


def test_a_picker_who_hangs_up_at_once_leaves_the_call_ringing() -> None:
    """F5"""

    async def story(here: House) -> None:
        caller, anna = await ringing(here, "104", "103")
        reception = here.dials("101", "*8")
        reception.leaves()
        await asyncio.sleep(1)
        assert anna.state is LegState.RINGING
        anna.pick_up()
        await asyncio.sleep(1)
        assert caller.hears == {"103"}
        caller.leaves()

    play(story)
