"""Lamps: what telephones show of the box beside their calls, by number. Who lights them watches or asks.

Not responsible for how a lamp is lit: SIP tells it by NOTIFY, an analog line by its dial tone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a lamp stands for."""

    MESSAGES = "messages"
    PLACE = "place"  # a parking slot or a room; told with its number in place of an extension


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages in a mailbox: not heard yet, and heard."""

    new: int = 0
    old: int = 0


Watcher = Callable[[str, Kind], None]


class Lamps:
    """One for each exchange."""

    def __init__(self) -> None:
        self._messages: dict[str, Waiting] = {}
        self._places: set[str] = set()
        self._watchers: list[Watcher] = []

    def message_lamp(self, extension: str, new: int, old: int) -> None:
        """The extension's mailbox now holds so many messages."""
        waiting = Waiting(new, old)
        if self.messages(extension) != waiting:
            self._messages[extension] = waiting
            self._tell(extension, Kind.MESSAGES)

    def messages(self, extension: str) -> Waiting:
        """What the extension's lamp shows now: to be told again to a telephone that registers or asks."""
        return self._messages.get(extension, Waiting())

    def place_lamp(self, number: str, on: bool) -> None:
        """Somebody is in this parking slot or room now, or nobody any more."""
        if on != self.place(number):
            self._places ^= {number}
            self._tell(number, Kind.PLACE)

    def place(self, number: str) -> bool:
        """Whether somebody is in this parking slot or room."""
        return number in self._places

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with extension and kind at each change. Returns the call that ends it."""
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def _tell(self, extension: str, kind: Kind) -> None:
        for watcher in tuple(self._watchers):
            watcher(extension, kind)
