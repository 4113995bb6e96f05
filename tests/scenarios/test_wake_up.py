"""Wake-up calls (F30-F32): told as the people at the telephones notice it.

The day begins at 09:00 UTC, 10:00 in Berlin.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace

from firmware.calls.leg import Cause, LegState
from firmware.features.wake_up.book import Book
from firmware.telephony.records import Status
from tests.component.house import House, Telephone, house
from tests.virtual import START, VirtualClock, run_virtual

SITE = """
version: 1
site: {country: DE, language: en, timezone: Europe/Berlin}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, dnd: true, forward: {always: "104"}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, voicemail: {pin: "8215"}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
emergency: {trunks: [line1]}
"""


def play(
    story: Callable[[House], Awaitable[None]], *, before: House | None = None, start: datetime = START,
    text: str = SITE,
) -> House:  # fmt: skip
    async def main() -> House:
        async with house(text, before=before, clock=VirtualClock(start)) as here:
            await story(here)
        return here

    return run_virtual(main, limit_s=10 * 86_400)


async def dials(here: House, extension: str, number: str) -> list[str]:
    """What the telephone hears until it is hung up."""
    here.media.said.clear()
    here.dials(extension, number)
    await here.settled()
    return list(here.media.said)


def states(here: House) -> list[tuple[str, str, str]]:
    kept = sorted(here.kept["wake-ups"].values(), key=lambda one: (one.local, one.extension))
    return [(one.extension, f"{one.local:%d %H:%M}", one.state.value) for one in kept]


async def rung(here: House, extension: str, number: int = 0) -> Telephone:
    """The extension's telephone, once it has been rung that often."""
    return await here.telephone(extension, number, within_s=2 * 3600)


def now_s() -> float:
    return asyncio.get_running_loop().time()


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


def test_four_digits_are_today_or_tomorrow() -> None:
    """F31: `*55*` with 4 digits."""

    async def story(here: House) -> None:
        assert await dials(here, "104", "*55*1001") == ["wake-set-for+01-05+10:01"]
        assert await dials(here, "104", "*55*0959") == ["wake-set-for+01-06+09:59"]
        book_of(here).cancel_all("104")

    play(story)


def test_a_day_that_is_over_comes_next_year_and_that_is_said() -> None:
    """F31: past date -> next year, said aloud; 0229 -> next leap year."""

    async def story(here: House) -> None:
        assert await dials(here, "104", "*55*01040700") == ["wake-next-year+wake-set-for+2027-01-04+07:00"]
        assert await dials(here, "104", "*55*02290700") == ["wake-set-for+2028-02-29+07:00"]
        assert await dials(here, "104", "*055") == ["wake-all-cancelled"]
        assert await dials(here, "104", "*055") == ["wake-none"]

    assert states(play(story)) == []


@pytest.mark.parametrize("digits", ["13010730", "02300730", "2460", "123", "123456789"])
def test_times_that_do_not_exist_are_refused(digits: str) -> None:
    """F31: invalid 13xx, 0230, 2460, wrong number of digits."""

    async def story(here: House) -> None:
        assert await dials(here, "104", f"*55*{digits}") == ["wake-invalid"]

    assert states(play(story)) == []


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
    """F30: rings 3 times 30 s, 60 s apart; then not answered; the mailbox takes none of it."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1001")
        for number in range(3):
            ben = await rung(here, "104", number)
            assert now_s() == pytest.approx(60 + number * 90, abs=0.2)
            ben.rings()
        await here.settled()
        await asyncio.sleep(300)
        assert len(here.rung["104"]) == 3

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


def test_summer_time_moves_a_time_that_does_not_exist() -> None:
    """F31: gap 0230 on 29 March -> 03:30 CEST, which is what is read back."""

    async def story(here: House) -> None:
        assert await dials(here, "104", "*55*0230") == ["wake-set-for+03-29+03:30"]
        (await rung(here, "104")).pick_up()
        assert here.clock.now() - datetime(2026, 3, 29, 1, 30, tzinfo=UTC) < timedelta(seconds=1)
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "wake-this-is+03:30+wake-snooze"

    play(story, start=datetime(2026, 3, 29, 0, 0, tzinfo=UTC))


def test_another_time_zone_counts_at_once() -> None:
    """F30: wall-clock time is kept, the zone decides when it is."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1030")
        site = here.settings.site
        here.settings.replace(replace(site, site=replace(site.site, timezone="Europe/London")))
        (await rung(here, "104")).pick_up()
        assert now_s() == pytest.approx(5400, abs=1)

    play(story)


def test_a_box_without_a_clock_sets_and_makes_no_calls() -> None:
    """F30: no RTC: does not fire until the time is sane."""
    set_up = play(lambda here: asked(here, "*55*1030"))

    async def story(here: House) -> None:
        assert await dials(here, "104", "*55*1100") == ["wake-no-clock"]
        await asyncio.sleep(3600)
        assert here.rung == {}
        here.clock._start = START + timedelta(minutes=89) - timedelta(seconds=now_s())  # the network tells the time
        await asyncio.sleep(120)
        assert here.rung == {}  # by 10:30 it was not known, now it is 59 minutes too late

    assert states(play(story, before=set_up, start=datetime(1970, 1, 1, tzinfo=UTC))) == [("104", "05 10:30", "Missed")]


async def asked(here: House, number: str) -> None:
    await dials(here, "104", number)


def test_the_clock_is_set_while_calls_wait() -> None:
    """F30: the time becomes known just before the call is due."""
    set_up = play(lambda here: asked(here, "*55*1030"))

    async def story(here: House) -> None:
        await asyncio.sleep(600)
        here.clock._start = START + timedelta(minutes=29) - timedelta(seconds=now_s())
        (await rung(here, "104")).pick_up()
        assert timedelta(minutes=30) <= here.clock.now() - START < timedelta(minutes=31, seconds=1)

    play(story, before=set_up, start=datetime(1970, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("late_minutes", "state"), [(9, "Answered"), (11, "Missed")])
def test_after_a_restart_a_call_is_made_up_to_ten_minutes_late(late_minutes: int, state: str) -> None:
    """F30: missed by at most 10 min after reboot -> fires, else marked missed."""
    set_up = play(lambda here: asked(here, "*55*1030"))

    async def story(here: House) -> None:
        if state == "Answered":
            (await rung(here, "104")).pick_up()
        await asyncio.sleep(60)
        assert ("104" in here.rung) == (state == "Answered")

    here = play(story, before=set_up, start=START + timedelta(minutes=30 + late_minutes))
    assert states(here)[0][2] == state


def test_the_list_forgets_after_a_week() -> None:
    """F30: the admin list keeps states for a while."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1001")
        (await rung(here, "104")).pick_up()
        await asyncio.sleep(60)
        assert [one.state.value for one in book_of(here).all()] == ["Answered"]
        await asyncio.sleep(8 * 86_400)
        await dials(here, "104", "*55*1001")
        await asyncio.sleep(120)
        assert len(book_of(here).all()) == 1
        await dials(here, "104", "*055")

    play(story)


def book_of(here: House) -> Book:
    """What the portal acts on."""
    book = here.exchange.features.offers["wake-up"]
    assert isinstance(book, Book)
    return book


def test_a_telephone_of_nobody_has_no_calls() -> None:
    """F30: no extension, no wake-up call; an extension that was removed is an error."""

    async def story(here: House) -> None:
        await dials(here, "104", "*55*1010")
        site = here.settings.site
        here.settings.replace(replace(site, extensions=site.extensions[:2]))
        await asyncio.sleep(900)

    assert states(play(story)) == [("104", "05 10:10", "Error")]


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
