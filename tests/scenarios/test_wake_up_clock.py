"""Wake-up calls and the clock (F30, F31): days, summer time, zones, restarts, no clock at all."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.component.house import House
from tests.scenarios.wakeups import book_of, dials, now_s, play, rung, states
from tests.virtual import START


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
