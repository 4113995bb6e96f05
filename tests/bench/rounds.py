"""One round of the bench: every load once, against one PBX. The keys of the figures are those of `table.ROWS`."""

import statistics
from pathlib import Path

from tests.bench import analog, loads, usage
from tests.bench.box import Stand
from tests.bench.house import House, house
from tests.bench.loads import Held, Short, Used
from tests.bench.pbx import Pbx
from tests.bench.place import Place

IDLE_S = 10.0
HELD_S = 10.0
DELAYS = 5  # analog delays of a round

Figures = dict[str, float]


def _say(what: str) -> None:
    print(f"  {what}", flush=True)


def pbx_round(pbx: Pbx, place: Place, folder: Path) -> Figures:
    """SIP loads and the memory of the processes that handle calls."""
    figures = {"memory fresh": usage.pss_mb(pbx.pids())}
    with house(pbx, place, folder) as home:
        _say("idle")
        idle = loads.idle(pbx, IDLE_S)
        figures["idle"] = idle.percent
        for calls in (20, 100):
            _say(f"{calls} calls held")
            figures |= _of_held(loads.hold(home, calls, HELD_S), calls, idle)
        figures |= _of_short(home, 400, 20, idle)
        figures["memory after short calls"] = usage.pss_mb(pbx.pids())
        figures |= _of_short(home, 1000, 100, idle)
        _say("registrations")
        used = loads.registrations(home, 2000, 200)
        figures["registration"] = _ms_each(used, 2000, idle)
    return figures


def whole_box(stand: Stand) -> Figures:
    """Figures that only a box of ours has: all its processes, and its analog telephones."""
    figures = {"memory whole box": usage.pss_mb(stand.pids())}
    _say("analog telephones")
    lifts = [analog.off_hook_to_dial_tone_ms(stand.box) for _ in range(DELAYS)]
    figures["dial tone"] = statistics.median(lifts)
    figures["fxs to fxs"] = statistics.median(analog.fxs_to_fxs_ms(stand.box, DELAYS))
    return figures


def _ms_each(used: Used, count: int, idle: Used) -> float:
    """CPU of each of `count` in ms, what an idle PBX uses taken off."""
    return 1000 * (used.cpu_s - used.seconds * idle.percent / 100) / count


def _of_held(held: Held, calls: int, idle: Used) -> Figures:
    return {
        f"held {calls}": (held.used.percent - idle.percent) / calls,
        f"memory {calls} calls": held.memory_mb,
        f"gap {calls}": max(one.longest_gap_ms for one in held.heard),
    }


def _of_short(home: House, calls: int, rate: int, idle: Used) -> Figures:
    _say(f"{calls} calls, {rate} a second")
    short: Short = loads.short_calls(home, calls, rate)
    return {
        f"call {rate}": _ms_each(short.used, calls, idle),
        f"ringing {rate}": short.ringing_ms,
        f"answer {rate}": short.answer_ms,
    }
