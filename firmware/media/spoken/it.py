"""Italian: ventuno and ventotto lose a vowel and are words of their own; mille, duemila."""

from datetime import date
from datetime import time as Time

from firmware.media.spoken import checked, month, weekday


def number(value: int, *, feminine: bool = False) -> list[str]:
    ids: list[str] = []
    checked(value)
    millions, value = divmod(value, 1_000_000)
    if millions:
        ids += ["million"] if millions == 1 else [*below_thousand(millions), "millions"]
    thousands, value = divmod(value, 1000)
    if thousands:
        ids += ["thousand"] if thousands == 1 else [*below_thousand(thousands), "thousands"]
    if value == 1 and feminine and not ids:
        return ["n-1f"]
    return ids + below_thousand(value) if value or not ids else ids


def below_thousand(value: int) -> list[str]:
    hundreds, rest = divmod(value, 100)
    ids = ([f"n-{hundreds}"] if hundreds > 1 else []) + (["hundred"] if hundreds else [])
    if not rest and ids:
        return ids
    if rest <= 20 or rest % 10 in (0, 1, 8):
        return [*ids, f"n-{rest}"]
    return [*ids, f"n-{rest // 10 * 10}", f"n-{rest % 10}"]


def day(at: date) -> list[str]:
    return [weekday(at), *(["h-1"] if at.day == 1 else number(at.day)), month(at)]


def year(value: int) -> list[str]:
    return number(value)


def time(at: Time) -> list[str]:
    """ore diciassette e trenta; ore una."""
    hour = ["hours", *number(at.hour, feminine=True)]
    return [*hour, "and", *number(at.minute)] if at.minute else hour
