"""French: vingt et un, soixante et onze, quatre-vingt-dix-sept; one in the feminine is une."""

from datetime import date
from datetime import time as Time

from firmware.media.spoken import checked, month, weekday


def number(value: int, *, feminine: bool = False) -> list[str]:
    ids: list[str] = []
    checked(value)
    millions, value = divmod(value, 1_000_000)
    if millions:
        ids += [*below_thousand(millions), "million"]
    thousands, value = divmod(value, 1000)
    if thousands:
        ids += ["thousand"] if thousands == 1 else [*below_thousand(thousands), "thousand"]
    return ids + below_thousand(value, feminine) if value or not ids else ids


def below_thousand(value: int, feminine: bool = False) -> list[str]:
    hundreds, rest = divmod(value, 100)
    ids = ([f"n-{hundreds}"] if hundreds > 1 else []) + (["hundred"] if hundreds else [])
    return ids + below_hundred(rest, feminine) if rest or not ids else ids


def below_hundred(value: int, feminine: bool) -> list[str]:
    one = "n-1f" if feminine else "n-1"
    if value == 1:
        return [one]
    if value <= 20 or (value % 10 == 0):
        return [f"n-{value}"]
    tens, rest = divmod(value, 10)
    if tens in (7, 9):  # sixty-ten, four-twenty-ten
        tens, rest = tens - 1, rest + 10
    join = ["and"] if rest in (1, 11) and tens != 8 else []
    return [f"n-{tens * 10}", *join, one if rest == 1 else f"n-{rest}"]


def day(at: date) -> list[str]:
    return [weekday(at), *(["h-1"] if at.day == 1 else number(at.day)), month(at)]


def year(value: int) -> list[str]:
    return number(value)


def time(at: Time) -> list[str]:
    """dix-sept heures trente; une heure."""
    hour = [*number(at.hour, feminine=True), "hour" if at.hour < 2 else "hours"]
    return [*hour, *number(at.minute)] if at.minute else hour
