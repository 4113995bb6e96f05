"""The blacklist: is this caller on it, however the number is written (product.md 2.5)?

Not responsible for what happens to the call then (`inbound.py`).
"""

import re
from collections.abc import Iterable
from typing import Literal

import phonenumbers

Match = Literal["national", "last7"]
"""How numbers are compared: as whole numbers, or by their last seven digits."""

_NO_DIGIT = re.compile(r"[^0-9*+]")
_SHORTEST = 5
"""A shorter number is compared as it is: it has no other spelling."""
_SHORTEST_INTERNATIONAL = 9
"""A number of this length that begins with the country's code, without +, is taken for an international one too."""


_LAST = 7


def listed(caller: str, entries: Iterable[str], country: str, match: Match = "national") -> str | None:
    """The entry that the caller's number fits, None when there is none or no number.

    +49 30 123456, 0049 30 123456, 030 123456 and 4930123456 are one number to a box in `country` (ISO 3166).
    `match` "last7": numbers whose last seven digits are the same are one number too, wildcards are not.
    """
    if not any(sign.isdigit() for sign in caller):
        return None
    names = spellings(caller, country)
    tail = _tail(caller) if match == "last7" else None
    return next((entry for entry in entries if _fits(_NO_DIGIT.sub("", entry), names) or _ends(entry, tail)), None)


def _ends(entry: str, tail: str | None) -> bool:
    return tail is not None and _tail(entry) == tail


def _tail(number: str) -> str | None:
    """The last seven digits; None: there are fewer, or a wildcard has no end."""
    digits = "".join(sign for sign in number if sign.isdecimal())
    return digits[-_LAST:] if len(digits) >= _LAST and not number.endswith("*") else None


def same_number(one: str, other: str, country: str) -> bool:
    """Whether both are the same outside number."""
    return bool(one and other) and not spellings(one, country).isdisjoint(spellings(other, country))


def is_valid(number: str, country: str) -> bool:
    """Whether the country's numbering plan, or that of the country code that it begins with, has such numbers."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, country))
    except phonenumbers.NumberParseException:
        return False


def normal(number: str, country: str) -> str:
    """One spelling for all: +49301234567 where the number is valid, else its digits; a final `*` stays."""
    plain = _NO_DIGIT.sub("", number)
    if not is_valid(plain, country):
        return plain
    parsed = phonenumbers.parse(plain, country)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def spellings(number: str, country: str) -> frozenset[str]:
    """Every way in which networks write this number."""
    plain = _NO_DIGIT.sub("", number)
    if len(plain) < _SHORTEST:
        return frozenset({plain})
    country_code = str(phonenumbers.country_code_for_region(country))
    attempts = [plain]
    if plain.startswith("00"):
        attempts.append(f"+{plain[2:]}")
    elif plain.startswith(country_code) and len(plain) >= _SHORTEST_INTERNATIONAL:
        attempts.append(f"+{plain}")
    return frozenset({plain}).union(*(_spelt(attempt, country) for attempt in attempts))


def _spelt(number: str, country: str) -> set[str]:
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return set()
    international = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
    spelt = {international, f"+{international}", f"00{international}"}
    if parsed.country_code == phonenumbers.country_code_for_region(country):
        national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
        spelt.add(_NO_DIGIT.sub("", national))
    return spelt


def _fits(entry: str, names: frozenset[str]) -> bool:
    if entry.endswith("*"):
        return any(name.startswith(entry[:-1]) for name in names)
    return entry in names
