"""Which calls of an extension are recorded by themselves (F43)."""

import pytest

from firmware.features.record.rules import automatic, recorded_for
from firmware.telephony.records import Direction
from firmware.telephony.site import Extension, Record

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
