"""What a call to an outside number costs: as any other, abroad, or at a price of its own (security.md 4). Pure.

What is dialled and what is sent both count, the worse of the two: a rule may put a prefix in front. Not responsible
for who may call it: `limits.py`.
"""

from dataclasses import dataclass
from enum import IntEnum

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberType

from firmware.telephony.country import load_country

WORLDWIDE = ("+870", "+881", "+882", "+883", "+979")  # satellites, networks, premium rate (ITU-T E.164 Annex D)
SHORTEST_ABROAD = 9  # digits of a number that begins with the code of another country, without + or 00
LONGEST_HOME = 10  # a longer one that the country's plan does not know is taken for one abroad


class Kind(IntEnum):
    """The worse, the higher."""

    NATIONAL = 0
    INTERNATIONAL = 1
    PREMIUM = 2


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """`region`: where an international call goes, ISO 3166; "" when that is not known."""

    kind: Kind
    region: str = ""


def cost_of(dialled: str, sent: str, country: str) -> Cost:
    """The cost of a call: `dialled` after the prefix, `sent` to the trunk. `country`: where the box stands."""
    return max(_cost(dialled, country), _cost(sent, country))


def _cost(number: str, country: str) -> Cost:
    if number.startswith(load_country(country).premium):
        return Cost(Kind.PREMIUM)
    abroad = number.startswith(("+", "00"))
    try:
        parsed = phonenumbers.parse(f"+{number.lstrip('+0')}" if abroad else number, country)
    except phonenumbers.NumberParseException:
        return Cost(Kind.INTERNATIONAL if abroad else Kind.NATIONAL)
    return _cost_of_parsed(parsed, number, country)


def _cost_of_parsed(parsed: PhoneNumber, number: str, country: str) -> Cost:
    if f"+{parsed.country_code}{parsed.national_number}".startswith(WORLDWIDE):
        return Cost(Kind.PREMIUM)
    if phonenumbers.number_type(parsed) == PhoneNumberType.PREMIUM_RATE:
        return Cost(Kind.PREMIUM)
    region = phonenumbers.region_code_for_number(parsed) or ""
    if parsed.country_code != phonenumbers.country_code_for_region(country):
        return Cost(Kind.INTERNATIONAL, region)
    if parsed.country_code == 1 and region not in ("", country):  # the Caribbean is dialled as any other area
        return Cost(Kind.INTERNATIONAL, region)
    return _bare(number, country) if not _is_home(parsed, number, country) else Cost(Kind.NATIONAL)


def _is_home(parsed: PhoneNumber, number: str, country: str) -> bool:
    """Whether the number is written as at home. Where that is with a leading 0, one without may be from abroad."""
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is not None and metadata.national_prefix == "0":
        return number.startswith(("0", "+")) or len(number) < SHORTEST_ABROAD
    return phonenumbers.is_possible_number(parsed) or len(number) <= LONGEST_HOME


def _bare(number: str, country: str) -> Cost:
    """A number with no sign of where it goes: many trunks take `4420…` for `+4420…`."""
    try:
        parsed = phonenumbers.parse(f"+{number}")
    except phonenumbers.NumberParseException:
        return Cost(Kind.NATIONAL)
    home = parsed.country_code == phonenumbers.country_code_for_region(country)
    if home or not phonenumbers.is_possible_number(parsed):
        return Cost(Kind.NATIONAL)
    return max(Cost(Kind.INTERNATIONAL), _cost(f"+{number}", country))
