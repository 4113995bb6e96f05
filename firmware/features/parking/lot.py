"""The parking lot: numbered slots, each with at most one call (F7-F10). Not here: what is said, who is called back."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from firmware.calls.leg import Leg, Party


class LotFull(Exception):
    """Every slot is taken."""


@dataclass(eq=False, slots=True)
class Slot:
    """One parked call. Whoever dials the number gives its leg to `fetcher`, once."""

    number: str
    caller: Party
    fetcher: "asyncio.Future[Leg]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Lot:
    """Slots in use. `numbers` is asked anew each time, so that a changed range counts at once."""

    def __init__(self, numbers: Callable[[], Iterator[str]], changed: Callable[[str], None] = lambda _number: None):
        self._numbers, self._changed = numbers, changed
        self._slots: dict[str, Slot] = {}

    def find(self, number: str) -> Slot | None:
        """The call parked on this number that nobody has fetched yet."""
        slot = self._slots.get(number)
        return slot if slot is not None and not slot.fetcher.done() else None

    @property
    def taken(self) -> tuple[Slot, ...]:
        return tuple(self._slots.values())

    @contextmanager
    def slot_for(self, caller: Party) -> Iterator[Slot]:
        """The lowest free slot, for as long as the block runs. Raises LotFull."""
        number = next((one for one in self._numbers() if one not in self._slots), None)
        if number is None:
            raise LotFull
        slot = self._slots[number] = Slot(number, caller)
        self._changed(number)
        try:
            yield slot
        finally:
            del self._slots[number]
            slot.fetcher.cancel()
            self._changed(number)
