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

PER_S = 50
CALLS = int(os.environ.get("FXBOX_LOAD_CALLS", "1000"))  # of the search for leaks; 5000 take 80 s more
QUIET_S = 72  # SIP transactions live for 32 s (RFC 3261 timer B); the core gives memory back 35 to 70 s after a load
GAP_MAX_MS = 60.0
LEAK_MAX_MB = 20.0  # the allocator keeps some; a thousand calls that stay take some 50 MB


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
    short = loads.short_calls(busy.home, 500, PER_S)
    assert (short.outcome.made, short.outcome.failed) == (500, 0)


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
    """Compared with the box after its first load, which has filled pools and caches."""
    before, memory_mb = leftovers(busy.stand), usage.pss_mb(busy.stand.pbx.pids())
    loads.short_calls(busy.home, CALLS, PER_S)
    assert leftovers(busy.stand) == before
    grown_mb = usage.pss_mb(busy.stand.pbx.pids()) - memory_mb
    print(f"{grown_mb:.1f} MB more after {CALLS} calls")
    assert grown_mb < LEAK_MAX_MB
