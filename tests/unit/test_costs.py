"""What numbers cost, as people and thieves write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.telephony.costs import Cost, Kind, cost_of
from firmware.telephony.country import country_codes

HOME, PREMIUM, ABROAD = Cost(Kind.NATIONAL), Cost(Kind.PREMIUM), Cost(Kind.INTERNATIONAL)


def abroad(region: str) -> Cost:
    return Cost(Kind.INTERNATIONAL, region)


@pytest.mark.parametrize(
    ("country", "number", "cost"),
    [
        ("DE", "030123456", HOME),
        ("DE", "01701234567", HOME),
        ("DE", "+4930123456", HOME),
        ("DE", "004930123456", HOME),
        ("DE", "123456", HOME),
        ("DE", "116117", HOME),
        ("DE", "0044 2079460000".replace(" ", ""), abroad("GB")),
        ("DE", "+442079460000", abroad("GB")),
        ("DE", "442079460000", abroad("GB")),  # a trunk may take it for +44
        ("DE", "00252612345678", abroad("SO")),
        ("DE", "0024", ABROAD),
        ("DE", "09001234567", PREMIUM),
        ("DE", "01377123456", PREMIUM),
        ("DE", "11833", PREMIUM),
        ("DE", "0101330123456", PREMIUM),  # by another carrier
        ("DE", "00870773123456", PREMIUM),
        ("DE", "+881612345678", PREMIUM),
        ("DE", "00882161234567", PREMIUM),
        ("DE", "+979112345678", PREMIUM),
        ("DE", "000870773123456", PREMIUM),  # one 0 too many helps nobody
        ("DE", "00449011234567", PREMIUM),  # premium of another country
        ("GB", "02079460000", HOME),
        ("GB", "09011234567", PREMIUM),
        ("GB", "07012345678", PREMIUM),
        ("GB", "0033123456789", abroad("FR")),
        ("FR", "0123456789", HOME),
        ("FR", "0899123456", PREMIUM),
        ("US", "2125551234", HOME),
        ("US", "12125551234", HOME),
        ("US", "5551234", HOME),
        ("US", "19005551234", PREMIUM),
        ("US", "011442079460000", abroad("GB")),
        ("US", "00442079460000", abroad("GB")),
        ("US", "18765551234", abroad("JM")),  # dialled as any other area
        ("US", "8095551234", abroad("DO")),
        ("US", "442079460000", abroad("GB")),
    ],
)
def test_a_number(country: str, number: str, cost: Cost) -> None:
    assert cost_of(number, number, country) == cost


def test_the_worse_of_what_is_dialled_and_what_is_sent_counts() -> None:
    assert cost_of("442079460000", "00442079460000", "DE").kind is Kind.INTERNATIONAL
    assert cost_of("252612345678", "00252612345678", "DE") == abroad("SO")
    assert cost_of("09001234567", "9001234567", "DE") == PREMIUM


@given(st.sampled_from(country_codes()), st.text("0123456789*#+", max_size=32))
def test_any_number_has_a_cost(country: str, number: str) -> None:
    assert isinstance(cost_of(number, number, country), Cost)


@given(st.sampled_from(country_codes()), st.sampled_from(("+", "00")), st.text("0123456789", min_size=4, max_size=14))
def test_what_goes_abroad_is_never_taken_for_national(country: str, start: str, rest: str) -> None:
    codes = {"DE": "49", "GB": "44", "FR": "33", "US": "1"}
    if not rest.lstrip("0").startswith(codes[country]):
        assert cost_of(start + rest, start + rest, country).kind is not Kind.NATIONAL
