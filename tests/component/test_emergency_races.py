"""Emergency calls amid people who do everything at once, over one line or two: nothing is left over, no call fails."""

import os

import pytest

from firmware.telephony.deeds import Act
from tests.component.house import house
from tests.component.storm import Storm, no_failures
from tests.virtual import run_virtual

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
mail: {host: mail.example.test, sender: box@example.test}
extensions:
  - {number: "101", name: Reception, port: fxs1, department: office}
  - {number: "102", name: Workshop, port: fxs2, department: office}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, department: office, record: {automatic: all}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, department: office}
trunks:
  - {name: provider, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: outside, prefix: "9", trunks: [provider]}
inbound:
  - {to: "103"}
emergency: {notify: ["101", "104", "chief@example.test"]}
limits: {outbound_per_minute: 1000, outbound_per_hour: 10000}
"""
TWO_LINES = SITE.replace(
    "outbound:", "  - {name: second, type: sip, host: 192.0.2.21, register: false}\noutbound:"
).replace("trunks: [provider]", "trunks: [provider, second]")
STORMS = int(os.environ.get("FXBOX_STORMS", "20"))
NUMBERS = ("112", "9112", "9030765", "9030765", "101", "103", "104", "90", "41", "*8", "**101")
KEYS = ("#104#", "#112#", "#9030765#", "*2", "*2103#", "*", "*4", "*0", "*1", "1", "2")


@pytest.mark.parametrize("text", [SITE, TWO_LINES])
@pytest.mark.parametrize("seed", range(STORMS))
def test_whatever_people_do_around_emergency_calls(seed: int, text: str) -> None:
    async def main() -> int:
        async with house(text) as here:
            here.single_lines.update(("provider", "second"))
            await Storm(here, seed, NUMBERS, KEYS, 60.0).rage(("101", "102", "103", "104"), ("provider",))
        return sum(deed.act is Act.CALLED_FOR_HELP for deed in here.deeds)

    with no_failures():
        assert run_virtual(main, limit_s=86_400) > 0
