"""Parked calls that a crash of the core has ended: whoever looks after the box is told, so that they are called back.

Not responsible for parking (`script.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from firmware.calls.exchange import Exchange
from firmware.calls.feature import KeptValues


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody waits in a slot; `number` is "" when it is withheld."""

    slot: str
    number: str
    extension: str  # has parked the call


class Lost:
    """Remembers who waits, over restarts."""

    def __init__(self, kept: KeptValues[Waiting]) -> None:
        self._kept = kept

    @contextmanager
    def unless(self, waiting: Waiting) -> Iterator[None]:
        """The caller is lost unless the block comes to its end."""
        self._kept.save(waiting)
        try:
            yield
        finally:
            self._kept.remove(waiting.slot)

    def tell(self, exchange: Exchange) -> None:
        """At the start: of those who waited when the box went down."""
        for one in self._kept.load():
            who = one.number or "an unknown number"
            exchange.alarm(f"the call of {who}, parked on {one.slot} by {one.extension}, was cut off by a restart")
            self._kept.remove(one.slot)
