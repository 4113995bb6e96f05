"""Which calls of an extension are recorded by themselves (F43)."""

import pytest

from firmware.features.record.rules import automatic, recorded_for
from firmware.telephony.consent import announced
from firmware.telephony.records import Direction
from firmware.telephony.site import Extension, Record, Recording

RULES = {
    "none": set[Direction](),
    "internal": {Direction.INTERNAL},
    "inbound": {Direction.INBOUND},
    "outbound": {Direction.OUTBOUND},
    "outside": {Direction.INBOUND, Direction.OUTBOUND},
    "all": set(Direction),
}


def wanting(rule: str) -> Extension:
    return Extension(number="103", name="Anna", record=Record(automatic=rule))  # type: ignore[arg-type]


@pytest.mark.parametrize(("rule", "recorded"), RULES.items())
def test_a_rule_records_these_calls_and_no_others(rule: str, recorded: set[Direction]) -> None:
    """F43"""
    assert {direction for direction in Direction if automatic(wanting(rule), direction)} == recorded


def test_the_party_whose_rule_it_is() -> None:
    """F43"""
    other = Extension(number="104", name="Ben")
    assert recorded_for((other, wanting("internal")), Direction.INTERNAL) == wanting("internal")
    assert recorded_for((other, wanting("internal")), Direction.INBOUND) is None


@pytest.mark.parametrize(
    ("setting", "country", "told"),
    [
        ("country", "DE", True),
        ("country", "GB", False),
        ("country", "NZ", True),  # whose law the box does not know
        ("always", "GB", True),
        ("never", "DE", False),
    ],
)
def test_who_is_told_that_a_call_is_recorded(setting: str, country: str, told: bool) -> None:
    """F43: by the country's law, or as the site wants it"""
    assert announced(Recording(announce=setting), country) is told  # type: ignore[arg-type]
