"""The last alarms until an administrator has seen them, over restarts too. One that comes again stands there once.

Not responsible for telling anybody: `script.py`; pages and `fxbox status` read it.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from firmware.calls.feature import KeptValues
from firmware.contract.status import Alarm

MOST = 20


class Board:
    """Alarms by their text."""

    def __init__(self, kept: KeptValues[Alarm]) -> None:
        self._kept = kept
        self._alarms = {one.text: one for one in sorted(kept.load(), key=lambda one: one.at)}
        self._watchers: list[Callable[[], None]] = []

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """The newest first."""
        return tuple(reversed(self._alarms.values()))

    def watch(self, watcher: Callable[[], None]) -> None:
        """Tell `watcher` of each change."""
        self._watchers.append(watcher)

    def add(self, text: str, at: datetime) -> None:
        known = self._alarms.pop(text, None)
        alarm = Alarm(at, text) if known is None else replace(known, at=at, times=known.times + 1)
        self._alarms[text] = alarm
        self._kept.save(alarm)
        for oldest in list(self._alarms)[:-MOST]:
            self._forget(oldest)
        self._tell()

    def dismiss(self, until: datetime) -> int:
        """Take off those that were there at `until`: nobody has seen a later one. How many these were."""
        seen = [text for text, alarm in self._alarms.items() if alarm.at <= until]
        for text in seen:
            self._forget(text)
        if seen:
            self._tell()
        return len(seen)

    def _forget(self, text: str) -> None:
        del self._alarms[text]
        self._kept.remove(text)

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher()
