"""The core is killed in the middle of calls: the supervisor brings it back, and it knows its telephones."""

import os
import signal
import time

from tests.bench import loads
from tests.bench.box import running_box
from tests.bench.credentials import call_rows
from tests.bench.house import CALLERS_PORT, house
from tests.bench.sipp import Sipp

CALLS = 10


def test_killed_during_ten_calls(tmp_path, record_property):
    """Afterwards the same ten telephones are called, which have not registered again."""
    with running_box(tmp_path / "box", CALLS) as stand, house(stand.pbx, stand.place, tmp_path) as home:
        rows = call_rows(stand.pbx, stand.place.callers, CALLS)
        with Sipp(
            home.next_folder("caller"), "caller", stand.place.callers, remote=stand.pbx.address, port=CALLERS_PORT,
            rows=rows, rate=CALLS, count=CALLS, hold_ms=60_000,
        ):  # fmt: skip
            stand.box.until(lambda: stand.metrics().gauges["calls"] == CALLS)
            time.sleep(1.0)
            shown, killed_s = len(stand.box.log.read_text()), time.monotonic()
            os.kill(stand.box.core_pid(), signal.SIGKILL)
            stand.box.wait_for("core is back", shown)
            back_s = time.monotonic() - killed_s
        heard = home.ears.heard()
        assert len(heard) == CALLS and all(one.tone > loads.TONE for one in heard)
        record_property("back_after_s", round(back_s, 2))
        print(f"the core was back after {back_s:.1f} s")
        assert stand.metrics().gauges["registrations"] == CALLS
        assert loads.short_calls(home, CALLS, CALLS).outcome.made == CALLS
