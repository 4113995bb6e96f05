"""What an analog telephone wants of the exchange, and what its line tells a machine that is plugged in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from firmware.calls.leg import Leg


class Switch(Protocol):
    """What a telephone wants of the exchange (`calls.exchange.Exchange`)."""

    def lifted(self, leg: Leg, *, again: bool = False) -> None: ...
    def talks(self, leg: Leg) -> bool: ...
    def join(self, first: Leg, second: Leg, failed: Callable[[], None]) -> None: ...


@dataclass(frozen=True, slots=True)
class LineSignals:
    """What the line tells a machine that is plugged in."""

    battery_removal: bool = True  # the far end has hung up
    answer_reversal: bool = False  # whom it called has answered
