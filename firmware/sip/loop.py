"""The call loop: asyncio whose selector lets pjsua2 work while it waits.

With no worker threads in pjsua2, every SIP callback runs inside `select`, on the loop's own thread: call code needs no
locks. Nothing else may call `libHandleEvents`.
"""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

WAIT_MS = 10  # how long a ready file descriptor may wait while pjsua2 polls its own


class PjSelector(selectors.DefaultSelector):
    """Polls pjsua2 first, then the ordinary file descriptors."""

    def __init__(self, endpoint: pj.Endpoint) -> None:
        super().__init__()
        self._endpoint = endpoint
        self.turns = 0  # for the heartbeat: a loop that is stuck does not turn

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.turns += 1
        ready = super().select(0)
        wait_ms = 0 if ready else WAIT_MS if timeout is None else max(0, min(WAIT_MS, int(timeout * 1000)))
        self._endpoint.libHandleEvents(wait_ms)
        return ready or super().select(0)


def posts_errors(callback: Callable[..., None]) -> Callable[..., None]:
    """For callbacks that C++ calls: an exception goes to the loop's handler, never into pjsua2."""

    def guarded(*args: Any) -> None:
        try:
            callback(*args)
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"in {callback.__qualname__}", "exception": error}
            )

    return guarded
