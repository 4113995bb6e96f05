"""Battery, line feed and loop of a simulated Si3210/15: volts and milliamperes, no registers.

Numbers without a source are the specification's choice (hardware.md section 4, items 5, 7, 8 and 9).
"""

import math
from dataclasses import dataclass

from firmware.chips.simtime import Timers
from firmware.chips.wires import TelephoneWires

RAMP_S = 0.06  # DC-DC converter, from nothing to full battery (50 to 200 ms)
DECAY_TAU_S = 2.0  # converter off
LEAK_TAU_S = 0.05
FEED_OHMS = 160.0
OVERHEAD_V = 4.5  # VOV: battery stays this much above the open-circuit voltage


@dataclass(eq=False, slots=True)
class Battery:
    """The DC-DC converter's output in volts (positive numbers)."""

    timers: Timers
    wires: TelephoneWires
    from_v: float = 0.0
    since_s: float = 0.0
    target_v: float = 0.0  # 0: converter off

    def volts(self) -> float:
        elapsed_s = self.timers.now_s - self.since_s
        if self.target_v <= 0:
            return self.from_v * math.exp(-elapsed_s / (LEAK_TAU_S if self.wires.leaking else DECAY_TAU_S))
        step_v = self.target_v * elapsed_s / RAMP_S
        if self.from_v < self.target_v:
            return min(self.target_v, self.from_v + step_v)
        return max(self.target_v, self.from_v - step_v)

    def aim(self, target_v: float) -> None:
        """Head for a voltage; 0 switches the converter off."""
        if target_v != self.target_v:
            self.from_v, self.since_s, self.target_v = self.volts(), self.timers.now_s, target_v

    def reset(self) -> None:
        self.aim(0.0)


def loop_current_ma(load_ohms: float | None, open_circuit_v: float, limit_ma: float) -> float:
    """Direct current into a load of that many ohms, None being an open loop."""
    if load_ohms is None:
        return 0.0
    return min(limit_ma, open_circuit_v / (FEED_OHMS + load_ohms) * 1000)


def ring_hz(rco: int) -> float:
    """Ringing frequency of IR20, RCO = cos(2 pi f / 1000) * 2^15."""
    return math.acos(min(rco, 0x7FFF) / 32768) * 1000 / (2 * math.pi)


def ring_peak_v(rco: int, rngx: int) -> float:
    """Ringing amplitude of IR21, RNGX = 1/4 sqrt((1-c)/(1+c)) 2^15 Vpk / 96."""
    cosine = min(rco, 0x7FFF) / 32768
    return rngx * 96 * 4 / 32768 / math.sqrt((1 - cosine) / (1 + cosine))
