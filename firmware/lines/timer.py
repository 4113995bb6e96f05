"""One timer of the event loop that is started, restarted and stopped, and how state machines ask for that."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StartTimer:
    """In place of one that runs."""

    ms: float


@dataclass(frozen=True, slots=True)
class StopTimer:
    pass


class Timer:
    """Calls `expired` once, unless stopped or started anew before."""

    def __init__(self, expired: Callable[[], None]) -> None:
        self._expired = expired
        self._handle: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        return self._handle is not None

    def start(self, after_s: float) -> None:
        self.stop()
        self._handle = asyncio.get_running_loop().call_later(after_s, self._fire)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        self._expired()
