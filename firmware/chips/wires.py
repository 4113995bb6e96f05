"""The pair of wires at a port, for simulation: what the chip does to it and what hangs on its other end.

Volts, ohms and milliamperes of direct current, and the ringing; audio runs beside, in `simboard`.
"""

from collections.abc import Callable
from dataclasses import dataclass


def _nobody() -> None:
    """Until somebody watches."""


@dataclass(frozen=True, slots=True)
class Ringing:
    """Alternating voltage on the pair."""

    hz: float
    peak_v: float


@dataclass(eq=False, slots=True)
class TelephoneWires:
    """Pair of an FXS port. The telephone side sets `closed` and the faults, then calls `load_changed()`; the line chip
    sets the feed, then calls `feed_changed()`."""

    closed: bool = False  # handset lifted
    telephone_ohms: float = 300.0  # hardware.md section 4: 200 to 600
    wire_ohms: float = 50.0
    shorted: bool = False
    leaking: bool = False  # discharges the battery feed: the leak of the init sequence's test
    connected: bool = True
    load_changed: Callable[[], None] = _nobody

    feed_v: float = 0.0  # between tip and ring, open circuit
    reversed: bool = False
    ringing: Ringing | None = None
    current_ma: float = 0.0
    feed_changed: Callable[[], None] = _nobody

    @property
    def load_ohms(self) -> float | None:
        """Resistance that the chip sees; None when no direct current can flow."""
        if self.shorted:
            return 0.0
        return self.telephone_ohms + self.wire_ohms if self.closed and self.connected else None


@dataclass(eq=False, slots=True)
class OfficeWires:
    """Pair of an FXO port. The office sets its feed and calls `feed_changed()`; the line chip sets `off_hook` and calls
    `load_changed()`."""

    battery_v: float = 48.0  # 0: removed
    source_ohms: float = 400.0
    reversed: bool = False
    ringing: Ringing | None = None
    connected: bool = True
    feed_changed: Callable[[], None] = _nobody

    off_hook: bool = False
    load_changed: Callable[[], None] = _nobody

    @property
    def supply_v(self) -> float:
        """Signed open-circuit voltage at the chip."""
        volts = self.battery_v if self.connected else 0.0
        return -volts if self.reversed else volts
