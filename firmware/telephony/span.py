"""A span of numbers with as many digits each, such as 100-899.

Not responsible for what the numbers are used for: `numbering.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from firmware.telephony.digitmap import Fit


@dataclass(frozen=True, slots=True)
class Span:
    """First and last number, both included."""

    first: str
    last: str

    def __contains__(self, number: str) -> bool:
        return number.isdigit() and len(number) == len(self.first) and self.first <= number <= self.last

    def numbers(self) -> Iterator[str]:
        """Every number, lowest first."""
        return (str(number).zfill(len(self.first)) for number in range(int(self.first), int(self.last) + 1))

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def fit(self, digits: str) -> Fit:
        """Whether `digits` is a number of the span, or the beginning of one."""
        if digits in self:
            return Fit.WHOLE
        missing = len(self.first) - len(digits)
        if missing <= 0 or not (digits.isdigit() or not digits):
            return Fit.NO
        begins_within = digits + "9" * missing >= self.first and digits + "0" * missing <= self.last
        return Fit.PARTIAL if begins_within else Fit.NO


def span(text: str) -> Span:
    """Read `100-899`. Raises ValueError with the reason."""
    first, _, last = text.partition("-")
    if len(first) != len(last):
        raise ValueError(f'"{text}": both numbers need as many digits')
    if first > last:
        raise ValueError(f'"{text}": the first number is higher than the last')
    return Span(first, last)
