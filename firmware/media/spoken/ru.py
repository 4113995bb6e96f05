"""Russian: один and два agree with what is counted, and what is counted with the number (час, часа, часов)."""

from datetime import date
from datetime import time as Time

from firmware.media.spoken import checked, month, weekday


def number(value: int, *, feminine: bool = False) -> list[str]:
    ids: list[str] = []
    checked(value)
    millions, value = divmod(value, 1_000_000)
    if millions:
        ids += counted(millions, "million", feminine=False)
    thousands, value = divmod(value, 1000)
    if thousands:
        ids += counted(thousands, "thousand", feminine=True)
    return ids + below_thousand(value, feminine) if value or not ids else ids


def counted(value: int, word: str, *, feminine: bool) -> list[str]:
    """A number below a thousand with the right form of what it counts."""
    return [*below_thousand(value, feminine), word + form(value)]


def form(value: int) -> str:
    """Ending of the word id: "" after 1, "-2" after 2 to 4, "-5" after 5 to 20 and 0."""
    ones, tens = value % 10, value % 100 // 10
    if tens == 1 or ones == 0 or ones >= 5:
        return "-5"
    return "" if ones == 1 else "-2"


def below_thousand(value: int, feminine: bool) -> list[str]:
    hundreds, rest = divmod(value, 100)
    ids = ["hundred"] if hundreds == 1 else [f"n-{hundreds * 100}"] if hundreds else []
    if not rest and ids:
        return ids
    if rest > 20:
        ids.append(f"n-{rest // 10 * 10}")
        rest %= 10
    if not rest and ids:
        return ids
    return [*ids, f"n-{rest}f" if feminine and rest in (1, 2) else f"n-{rest}"]


def day(at: date) -> list[str]:
    return [weekday(at), f"h-{at.day}", month(at)]


def year(value: int) -> list[str]:
    return number(value)


def time(at: Time) -> list[str]:
    """семнадцать часов тридцать минут."""
    hour = counted(at.hour, "hour", feminine=False)
    return [*hour, *counted(at.minute, "minute", feminine=True)] if at.minute else hour
