"""The box in other countries than the one of most tests: tones, ringing and who calls, from the line to the display."""

from pathlib import Path

import pytest

from tests.system.box import Box, has_tone
from tests.system.services import dials, put_back

SITE = """
version: 1
site: {{name: Test, country: {country}, language: en}}
extensions:
  - {{number: "101", name: Reception, port: fxs1}}
  - {{number: "102", name: Workshop, port: fxs2}}
trunks: [{{name: line1, type: fxo, port: fxo1}}]
inbound: [{{trunk: line1, to: "101"}}]
"""


@pytest.mark.parametrize(
    ("country", "dial_hz", "busy_hz", "standard"),
    [
        ("US", (350, 440), (480, 620), "bell202"),
        ("GB", (350, 440), (400,), "v23"),
        ("FR", (440,), (440,), "v23"),
    ],
)
def test_a_call_from_outside(
    tmp_path: Path, country: str, dial_hz: tuple[float, ...], busy_hz: tuple[float, ...], standard: str
) -> None:
    """is shown with its number as that country's telephones want it, and ends with that country's busy tone"""
    with Box(tmp_path, SITE.format(country=country)) as box:
        reception, workshop, line = box.end("fxs1"), box.end("fxs2"), box.end("fxo1")
        workshop.do("lift")
        assert has_tone(workshop.hears(1), *dial_hz)
        put_back(box, workshop)
        line.do("ring", **{"from": "2125550123"})
        seen = reception.until(ringing=True, caller_standard=standard)
        assert seen["caller"]["number"] == "2125550123"
        reception.do("lift")
        line.until(phase="talking")
        line.do("hang-up", by="busy")
        line.until(state="idle")
        put_back(box, reception)
        dials(workshop, "101")
        reception.until(ringing=True)
        reception.do("lift")
        box.until(lambda: [call["state"] for call in box.status()["calls"]] == ["In call"])
        reception.do("hang-up")
        box.until(lambda: not box.status()["calls"])
        assert has_tone(workshop.hears(3), *busy_hz)
        put_back(box, workshop)
