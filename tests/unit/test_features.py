"""Every feature of the table is one that runs, and every one that runs is in the table."""

import ast
from pathlib import Path

from firmware.calls.feature import Features
from firmware.telephony.codes import DEFAULTS, When
from firmware.telephony.site import Site
from tests.component.house import House
from tests.virtual import run_virtual
from tools.features import LEVELS, features_of_the_guide, proofs_of

FIRMWARE = Path(__file__).parents[2] / "firmware"
TESTED_TOGETHER = {"echo_test", "own_number"}  # in test_calls.py and test_addresses.py


async def features() -> Features:
    return House(Site()).exchange.features


def test_active_codes_are_those_that_have_a_feature() -> None:
    found = run_virtual(features)
    assert {id_ for id_, code in DEFAULTS.items() if code.active and code.when is When.IDLE} == found.codes.keys()
    assert {id_ for id_, code in DEFAULTS.items() if code.active and code.when is When.CALL} == found.in_call.keys()


def test_each_feature_has_a_scenario() -> None:
    folders = {path.parent.name for path in (FIRMWARE / "features").glob("*/script.py")}
    tested = {path.stem.removeprefix("test_") for path in (FIRMWARE.parent / "tests" / "scenarios").glob("test_*.py")}
    assert folders - tested <= TESTED_TOGETHER


def test_each_number_of_the_guide_has_a_scenario_and_a_test_on_a_whole_box() -> None:
    numbers = {one.number for one in features_of_the_guide()}
    for level in LEVELS:
        tested = {number for test in proofs_of(level) for number in test.numbers}
        assert numbers <= tested, f"no {level.one}: {', '.join(sorted(numbers - tested))}"


def test_nothing_but_the_clock_imports_time() -> None:
    for file in FIRMWARE.rglob("*.py"):
        imports = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Import))
        assert file.name == "clock.py" or not any(one.name == "time" for node in imports for one in node.names), file
