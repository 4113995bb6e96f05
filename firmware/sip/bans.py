"""Bans over a restart of the core: remembered with the time of day at which they end.

Not responsible for banning (native/limits.c) nor for a firewall's copy of the list.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from firmware.clock import Clock
from firmware.sip.guard import Ban


class Banned(Struct, frozen=True):
    """A ban as it is stored; `until` is wall time, UTC."""

    ip: str
    until: datetime
    level: int


class BanStore(Protocol):
    """Writing returns at once."""

    def load(self) -> Iterable[Banned]: ...
    def save(self, banned: Banned) -> None: ...
    def remove(self, ip: str) -> None: ...


class Bans:
    """`remember` each ban, `restore` them at the start."""

    def __init__(self, store: BanStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def remember(self, ban: Ban) -> None:
        self._store.save(Banned(ban.ip, self._clock.now() + timedelta(seconds=ban.seconds), ban.level))

    def restore(self, push: Callable[[Iterable[Ban]], None]) -> None:
        """Hand the guard what is left of each ban; forget those that are over."""
        now, left = self._clock.now(), list[Ban]()
        for banned in self._store.load():
            seconds = round((banned.until - now).total_seconds())
            if seconds > 0:
                left.append(Ban(banned.ip, seconds, banned.level))
            else:
                self._store.remove(banned.ip)
        push(left)
