"""Load through the whole box: no call fails, every far end hears its caller, nothing is left afterwards.

What is heard is judged at the called side, each call by itself (tests.bench.far_end); a load whose calls were not all
connected and heard raises LoadFailed. CPU and memory as figures are the bench's (`make bench`).
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench import loads, usage
from tests.bench.box import Stand, running_box
from tests.bench.house import House, house

BURST, PER_S = 500, 50
CALLS = int(os.environ.get("FXBOX_LOAD_CALLS", "1000"))  # of the search for leaks; 5000 take eight minutes
QUIET_S = 34  # SIP transactions live for 32 s (RFC 3261 17.1.1.2, timer B)
GAP_MAX_MS = 60.0
LEAK_MAX_BYTES = 8000  # that a call may leave behind in a short run: less than a leg and its transactions take


@dataclass(frozen=True)
class Busy:
    stand: Stand
    home: House


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    folder: Path = tmp_path_factory.mktemp("load")
    with running_box(folder / "box") as stand, house(stand.pbx, stand.place, folder) as home:
        yield Busy(stand, home)


def test_500_calls_at_50_a_second_are_all_heard(busy):
    short = loads.short_calls(busy.home, BURST, PER_S)
    assert (short.outcome.made, short.outcome.failed) == (BURST, 0)


def test_50_held_calls_have_no_gaps(busy):
    held = loads.hold(busy.home, 50, 10)
    allowed_ms = GAP_MAX_MS + busy.home.ears.late_ms  # the machine's own hiccups are not the box's
    assert max(one.longest_gap_ms for one in held.heard) <= allowed_ms
    assert max(one.silence_ms for one in held.heard) <= allowed_ms
    assert sum(one.lost for one in held.heard) == 0


def leftovers(stand: Stand) -> dict[str, float]:
    """What calls take and must give back. Quiet first: then it is settled."""
    time.sleep(QUIET_S)
    gauges = stand.metrics().gauges
    found = {name: gauges[name] for name in ("calls", "sip_legs", "tasks", "audio_ports")}
    return found | {"descriptors": usage.descriptors(stand.box.core_pid())}


def test_calls_leave_nothing_behind(busy):
    """Compared with the box after its first load, which has filled pools and caches as much as each later one."""
    before, memory_mb = leftovers(busy.stand), usage.pss_mb(busy.stand.pbx.pids())
    for _ in range(CALLS // BURST):
        loads.short_calls(busy.home, BURST, PER_S)
        assert leftovers(busy.stand) == before
    grown = (usage.pss_mb(busy.stand.pbx.pids()) - memory_mb) * 1e6
    print(f"{grown / 1e6:.1f} MB more after {CALLS} calls")
    assert grown / CALLS < LEAK_MAX_BYTES, f"{grown / 1e6:.1f} MB more after {CALLS} calls"
