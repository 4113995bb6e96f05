"""Wake-up calls (F30-F32): told as the people at the telephones notice it."""

import asyncio
import random
from datetime import datetime
from itertools import pairwise

import pytest
from msgspec.structs import replace

from firmware.calls.leg import Cause, LegState
from firmware.telephony.records import Status
from tests.component.house import House, Telephone
from tests.scenarios.wakeups import book_of, dials, now_s, play, rung, states


def test_a_call_is_set_directly_and_wakes() -> None:
    """F31: read back; rings through DND, past forwards and mailbox; says what it is and the time."""

    async def story(here: House) -> None:
        assert await dials(here, "103", "*55*01051030") == ["wake-set-for+01-05+10:30"]
        anna = await rung(here, "103")
        assert now_s() == pytest.approx(1800, abs=0.1)
        assert "104" not in here.rung
        anna.rings()
        here.media.said.clear()
        anna.pick_up()
        await here.settled()
        assert here.media.said == ["wake-this-is+10:30+wake-snooze", "goodbye"]
        assert anna.state is LegState.GONE

    here = play(story)
    assert states(here) == [("103", "05 10:30", "Answered")]
    record = here.records[-1]
    assert (record.call_from, record.call_to, record.status) == ("*55", "103", Status.ANSWERED)


def test_the_menu_sets_lists_and_cancels() -> None:
    """F30: add, list and cancel one, cancel all."""

    async def story(here: House) -> None:
        reception = here.lifts("101")
        await asyncio.sleep(1)
        for key in "*55#":
            reception.press(key)
        await asyncio.sleep(0.5)
        for time in ("1100", "1200", "1300"):
            assert reception.hears == {"wake-menu"}
            reception.press("1")
            await asyncio.sleep(0.5)
            assert reception.hears == {"wake-enter-time"}
            reception.press(f"{time}#")
            await asyncio.sleep(1.5)
        reception.press("2")
        await asyncio.sleep(0.5)
        assert reception.hears == {"wake-set-for+01-05+11:00+wake-cancel-this"}
        reception.press("2")
        await asyncio.sleep(0.5)
        assert reception.hears == {"wake-set-for+01-05+12:00+wake-cancel-this"}
        reception.press("1")
        await asyncio.sleep(0.5)
        assert reception.hears == {"wake-cancelled"}
        await asyncio.sleep(1)
        assert reception.hears == {"wake-set-for+01-05+13:00+wake-cancel-this"}
        reception.press("#")
        await asyncio.sleep(0.5)
        assert len(states(here)) == 2
        reception.press("3")
        await asyncio.sleep(0.5)
        assert reception.hears == {"wake-all-cancelled"}
        await asyncio.sleep(1)
        reception.press("2")
        await asyncio.sleep(0.5)
        assert reception.hears == {"wake-none"}
        await asyncio.sleep(1)
        reception.press("1")
        await asyncio.sleep(0.5)
        reception.press("#")
        await asyncio.sleep(0.5)
        assert reception.hears == {"wake-invalid"}
        await here.settled()
        assert here.media.said[-1] == "goodbye"

    assert states(play(story)) == []


def test_the_menu_takes_a_day_too() -> None:
    """F30: MMDDHHMM"""

    async def story(here: House) -> None:
        ben = here.dials("104", "*55")
        await asyncio.sleep(0.5)
        ben.press("1")
        await asyncio.sleep(0.5)
        ben.press("03010730")  # complete without `#`
        await asyncio.sleep(0.5)
        assert ben.hears == {"wake-set-for+03-01+07:30"}
        ben.leaves()

    assert states(play(story)) == [("104", "01 07:30", "Waiting")]


def test_the_operator_sets_one_for_somebody_else() -> None:
    """F30: from the pages, into the book that the codes write into"""

    async def story(here: House) -> None:
        book_of(here).add("104", datetime(2026, 1, 5, 10, 30))
        assert states(here) == [("104", "05 10:30", "Waiting")]
        (await rung(here, "104")).pick_up()
        assert now_s() == pytest.approx(1800, abs=0.1)

    assert states(play(story)) == [("104", "05 10:30", "Answered")]


def test_an_extension_has_ten_calls_and_the_same_one_once() -> None:
    """F30: max 10; a duplicate is one call."""

    async def story(here: House) -> None:
        for _ in range(2):
            for minute in range(10):
                assert "wake-set-for+01-05" in (await dials(here, "104", f"*55*230{minute}"))[0]
        assert await dials(here, "104", "*55*2359") == ["wake-full"]
        assert "wake-set-for+01-05" in (await dials(here, "101", "*55*2359"))[0]
        await dials(here, "104", "*055")
        await dials(here, "101", "*055")

    play(story)


def test_nobody_answers_three_times() -> None:
    """F30: rings 3 times 30 s, 60 s apart; then not answered; neither mailbox nor follow me takes any of it."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1001")
        for number in range(3):
            ben = await rung(here, "104", number)
            assert now_s() == pytest.approx(60 + number * 90, abs=0.2)
            ben.rings()
        await here.settled()
        await asyncio.sleep(300)
        assert len(here.rung["104"]) == 3
        assert "101" not in here.rung

    here = play(story)
    assert states(here) == [("104", "05 10:01", "Not answered")]
    assert [one.status for one in here.records[1:]] == [Status.NO_ANSWER] * 3


def test_a_busy_telephone_is_tried_again() -> None:
    """F30: ext busy -> retry; it is not disturbed."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1001")
        talking = here.dials("104", "101")
        (await rung(here, "101")).pick_up()
        await asyncio.sleep(90)
        assert "104" not in here.rung
        talking.leaves()
        (await rung(here, "104")).pick_up()
        assert now_s() == pytest.approx(120, abs=0.2)

    assert states(play(story))[0][2] == "Answered"


def test_what_becomes_of_calls_in_vain_is_told_apart() -> None:
    """F30: states Busy and Error."""

    async def story(here: House) -> None:
        here.devices["103"] = 0  # registered nowhere
        await dials(here, "103", "*55*1001")
        await dials(here, "104", "*55*1001")
        for number in range(3):
            (await rung(here, "104", number)).leaves(Cause.BUSY)
        await asyncio.sleep(300)

    assert states(play(story)) == [("103", "05 10:01", "Error"), ("104", "05 10:01", "Busy")]


def test_snooze_calls_again_ten_minutes_later() -> None:
    """F30: 1 while the time is said."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1030")
        ben = await rung(here, "104")
        ben.pick_up()
        await asyncio.sleep(0.5)
        ben.press("1")
        await here.settled()
        again = await rung(here, "104", 1)
        assert now_s() == pytest.approx(1800 + 600, abs=2)
        again.pick_up()

    assert states(play(story)) == [("104", "05 10:30", "Answered"), ("104", "05 10:40", "Answered")]


def test_many_at_the_same_minute_ring_one_after_the_other() -> None:
    """F30: same minute, many extensions -> stagger."""

    async def story(here: House) -> None:
        for extension in ("101", "103", "104"):
            await dials(here, extension, "*55*1010")
        begins = []
        for extension in ("101", "103", "104"):
            (await rung(here, extension)).pick_up()
            begins.append(now_s())
        assert [round(b - a) for a, b in pairwise(begins)] == [2, 2]

    play(story)


def test_it_can_be_cancelled_until_it_rings() -> None:
    """F32: `*055` cancels all of one's own, and nobody else's."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1010")
        await dials(here, "101", "*55*1010")
        await dials(here, "104", "*055")
        (await rung(here, "101")).pick_up()
        await asyncio.sleep(120)
        assert "104" not in here.rung

    assert [one[0] for one in states(play(story))] == ["101"]


def test_it_cannot_be_picked_up_by_others() -> None:
    """F30 (2.2): wake-up calls are no calls to pick up."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1010")
        ben = await rung(here, "104")
        ben.rings()
        await dials_beside(here, "101", "**104")
        assert ben.state is LegState.RINGING
        ben.pick_up()

    play(story)


async def dials_beside(here: House, extension: str, number: str) -> Telephone:
    leg = here.dials(extension, number)
    await asyncio.sleep(10)
    assert leg.state is LegState.GONE
    return leg


def test_a_telephone_of_nobody_has_no_calls() -> None:
    """F30: no extension, no wake-up call; one that was removed takes its calls along."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1010")
        site = here.settings.site
        here.settings.replace(replace(site, extensions=site.extensions[:2]))
        await asyncio.sleep(900)

    here = play(story)
    assert states(here) == []
    assert "104" not in here.rung


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_done_when_nothing_is_left_over(seed: int) -> None:
    """F30-F32: answers, hang-ups, snoozes, cancels and calls at random moments."""
    chance = random.Random(seed)

    async def story(here: House) -> None:
        for _ in range(6):
            extension = chance.choice(("101", "103", "104"))
            caller = here.dials(extension, chance.choice(("*55", "*055", "*55*1005", "*55*1006", "101", "104")))
            await asyncio.sleep(chance.uniform(0, 5))
            caller.press(chance.choice(("", "1", "2", "3", "11005#", "21", "12460#", "*")))
            await asyncio.sleep(chance.uniform(0, 90))
            for legs in here.rung.values():
                for leg in legs:
                    chance.choice((leg.pick_up, leg.rings, leg.leaves, lambda: None, lambda one=leg: one.press("1")))()
            await asyncio.sleep(chance.uniform(0, 2))
            caller.leaves()
        for extension in ("101", "103", "104"):
            book_of(here).cancel_all(extension)
        for legs in here.rung.values():
            for leg in legs:
                leg.leaves()
        await asyncio.sleep(700)
        for legs in here.rung.values():
            for leg in legs:
                leg.leaves()

    play(story)
