"""Parking (F7-F10): told as the people at the telephones notice it."""

import asyncio
from functools import partial

from firmware.calls.leg import LegState
from tests.component.house import House
from tests.component.story import office, play_in_house, talking

SITE = office("""
""")


play = partial(play_in_house, SITE)


def test_a_parked_caller_hears_music_and_anyone_fetches_the_call() -> None:
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


def test_a_call_nobody_fetches_comes_back_to_the_parker() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*4")
        back = await here.telephone("103", 1)
        assert 119 < asyncio.get_running_loop().time() - 1 < 125
        back.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"103"}
        back.leaves()

    play(story)


def test_a_parker_who_does_not_answer_leaves_the_call_to_the_operator() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*4")
        reception = await here.telephone("101")
        assert len(here.rung["103"]) == 3  # the call itself and two recalls
        reception.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"101"}
        reception.leaves()

    play(story)


def test_a_caller_who_leaves_frees_the_slot() -> None:
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
