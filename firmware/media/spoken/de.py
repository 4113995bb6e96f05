"""German: numbers below a hundred are one word each (einundzwanzig), so each is a file of its own."""

from datetime import date
from datetime import time as Time

from firmware.media.spoken import checked, month, weekday


def number(value: int, *, feminine: bool = False) -> list[str]:
    ids: list[str] = []
    checked(value)
    millions, value = divmod(value, 1_000_000)
    if millions:
        ids += ["a-million"] if millions == 1 else [*below_thousand(millions), "million"]
    thousands, value = divmod(value, 1000)
    if thousands:
        ids += ["a-thousand"] if thousands == 1 else [*below_thousand(thousands), "thousand"]
    if value == 1 and feminine and not ids:
        return ["n-1f"]
    return ids + below_thousand(value) if value or not ids else ids


def below_thousand(value: int) -> list[str]:
    hundreds, rest = divmod(value, 100)
    ids = [f"n-{hundreds * 100}"] if hundreds else []
    return [*ids, f"n-{rest}"] if rest or not ids else ids


def day(at: date) -> list[str]:
    return [weekday(at), f"h-{at.day}", month(at)]


def year(value: int) -> list[str]:
    return number(value)


def time(at: Time) -> list[str]:
    """siebzehn Uhr dreißig; ein Uhr."""
    hour = ["one-oclock"] if at.hour == 1 else [f"n-{at.hour}", "oclock"]
    return [*hour, f"n-{at.minute}"] if at.minute else hour
