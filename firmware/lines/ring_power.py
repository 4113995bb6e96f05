"""Shares the board's ringing power: so many ports ring at the same instant, the others a burst later."""

from collections.abc import Callable, Hashable

BURSTS_MAX = 3  # hardware.md section 7: a 5 V feed carries 3 REN a port, three ports at once


class RingPower:
    """First come, first served. A holder is any port; it holds one share at most."""

    def __init__(self, shares: int = BURSTS_MAX) -> None:
        self._shares = shares
        self._holding: set[Hashable] = set()
        self._waiting: dict[Hashable, Callable[[], None]] = {}

    def take(self, holder: Hashable, granted: Callable[[], None]) -> None:
        """Call `granted` as soon as there is a share, perhaps at once."""
        self._waiting[holder] = granted
        self._grant()

    def give(self, holder: Hashable) -> None:
        """Give the share back, or withdraw the request."""
        self._holding.discard(holder)
        self._waiting.pop(holder, None)
        self._grant()

    def _grant(self) -> None:
        while self._waiting and len(self._holding) < self._shares:
            holder = next(iter(self._waiting))
            granted = self._waiting.pop(holder)
            self._holding.add(holder)
            granted()
