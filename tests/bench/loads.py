"""The loads: calls that are held, calls one after the other, registrations. Each gives figures and proves itself.

A load whose calls were not all connected, or in which a far end did not hear its caller's tone, raises LoadFailed: no
figure of it counts.
"""

import statistics
import time
from dataclasses import dataclass

from tests.bench import usage
from tests.bench.credentials import call_rows
from tests.bench.far_end import Heard
from tests.bench.house import CALLERS_PORT, House, LoadFailed, register
from tests.bench.pbx import Pbx
from tests.bench.sipp import Outcome, Sipp

TONE = 0.9  # share of the power at the caller's tone that proves it was heard
RAMP_PER_S = 25  # calls set up a second before they are held
SETTLE_S = 2.0
HOLD_MS = 250  # of a short call: long enough to hear its tone


@dataclass(frozen=True, slots=True)
class Used:
    """What the PBX used while `seconds` went by."""

    cpu_s: float
    seconds: float

    @property
    def percent(self) -> float:
        """Of one core."""
        return 100 * self.cpu_s / self.seconds


class Meter:
    """Measures a PBX from its making to `used`."""

    def __init__(self, pbx: Pbx) -> None:
        self._pids = pbx.pids()
        self._cpu_s, self._since_s = usage.cpu_s(self._pids), time.monotonic()

    def used(self) -> Used:
        return Used(usage.cpu_s(self._pids) - self._cpu_s, time.monotonic() - self._since_s)


@dataclass(frozen=True, slots=True)
class Held:
    used: Used
    memory_mb: float
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Short:
    used: Used
    outcome: Outcome
    heard: tuple[Heard, ...]

    @property
    def ringing_ms(self) -> float:
        return statistics.median(self.outcome.ringing_ms)

    @property
    def answer_ms(self) -> float:
        return statistics.median(self.outcome.answer_ms)


def idle(pbx: Pbx, seconds: float) -> Used:
    """What the PBX uses without a call."""
    meter = Meter(pbx)
    time.sleep(seconds)
    return meter.used()


def hold(home: House, calls: int, seconds: float) -> Held:
    """`calls` calls with audio both ways, held while the PBX is measured for `seconds`."""
    ramp_s = calls / RAMP_PER_S + SETTLE_S
    with _callers(home, calls, RAMP_PER_S, hold_ms=int((ramp_s + seconds + SETTLE_S) * 1000)) as sipp:
        time.sleep(ramp_s)
        meter = Meter(home.pbx)
        time.sleep(seconds)
        used, memory_mb = meter.used(), usage.pss_mb(home.pbx.pids())
        outcome = sipp.wait(seconds + 30)
    return Held(used, memory_mb, _proof(home, outcome, calls))


def short_calls(home: House, calls: int, rate: float) -> Short:
    """`calls` calls of HOLD_MS, `rate` of them a second."""
    meter = Meter(home.pbx)
    with _callers(home, calls, rate, hold_ms=HOLD_MS) as sipp:
        outcome = sipp.wait(calls / rate + 60)
    return Short(meter.used(), outcome, _proof(home, outcome, calls))


def registrations(home: House, count: int, rate: float) -> Used:
    """`count` registrations of the callers, each challenged, `rate` of them a second."""
    local = home.place.callers
    meter = Meter(home.pbx)
    register(home, home.pbx.callers, f"{local}:{CALLERS_PORT}", count, rate, local, CALLERS_PORT)
    return meter.used()


def _callers(home: House, calls: int, rate: float, hold_ms: int) -> Sipp:
    local, pbx = home.place.callers, home.pbx
    return Sipp(
        home.next_folder("caller"), "caller", local, remote=pbx.address, port=CALLERS_PORT,
        rows=call_rows(pbx, local, calls), rate=rate, count=calls, hold_ms=hold_ms,
    )  # fmt: skip


def _proof(home: House, outcome: Outcome, calls: int) -> tuple[Heard, ...]:
    heard = home.ears.heard()
    told = sum(one.tone >= TONE for one in heard)
    if outcome.failed or outcome.made != calls or told != calls:
        raise LoadFailed(
            f"{calls} calls: {outcome.made} connected, {outcome.failed} failed, the tone was heard in {told}; "
            f"{outcome.errors or 'SIPp reports no error'}"
        )
    return tuple(heard)
