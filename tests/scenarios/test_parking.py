"""Parking (F7-F10): told as the people at the telephones notice it."""

import asyncio

import pytest
from msgspec.structs import replace

from firmware.calls.leg import LegState
from firmware.contract.status import Call, CallState
from firmware.status import BoxStatus
from tests.component.house import House
from tests.component.story import answers, play_in_house, talking
from tests.scenarios.parkings import SITE, parking, play


def test_a_parked_caller_hears_music_and_anyone_fetches_the_call() -> None:
    """F7 F8: the parker hears the number and is gone"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*4")
        await asyncio.sleep(1.5)
        assert here.media.said == ["parked-at", "41"]
        assert ben.hears == {"music"}
        await asyncio.sleep(5)
        assert anna.state is LegState.GONE
        workshop = here.dials("102", "41")
        await asyncio.sleep(1)
        assert ben.hears == {"102"}
        assert workshop.hears == {"104"}
        workshop.leaves()
        await asyncio.sleep(1)
        assert ben.state is LegState.GONE

    play(story)


def test_the_second_call_is_parked_on_the_next_slot_and_a_free_slot_is_used_again() -> None:
    """F7: the lowest free one"""

    async def story(here: House) -> None:
        for expected in ("41", "42"):
            _ben, anna = await talking(here)
            anna.press("*4")
            await asyncio.sleep(3)
            assert here.media.said[-1] == expected
            here.rung.clear()
        first = here.dials("102", "41")
        await asyncio.sleep(1)
        first.leaves()
        await asyncio.sleep(1)
        ben, anna = await talking(here)
        anna.press("*4")
        await asyncio.sleep(3)
        assert here.media.said[-1] == "41"
        ben.leaves()
        second = here.dials("102", "42")
        await asyncio.sleep(1)
        second.leaves()

    play(story)


def test_the_call_stays_parked_when_the_parker_leaves_before_hearing_the_number() -> None:
    """F7"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*4")
        await asyncio.sleep(0.2)
        anna.leaves()
        await asyncio.sleep(1)
        assert ben.hears == {"music"}
        workshop = here.dials("102", "41")
        await asyncio.sleep(1)
        assert workshop.hears == {"104"}
        workshop.leaves()

    play(story)


def test_a_caller_who_leaves_frees_the_slot() -> None:
    """F7 F8: who dials it hears that nobody is parked there"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*4")
        await asyncio.sleep(5)
        ben.leaves()
        await asyncio.sleep(1)
        here.dials("102", "41")
        await here.settled()
        assert here.media.said[-1] == "no-parked-call"

    play(story)


def test_of_two_who_fetch_one_gets_the_call() -> None:
    """F8"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*4")
        await asyncio.sleep(5)
        first, second = here.dials("102", "41"), here.dials("101", "41")
        await asyncio.sleep(0.5)
        assert first.hears == {"104"}
        await asyncio.sleep(3)
        assert second.state is LegState.GONE
        assert here.media.said[-1] == "no-parked-call"
        ben.leaves()

    play(story)


def test_a_parked_call_can_be_parked_again() -> None:
    """F7 F8"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*4")
        await asyncio.sleep(5)
        workshop = here.dials("102", "41")
        await asyncio.sleep(1)
        workshop.press("*4")
        await asyncio.sleep(5)
        assert ben.hears == {"music"}
        reception = here.dials("101", "41")
        await asyncio.sleep(1)
        assert reception.hears == {"104"}
        reception.leaves()

    play(story)


def test_who_fetches_the_call_and_who_is_fetched_see_each_other_and_the_record_names_them() -> None:
    """F8: from an analog telephone too."""

    async def story(here: House) -> None:
        ben, _anna = await parking(here)
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        workshop.press("41#")
        await asyncio.sleep(1)
        assert workshop.hears == {"104"}
        assert ben.display is not None and ben.display.number == "102"
        assert workshop.display is not None and workshop.display.number == "104"
        ben.leaves()

    records = {record.call_from: record for record in play(story).records}
    assert (records["104"].call_to, records["104"].final_callee) == ("103", "102")
    assert "fetches 104" in records["102"].trace.as_text()


def test_the_one_who_called_may_park_too() -> None:
    """F7: from an analog telephone, and the number is spoken to the parker alone."""

    async def story(here: House) -> None:
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        workshop.press("103")
        anna = await answers(here, "103")
        workshop.press("*4")
        await asyncio.sleep(0.5)
        assert workshop.hears == {"parked-at"}
        assert anna.hears == {"music"}
        await asyncio.sleep(5)
        ben = here.dials("104", "41")
        await asyncio.sleep(1)
        assert anna.hears == {"104"}
        ben.leaves()

    play(story)


def test_the_one_outside_cannot_park() -> None:
    """F7 N8: keys of the trunk side are keys for the other one."""

    async def story(here: House) -> None:
        outside = here.outside_calls("line1", "0301234567")
        anna = await answers(here, "103")
        outside.press("*4")
        await asyncio.sleep(2)
        assert here.media.said == []
        assert anna.got_keys == "*4"
        assert anna.hears == {"line1"}
        outside.leaves()

    play(story)


def test_nobody_parks_a_conference() -> None:
    """F7: nor one of those who are in it; whoever of the house tries is told so, and stays in."""

    async def story(here: House) -> None:
        anna, ben = here.dials("103", "90"), here.dials("104", "90")
        await asyncio.sleep(5)
        anna.press("*4")
        await asyncio.sleep(0.5)
        assert anna.hears == {"104", "not-parkable"}
        assert ben.hears == {"103"}
        await asyncio.sleep(2.5)
        assert "parked-at" not in here.media.said
        assert ben.hears == {"103"}
        assert anna.hears == {"104"}
        anna.leaves()
        ben.leaves()

    play(story)


def test_nobody_is_parked_while_a_third_party_is_asked() -> None:
    """F7 F13: who asks and who is asked hear that it cannot be; the two talk on, and hanging up still transfers."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*2")
        await asyncio.sleep(1.5)
        anna.press("102")
        workshop = await answers(here, "102")
        for one, other in ((anna, workshop), (workshop, anna)):
            here.media.said.clear()
            one.press("*4")
            await asyncio.sleep(1.5)  # `*` and more may be meant for a machine that is asked
            assert here.media.said == ["not-parkable"]
            await asyncio.sleep(1)
            assert other.got_keys == ""
            assert anna.hears == {"102"}
            assert workshop.hears == {"103"}
            assert ben.hears == {"music"}
        anna.leaves()
        await asyncio.sleep(2)
        assert ben.hears == {"102"}
        ben.leaves()

    play(story)


def test_an_asker_who_hangs_up_while_being_told_has_transferred() -> None:
    """F7 F13"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*2")
        await asyncio.sleep(1.5)
        anna.press("102")
        workshop = await answers(here, "102")
        anna.press("*4")
        await asyncio.sleep(1.2)
        anna.leaves()
        await asyncio.sleep(2)
        assert workshop.hears == {"104"}
        assert ben.hears == {"102"}
        ben.leaves()

    play(story)


def test_who_is_invited_to_a_conference_is_not_parked_instead() -> None:
    """F7 F27: the administrator hears so, and brings the invited one in."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*0")
        await asyncio.sleep(5)
        anna.press("0")
        await asyncio.sleep(1)
        anna.press("102#")
        workshop = await answers(here, "102")
        anna.press("*4")
        await asyncio.sleep(0.5)
        assert anna.hears == {"not-parkable"}
        await asyncio.sleep(1)
        assert anna.hears == {"102"}
        anna.press("**")
        await asyncio.sleep(5)
        assert workshop.hears == {"103", "104"}
        for leg in (anna, ben, workshop):
            leg.leaves()

    play(story)


def test_a_full_lot_is_said_and_the_two_talk_on() -> None:
    """F7"""

    async def story(here: House) -> None:
        first, _anna = await parking(here)
        here.rung.clear()
        ben, anna = await talking(here, "102", "103")
        anna.press("*4")
        await asyncio.sleep(0.5)
        assert anna.hears == {"lot-full"}
        await asyncio.sleep(1)
        assert anna.hears == {"102"}
        assert ben.hears == {"103"}
        first.leaves()
        ben.leaves()

    play_in_house(SITE.replace('operator: "101"', 'operator: "101", parking: 41-41'), story)


def test_a_fetched_call_can_be_transferred() -> None:
    """F8 F11"""

    async def story(here: House) -> None:
        ben, _anna = await parking(here)
        workshop = here.dials("102", "41")
        await asyncio.sleep(1)
        workshop.press("#")
        await asyncio.sleep(1.5)
        workshop.press("101")
        await answers(here, "101")
        assert ben.hears == {"101"}
        assert workshop.state is LegState.GONE
        ben.leaves()

    assert {record.final_callee for record in play(story).records} >= {"101"}


@pytest.mark.parametrize("leaves_after_s", [0.0, 0.1, 1.5, 9.0])
def test_the_parker_sees_the_slot_in_the_portal_whenever_the_handset_goes_down(leaves_after_s: float) -> None:
    """F7: before the number is spoken, while it is, after it; until somebody has fetched the call."""

    async def story(here: House) -> None:
        seen: list[Call] = []
        here.exchange.watch(lambda call: seen.append(BoxStatus.call(call)))
        ben, anna = await talking(here)
        anna.press("*4")
        await asyncio.sleep(leaves_after_s)
        anna.leaves()
        await asyncio.sleep(5)
        parked = [one for one in seen if one.state is CallState.PARKED]
        assert {one.slot for one in parked} == {"41"}
        assert all("103" in one.extensions for one in parked)
        assert parked[-1] == seen[-1]
        workshop = here.dials("102", "41")
        await asyncio.sleep(1)
        assert [one.state for one in seen if one.id == parked[0].id][-1] is CallState.TALKING
        ben.leaves()
        workshop.leaves()

    play(story)


def test_changed_slots_count_at_once() -> None:
    """F7: new calls go to the new ones; who was parked before is not lost."""

    async def story(here: House) -> None:
        old, _anna = await parking(here)
        site = here.settings.site
        here.settings.replace(replace(site, numbering=replace(site.numbering, parking="51-52")))
        new, anna = await talking(here, "102", "105")
        anna.press("*4")
        await asyncio.sleep(5)
        assert here.media.said[-1] == "51"
        fetcher = here.dials("101", "51")
        await asyncio.sleep(1)
        assert fetcher.hears == {"102"}
        fetcher.leaves()
        (await here.telephone("103", 1)).pick_up()
        await asyncio.sleep(1)
        assert old.hears == {"103"}
        assert new.signals.gone
        old.leaves()

    play(story)
