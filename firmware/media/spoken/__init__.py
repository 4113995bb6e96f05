"""How each language says numbers, dates and times: pure, as lists of word ids of the prompt catalogue.

One module a language; the listing of this folder is the list of languages. A module offers the functions of `Grammar`.
Not responsible for sound: `firmware.media.prompts` turns ids into files.
"""

import importlib
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Final, Protocol, cast

NUMBER_MAX: Final = 999_999_999
SIGNS: Final = {"*": "star", "#": "hash", ".": "dot", ":": "colon", "/": "slash", "+": "plus", "-": "minus"}


class Grammar(Protocol):
    """What a module of this folder offers."""

    def number(self, value: int, *, feminine: bool = False) -> list[str]:
        """A cardinal, 0 to NUMBER_MAX; `feminine` where what is counted is."""

    def day(self, at: date) -> list[str]:
        """Weekday, day and month."""

    def year(self, value: int) -> list[str]:
        """The year of a date, as it follows the month."""

    def time(self, at: time) -> list[str]:
        """Hour and minute."""


def languages() -> list[str]:
    """Codes of all languages, in alphabetical order."""
    return sorted(path.stem for folder in __path__ for path in Path(folder).glob("??.py"))


@cache
def grammar(language: str) -> Grammar:
    """The grammar of a language. Raises ValueError naming those that exist."""
    if language not in languages():
        raise ValueError(f"language {language!r} is not there; there are {', '.join(languages())}")
    return cast(Grammar, importlib.import_module(f"{__name__}.{language}"))


def digits(text: str) -> list[str]:
    """A dial string or address, character by character: 0-9 a-f and * # . : / + -; others are passed over."""
    ids = []
    for char in text.lower():
        if char.isdecimal() and char.isascii():
            ids.append(f"n-{char}")
        elif char in "abcdef":
            ids.append(f"letter-{char}")
        elif char in SIGNS:
            ids.append(SIGNS[char])
    return ids


def checked(value: int) -> int:
    """The value, or ValueError when it is outside what any grammar says."""
    if not 0 <= value <= NUMBER_MAX:
        raise ValueError(f"number {value} cannot be said; 0 to {NUMBER_MAX} can")
    return value


def weekday(at: date) -> str:
    """Word id of the weekday; the catalogue counts from Sunday, as its recordings do."""
    return f"day-{at.isoweekday() % 7}"


def month(at: date) -> str:
    return f"mon-{at.month - 1}"
