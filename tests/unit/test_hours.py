"""Schedules of the site file."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.telephony.hours import open_at, periods, schedule
from firmware.telephony.site import Hours

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = schedule(Hours(weekdays="mo-fr 09:00-18:00", holidays=("2026-12-25",)))
SHOP = schedule(Hours(weekdays="mo-fr 09:00-12:00 13:00-18:00, sa,su 10:00-13:00"))
BAR = schedule(Hours(weekdays="fr-sa 22:00-06:00", holidays=("2026-12-26",)))
ALWAYS = schedule(Hours(weekdays="mo-su 00:00-24:00"))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-12-24 08:59", False),
        ("2026-12-24 09:00", True),
        ("2026-12-24 17:59:59", True),
        ("2026-12-24 18:00", False),
        ("2026-12-25 10:00", False),  # a holiday
        ("2026-12-26 10:00", False),  # Saturday
        ("2026-03-30 09:00", True),  # the first Monday of summer time
        ("2026-10-26 09:00", True),  # and of winter time
    ],
)
def test_office(at: str, is_open: bool) -> None:
    assert open_at(OFFICE, berlin(at), BERLIN) is is_open
    assert open_at(OFFICE, berlin(at).astimezone(UTC), BERLIN) is is_open


@pytest.mark.parametrize(
    ("at", "is_open"),
    [("2026-06-05 12:30", False), ("2026-06-05 13:00", True), ("2026-06-07 10:30", True), ("2026-06-07 13:00", False)],
)
def test_several_periods(at: str, is_open: bool) -> None:
    assert open_at(SHOP, berlin(at), BERLIN) is is_open


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-06-05 21:59", False),
        ("2026-06-05 23:00", True),
        ("2026-06-06 05:59", True),
        ("2026-06-06 06:00", False),
        ("2026-06-07 05:00", True),
        ("2026-06-08 05:00", False),
        ("2026-12-26 01:00", False),  # the holiday closes what began the day before
        ("2026-12-27 01:00", False),  # and what would have begun on it
    ],
)
def test_over_midnight(at: str, is_open: bool) -> None:
    assert open_at(BAR, berlin(at), BERLIN) is is_open


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "mo-fr",
        "mo-fr 9-18",
        "xx 09:00-18:00",
        "mo 25:00-26:00",
        "mo 09:60-10:00",
        "mo 09:00-18:00,",
        "mo 24:00-06:00",
    ],
)
def test_bad_schedules_say_what_is_allowed(bad: str) -> None:
    with pytest.raises(ValueError, match="allowed: such as"):
        periods(bad)


def test_days_wrap_around_the_week() -> None:
    assert periods("sa-mo 10:00-11:00")[0].days == {5, 6, 0}


@given(st.integers(0, 60 * 24 * 365 * 3), st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]))
def test_always_open_has_no_gap_whatever_the_clocks_do(minute: int, zone: str) -> None:
    assert open_at(ALWAYS, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute), ZoneInfo(zone))
