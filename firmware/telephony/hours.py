"""Schedules: is the office open at this moment?

Compares wall-clock time in the site's zone, so a change to summer time moves nothing.
Not responsible for what opening hours lead to (`inbound.py`, `outbound.py`).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from firmware.telephony.site import Hours

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_FULL_DAY_MIN = 24 * 60
_DAYS = re.compile(rf"^({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?$")
_PERIOD = re.compile(r"^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")
_ALLOWED = "allowed: such as mo-fr 09:00-12:00 13:00-18:00, sa 10:00-13:00"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_min` up to but without `end_min`, minutes since midnight; an end before the start is next day."""

    days: frozenset[int]  # 0 = Monday
    start_min: int
    end_min: int

    def holds(self, day: int, minute: int) -> bool:
        """Whether the minute of that day lies in a period that began on the same day."""
        overnight = self.end_min <= self.start_min
        return day in self.days and self.start_min <= minute < (_FULL_DAY_MIN if overnight else self.end_min)

    def holds_over_midnight(self, day: int, minute: int) -> bool:
        """Whether the minute of that day lies in a period that began the day before."""
        return self.end_min <= self.start_min and (day - 1) % 7 in self.days and minute < self.end_min


@dataclass(frozen=True, slots=True)
class Schedule:
    periods: tuple[Period, ...]
    holidays: frozenset[date]


@lru_cache(maxsize=64)
def schedule(hours: Hours) -> Schedule:
    """Read a schedule of the site file. Raises ValueError with the reason."""
    return Schedule(periods(hours.weekdays), frozenset(date.fromisoformat(day) for day in hours.holidays))


def open_at(plan: Schedule, at: datetime, zone: ZoneInfo) -> bool:
    """Whether the schedule is open at an aware instant. A holiday closes it from midnight to midnight."""
    local = at.astimezone(zone)
    today, minute = local.date(), local.hour * 60 + local.minute
    if today in plan.holidays:
        return False
    yesterday_closed = today - timedelta(days=1) in plan.holidays
    return any(
        one.holds(today.weekday(), minute)
        or (not yesterday_closed and one.holds_over_midnight(today.weekday(), minute))
        for one in plan.periods
    )


def periods(text: str) -> tuple[Period, ...]:
    """Read `mo-fr 09:00-12:00 13:00-18:00, sa,su 10:00-13:00`. Raises ValueError with the reason."""
    found: list[Period] = []
    days: set[int] = set()
    for part in text.lower().split(","):
        names, *times = part.split() or [""]
        days |= _days(text, names)
        if times:
            found += [Period(frozenset(days), *_minutes(text, time)) for time in times]
            days = set()
    if days:
        raise ValueError(f'"{text}": days without a time ({_ALLOWED})')
    return tuple(found)


def _days(text: str, names: str) -> set[int]:
    match = _DAYS.match(names)
    if not match:
        raise ValueError(f'"{text}": "{names}" names no days ({_ALLOWED})')
    first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
    return {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}


def _minutes(text: str, time: str) -> tuple[int, int]:
    match = _PERIOD.match(time)
    if match:
        start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if start < _FULL_DAY_MIN and end <= _FULL_DAY_MIN and int(match[2]) < 60 and int(match[4]) < 60:
            return start, end
    raise ValueError(f'"{text}": "{time}" is no time of day ({_ALLOWED})')
