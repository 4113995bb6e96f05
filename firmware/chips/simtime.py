"""Time of the simulated hardware: named one-shot timers, moved on explicitly, so in real and in virtual time alike.

One `Timers` serves a whole board: what happens first there happens first here, across chips and telephones.
"""

import math
from collections.abc import Callable

Action = Callable[[], None]


class Timers:
    """`now_s` is the board's time in seconds. Models start timers; whoever owns the board calls `tick`."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s
        self._due: dict[tuple[object, str], tuple[float, Action]] = {}

    def start(self, owner: object, name: str, after_s: float, action: Action) -> None:
        """Run `action` once, `after_s` from now. A running timer of the same owner and name is replaced."""
        self._due[owner, name] = (self.now_s + after_s, action)

    def stop(self, owner: object, name: str) -> None:
        self._due.pop((owner, name), None)

    def stop_all(self, owner: object) -> None:
        for key in [key for key in self._due if key[0] is owner]:
            del self._due[key]

    def running(self, owner: object, name: str) -> bool:
        return (owner, name) in self._due

    def next_s(self) -> float:
        """When the next timer is due; infinity when none runs."""
        return min((due for due, _ in self._due.values()), default=math.inf)

    def tick(self, now_s: float) -> bool:
        """Move on to `now_s`, running what falls due on the way in the order of its time. Whether anything did."""
        ran = False
        while self._due:
            key, (due, action) = min(self._due.items(), key=lambda item: item[1][0])
            if due > now_s:
                break
            del self._due[key]
            self.now_s = max(self.now_s, due)
            action()
            ran = True
        self.now_s = max(self.now_s, now_s)
        return ran
