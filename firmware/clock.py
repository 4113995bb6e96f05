"""Monotonic and wall time, injectable. Nobody else imports `time`."""

import time
from datetime import UTC, datetime
from typing import Protocol

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""This firmware is younger: a clock before it has not been set since the power came on."""


class Clock(Protocol):
    """Two readings. Timers are the event loop's own; in virtual time both agree with the loop."""

    def monotonic_s(self) -> float:
        """Seconds since an arbitrary start; never goes back."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC."""


def is_set(now: datetime) -> bool:
    """Whether the clock can be believed."""
    return now >= EARLIEST


class SystemClock:
    """The machine's own clocks."""

    def monotonic_s(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)
