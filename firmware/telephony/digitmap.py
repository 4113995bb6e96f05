"""Digit maps: does a string of digits fit a pattern, now or with more digits?

Patterns are read like Asterisk's extension patterns, without the leading `_`:

| Sign | Stands for |
|---|---|
| `0`-`9`, `*`, `#`, a leading `+` | itself |
| `x` | 0-9 |
| `z` | 1-9 |
| `n` | 2-9 |
| `[1-5]`, `[249]` | one of these digits |
| `.` at the end | one or more of anything |

Not responsible for what a fitting number means: `numbering.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

_CLASSES = {"x": "0123456789", "z": "123456789", "n": "23456789"}


class Fit(Enum):
    """How a string stands to a pattern."""

    NO = "does not fit"
    PARTIAL = "too short yet"
    WHOLE = "fits, and nothing longer does"
    LONGER = "fits, and longer strings do too"

    @property
    def fits(self) -> bool:
        return self in (Fit.WHOLE, Fit.LONGER)

    @property
    def may_grow(self) -> bool:
        return self in (Fit.PARTIAL, Fit.LONGER)


def together(fits: Iterable[Fit]) -> Fit:
    """How a string stands to several patterns at once."""
    all_fits = tuple(fits)
    fits_now, may_grow = any(one.fits for one in all_fits), any(one.may_grow for one in all_fits)
    if fits_now:
        return Fit.LONGER if may_grow else Fit.WHOLE
    return Fit.PARTIAL if may_grow else Fit.NO


@dataclass(frozen=True, slots=True)
class DigitMap:
    """A pattern taken apart: the characters allowed at each place, and whether anything may follow."""

    places: tuple[str, ...]
    open_ended: bool

    def fit(self, digits: str) -> Fit:
        """How `digits` stands to the pattern."""
        if any(digit not in allowed for digit, allowed in zip(digits, self.places, strict=False)):
            return Fit.NO
        if len(digits) < len(self.places):
            return Fit.PARTIAL
        beyond = len(digits) > len(self.places)
        if self.open_ended:
            return Fit.LONGER if beyond else Fit.PARTIAL
        return Fit.NO if beyond else Fit.WHOLE


@lru_cache(maxsize=512)
def digit_map(pattern: str) -> DigitMap:
    """Take a pattern apart. Raises ValueError with the reason."""
    places: list[str] = []
    rest = pattern.lower()
    while rest and rest != ".":
        place, rest = _place(pattern, rest)
        places.append(place)
    if not places and not rest:
        raise ValueError("a pattern needs at least one digit or a dot")
    return DigitMap(tuple(places), open_ended=rest == ".")


def literal(digits: str) -> DigitMap:
    """The pattern that only `digits` fits."""
    return DigitMap(tuple(digits), open_ended=False)


def _place(pattern: str, rest: str) -> tuple[str, str]:
    """Characters allowed at the first place of `rest`, and what comes after it."""
    sign = rest[0]
    if sign == "[":
        inside, closed, after = rest[1:].partition("]")
        if not closed:
            raise ValueError(f'"{pattern}": "[" without "]"')
        return _one_of(pattern, inside), after
    if sign == ".":
        raise ValueError(f'"{pattern}": a dot may only stand at the end')
    if sign in _CLASSES:
        return _CLASSES[sign], rest[1:]
    if sign not in "0123456789*#+":
        raise ValueError(
            f'"{pattern}": "{sign}" has no meaning here (allowed: digits * # + x z n [..] and a final dot)'
        )
    return sign, rest[1:]


def _one_of(pattern: str, inside: str) -> str:
    """Digits of a set such as `1-5` or `249` or `1-37`."""
    chosen, index = "", 0
    while index < len(inside):
        first = inside[index]
        ranged = inside[index + 1 : index + 2] == "-"
        last = inside[index + 2 : index + 3] if ranged else first
        if not (first.isdigit() and last.isdigit() and first <= last):
            raise ValueError(f'"{pattern}": "[{inside}]" is no set of digits (allowed: such as [1-5] or [249])')
        chosen += "".join(str(digit) for digit in range(int(first), int(last) + 1))
        index += 3 if ranged else 1
    if not chosen:
        raise ValueError(f'"{pattern}": "[]" is empty')
    return chosen
