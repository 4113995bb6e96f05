"""When a wake-up call comes: from the digits that were dialled to a wall-clock time, and from that to an instant. Pure.

Wall-clock time is what is kept (product.md 2.9): the zone decides at the last moment what instant it is. A time that
summer time leaves out comes an hour later, one that it has twice comes the first time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

LEAP_SPAN = 9
"""Years in which every date comes at least once (29 February may be left out at a century)."""


class NoSuchTime(ValueError):
    """The digits name no time; the message says which are allowed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`local` is naive. `years_on`: how many years after this one it lies."""

    local: datetime
    years_on: int = 0


def wanted(digits: str, now: datetime) -> Wanted:
    """The next time that HHMM or MMDDHHMM names, after the naive local time `now`. Raises NoSuchTime."""
    if not (digits.isdecimal() and digits.isascii() and len(digits) in (4, 8)):
        raise NoSuchTime(f'"{digits}" is no time (allowed: HHMM or MMDDHHMM)')
    at = _time(digits[-4:])
    if len(digits) == 4:
        today = datetime.combine(now.date(), at)
        return Wanted(today if today > now else today + timedelta(days=1))
    for year in range(now.year, now.year + LEAP_SPAN):
        try:
            local = datetime.combine(datetime(year, int(digits[:2]), int(digits[2:4])), at)
        except ValueError:
            continue
        if local > now:
            return Wanted(local, year - now.year)
    raise NoSuchTime(f'"{digits[:4]}" is no day (allowed: MMDD)')


def _time(digits: str) -> time:
    try:
        return time(int(digits[:2]), int(digits[2:]))
    except ValueError:
        raise NoSuchTime(f'"{digits}" is no time of day (allowed: 0000 to 2359)') from None


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in `zone` show this naive time, in UTC."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def shown(local: datetime, zone: ZoneInfo) -> datetime:
    """What clocks show at that moment: the time itself, but for one that summer time leaves out."""
    return instant(local, zone).astimezone(zone)
