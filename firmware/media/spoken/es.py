"""Spanish: veintiuno to veintinueve are words, then treinta y uno; cien alone, ciento before more."""

from datetime import date
from datetime import time as Time

from firmware.media.spoken import checked, month, weekday


def number(value: int, *, feminine: bool = False) -> list[str]:
    ids: list[str] = []
    checked(value)
    millions, value = divmod(value, 1_000_000)
    if millions:
        ids += ["n-1m", "million"] if millions == 1 else [*below_thousand(millions), "millions"]
    thousands, value = divmod(value, 1000)
    if thousands:
        ids += ["thousand"] if thousands == 1 else [*below_thousand(thousands), "thousand"]
    return ids + below_thousand(value, feminine) if value or not ids else ids


def below_thousand(value: int, feminine: bool = False) -> list[str]:
    hundreds, rest = divmod(value, 100)
    if value == 100:
        return ["hundred"]
    ids = ["hundred-and"] if hundreds == 1 else [f"n-{hundreds * 100}"] if hundreds else []
    if not rest and ids:
        return ids
    one = "n-1f" if feminine else "n-1"
    if rest < 30 or rest % 10 == 0:
        return [*ids, one if rest == 1 else f"n-{rest}"]
    return [*ids, f"n-{rest // 10 * 10}", "and", one if rest % 10 == 1 else f"n-{rest % 10}"]


def day(at: date) -> list[str]:
    return [weekday(at), *(["h-1"] if at.day == 1 else number(at.day)), "of", month(at)]


def year(value: int) -> list[str]:
    return ["of", *number(value)]


def time(at: Time) -> list[str]:
    """diecisiete horas treinta minutos; una hora."""
    hour = [*number(at.hour, feminine=True), "hour" if at.hour == 1 else "hours"]
    if not at.minute:
        return hour
    return [*hour, *(["n-1m", "minute"] if at.minute == 1 else [*number(at.minute), "minutes"])]
