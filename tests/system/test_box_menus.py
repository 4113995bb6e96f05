"""A voice menu whose greeting the operator records by telephone, by ear."""

import time
from collections.abc import Iterator

import pytest

from tests.system.box import Box, says
from tests.system.rtp import strength
from tests.system.services import dials, phrases, put_back

SITE = """
version: 1
site: {name: Test, country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
menus: [{number: "640", name: Shop, greeting: shop, keys: {"1": "101"}, timeout_s: 10}]
"""
GREETING_HZ = 900


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def test_callers_hear_what_the_operator_has_recorded(box: Box) -> None:
    """A6 A12: `*77`, the menu, 1, the greeting, #, 1 to accept"""
    reception, workshop = box.end("fxs1"), box.end("fxs2")
    dials(reception, "*77640")
    assert says(reception.hears_after("#", 9), phrases("greet-menu"))
    assert says(reception.hears_after("1", 6), phrases("greet-record"))
    reception.begin_to_say(GREETING_HZ, 3)
    reception.finish()
    reception.do("dial", digits="#")
    time.sleep(0.5)
    assert says(reception.hears_after("1", 4), phrases("vm-message", "vm-saved"))
    put_back(box, reception)
    dials(workshop, "640")
    heard = workshop.hears(3)
    put_back(box, workshop)
    assert strength(heard, GREETING_HZ) > 0.5
