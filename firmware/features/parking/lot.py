"""The parking lot: numbered slots, each with at most one call (F7-F10). Not here: what is said, who is called back."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from firmware.calls.leg import Leg, Party


class LotFull(Exception):
    """Every slot is taken, or the one that was asked for."""


@dataclass(eq=False, slots=True)
class Slot:
    """One parked call. Whoever dials the number gives its leg to `fetcher`, once."""

    number: str
    caller: Party
    fetcher: "asyncio.Future[Leg]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    taken: bool = False

    def take(self) -> Leg:
        """The leg of whoever fetched the call; to be asked for once it is there."""
        self.taken = True
        return self.fetcher.result()

    def close(self) -> None:
        """Nobody can fetch the call any more. A leg that came too late is hung up."""
        self.fetcher.cancel()
        if not self.fetcher.cancelled() and not self.taken:
            self.fetcher.result().hang_up()


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
    def slot_for(self, caller: Party, wanted: str | None = None) -> Iterator[Slot]:
        """The wanted slot or the lowest free one, for as long as the block runs. Raises LotFull."""
        free = (one for one in self._numbers() if one not in self._slots and wanted in (None, one))
        number = next(free, None)
        if number is None:
            raise LotFull
        slot = self._slots[number] = Slot(number, caller)
        self._changed(number)
        try:
            yield slot
        finally:
            del self._slots[number]
            slot.close()
            self._changed(number)
