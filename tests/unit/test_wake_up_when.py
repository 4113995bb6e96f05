"""Digits to wall-clock times, wall-clock times to instants (F30, F31): leap days, summer time, years."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.clock import is_set
from firmware.features.wake_up.when import NoSuchTime, Wanted, instant, shown, wanted

NOW = datetime(2026, 3, 1, 7, 30)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("03010731", Wanted(datetime(2026, 3, 1, 7, 31))),
        ("03010730", Wanted(datetime(2027, 3, 1, 7, 30), 1)),  # now is over
        ("02281200", Wanted(datetime(2027, 2, 28, 12, 0), 1)),
        ("12312359", Wanted(datetime(2026, 12, 31, 23, 59))),
        ("02290600", Wanted(datetime(2028, 2, 29, 6, 0), 2)),  # the next leap year
        ("0731", Wanted(datetime(2026, 3, 1, 7, 31))),
        ("0730", Wanted(datetime(2026, 3, 2, 7, 30))),
        ("0000", Wanted(datetime(2026, 3, 2, 0, 0))),
    ],
)
def test_the_next_time_that_is_named(digits: str, expected: Wanted) -> None:
    """F31: MMDDHHMM; past date: next year; HHMM: today or tomorrow."""
    assert wanted(digits, NOW) == expected


@pytest.mark.parametrize(
    "digits", ["13010730", "02300730", "03012460", "2460", "0060", "00010730", "03000730", "04310000"]
)
def test_what_no_calendar_and_no_clock_has(digits: str) -> None:
    """F31: invalid 13xx, 0230, 2460 refused."""
    with pytest.raises(NoSuchTime, match="allowed"):
        wanted(digits, NOW)


@given(st.text("0123456789*#٣", max_size=10))
def test_other_digits_are_refused_or_lie_ahead(digits: str) -> None:
    try:
        assert wanted(digits, NOW).local > NOW
    except NoSuchTime:
        return
    assert len(digits) in (4, 8)


def test_a_leap_day_is_found_across_a_century() -> None:
    assert wanted("02290600", datetime(2096, 3, 1, 0, 0)).local.year == 2104


def test_summer_time_leaves_out_an_hour_and_has_another_twice() -> None:
    """F31: DST gap 0230 on 29 March -> 03:30 CEST; fold -> first occurrence."""
    gap, fold = datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)
    assert shown(gap, BERLIN).isoformat() == "2026-03-29T03:30:00+02:00"
    assert instant(gap, BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert instant(fold, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert shown(fold, BERLIN).fold == 0


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
)
def test_every_time_comes_within_an_hour_of_what_clocks_show(local: datetime, zone: str) -> None:
    at = shown(local, ZoneInfo(zone)).replace(tzinfo=None)
    assert timedelta() <= at - local <= timedelta(hours=1)


def test_a_clock_that_was_never_set() -> None:
    """F30: no RTC."""
    assert not is_set(datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
    assert is_set(datetime(2026, 1, 5, tzinfo=UTC))
