"""English, as in the United States: no "and" in numbers, twelve hours with a m and p m."""

from datetime import date
from datetime import time as Time

from firmware.media.spoken import checked, month, weekday


def number(value: int, *, feminine: bool = False) -> list[str]:
    ids: list[str] = []
    checked(value)
    for size, word in ((1_000_000, "million"), (1000, "thousand")):
        if value >= size:
            ids += [*below_thousand(value // size), word]
            value %= size
    return ids + below_thousand(value) if value or not ids else ids


def below_thousand(value: int) -> list[str]:
    hundreds, rest = divmod(value, 100)
    ids = [f"n-{hundreds}", "hundred"] if hundreds else []
    if rest > 20 and rest % 10:
        return [*ids, f"n-{rest // 10 * 10}", f"n-{rest % 10}"]
    return [*ids, f"n-{rest}"] if rest or not ids else ids


def day(at: date) -> list[str]:
    return [weekday(at), month(at), *ordinal(at.day)]


def ordinal(value: int) -> list[str]:
    """first … thirty-first."""
    return [f"h-{value}"] if value <= 20 or value == 30 else [f"n-{value // 10 * 10}", f"h-{value % 10}"]


def year(value: int) -> list[str]:
    """2026: twenty twenty-six; 2005: two thousand five."""
    high, low = divmod(value, 100)
    if low < 10 or not 10 <= high < 100:
        return number(value)
    return [*number(high), *number(low)]


def time(at: Time) -> list[str]:
    hour = [f"n-{at.hour % 12 or 12}"]
    minute = ["oclock"] if not at.minute else ["oh", f"n-{at.minute}"] if at.minute < 10 else number(at.minute)
    return [*hour, *minute, "am" if at.hour < 12 else "pm"]
