"""How many calls each extension is in.

Not responsible for what a call is (`call`), nor for what busy means (telephony).
"""

from collections import Counter
from collections.abc import Callable


class Occupancy:
    """How many calls each extension is in. An extension whose devices ring together is in one."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._watchers: list[Callable[[str], None]] = []

    def watch(self, watcher: Callable[[str], None]) -> None:
        """Call `watcher` with an extension that is in one call more or less."""
        self._watchers.append(watcher)

    def enter(self, extension: str) -> None:
        self._calls[extension] += 1
        self._tell(extension)

    def leave(self, extension: str) -> None:
        self._calls[extension] -= 1
        if not self._calls[extension]:
            del self._calls[extension]
        self._tell(extension)

    def _tell(self, extension: str) -> None:
        for watcher in self._watchers:
            watcher(extension)

    def now(self) -> dict[str, int]:
        return dict(self._calls)
