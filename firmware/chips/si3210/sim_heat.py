"""Currents, power and heat in the six line transistors of a simulated Si3210/15 (hardware.md 2.1, DR76-77, DR84-89).

Q1 and Q5 carry the loop forward, Q2 and Q6 reversed, Q3 and Q4 drive them. A filter for each pair (IR37-39) stands for
the transistors' heat; above the threshold of IR32-34 the alarm comes.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from firmware.chips.si3210 import registers as r
from firmware.chips.simtime import Timers

SHORT_MA = 80.0  # a shorted pair draws what the transistors give, not what the loop's limit allows
DRIVE = 0.01  # current of Q3 and Q4 for that of the transistor behind them
TRANSISTORS = range(6)
_LOOP_WATT, _DRIVE_WATT = 30.4e-3, 3.62e-3  # DR77 and the thresholds' unit
WATT_LSB = (_LOOP_WATT, _LOOP_WATT, _DRIVE_WATT, _DRIVE_WATT, _LOOP_WATT, _LOOP_WATT)
CURRENT_LSB_MA = (0.319, 0.319, 0.0376, 0.0376, 0.316, 0.316)  # DR84-89


@dataclass(frozen=True, slots=True)
class Load:
    """What flows through each transistor and what falls across it: Q1 to Q6."""

    milliamperes: tuple[float, ...] = (0.0,) * 6
    volts: tuple[float, ...] = (0.0,) * 6

    def watts(self, transistor: int) -> float:
        return self.milliamperes[transistor] * self.volts[transistor] / 1000


def load_of(loop_ma: float, loop_v: float, common_mode_v: float, battery_v: float, *, reversed_: bool) -> Load:
    """The positive lead hangs below ground by the common mode, the loop below it, the battery below that."""
    rest_v = max(0.0, battery_v - common_mode_v - loop_v)
    upper, lower = (1, 5) if reversed_ else (0, 4)
    milliamperes, volts = [0.0] * 6, [0.0] * 6
    for transistor, amount, across_v in ((upper, 1, common_mode_v), (lower, 1, rest_v), (3, DRIVE, rest_v)):
        milliamperes[transistor], volts[transistor] = loop_ma * amount, across_v
    return Load(tuple(milliamperes), tuple(volts))


class Heat:
    """`alarm` gets the bits of DR19 of the transistors that have just become too hot."""

    def __init__(self, timers: Timers, indirect: Callable[[int], int], alarm: Callable[[int], None]) -> None:
        self._timers, self._indirect, self._alarm = timers, indirect, alarm
        self.load = Load()
        self._filtered_w = [0.0] * 6
        self._since_s = 0.0

    def reset(self) -> None:
        self._timers.stop_all(self)
        self.load, self._filtered_w = Load(), [0.0] * 6

    def feed(self, load: Load) -> None:
        """What the transistors carry from now on."""
        if load == self.load:
            return
        self._settle()
        self.load = load
        self._expect()

    def power(self, transistor: int) -> int:
        """DR77."""
        return min(0xFF, round(self.load.watts(transistor) / WATT_LSB[transistor]))

    def current(self, transistor: int) -> int:
        """DR84 to DR89."""
        return min(0xFF, round(self.load.milliamperes[transistor] / CURRENT_LSB_MA[transistor]))

    def _tau_s(self, transistor: int) -> float:
        return 4096 * 8 / (800 * max(1, self._indirect(r.THERMAL_FILTERS[transistor // 2])))

    def _threshold_w(self, transistor: int) -> float:
        return self._indirect(r.POWER_THRESHOLDS[transistor // 2]) / 128 * WATT_LSB[transistor]

    def _settle(self) -> None:
        """Bring the filters to the present."""
        elapsed_s, self._since_s = self._timers.now_s - self._since_s, self._timers.now_s
        for q in TRANSISTORS:
            target_w = self.load.watts(q)
            self._filtered_w[q] = target_w + (self._filtered_w[q] - target_w) * math.exp(-elapsed_s / self._tau_s(q))

    def _expect(self) -> None:
        """Set the timer for the first transistor that gets too hot if all stays as it is."""
        waits_s = [wait_s for q in TRANSISTORS if (wait_s := self._until_hot_s(q)) is not None]
        if waits_s:
            self._timers.start(self, "hot", min(waits_s), self._hot)
        else:
            self._timers.stop(self, "hot")

    def _until_hot_s(self, transistor: int) -> float | None:
        above_w = self.load.watts(transistor) - self._threshold_w(transistor)
        below_w = self._threshold_w(transistor) - self._filtered_w[transistor]
        if above_w <= 0 or below_w <= 0:
            return None
        return self._tau_s(transistor) * math.log((above_w + below_w) / above_w)

    def _hot(self) -> None:
        self._settle()
        hot = [
            q for q in TRANSISTORS if self._filtered_w[q] >= self._threshold_w(q) * (1 - 1e-6) and self.load.watts(q)
        ]
        for q in hot:
            self._filtered_w[q] = max(self._filtered_w[q], self._threshold_w(q))
        self._expect()
        self._alarm(sum(r.FIRST_POWER_ALARM << q for q in hot))
