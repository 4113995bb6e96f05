"""The call loop: asyncio whose selector lets pjsua2 work while it waits.

With no worker threads in pjsua2, every SIP callback runs inside `select`, on the loop's own thread: call code needs no
locks. Nothing else may call `libHandleEvents`.
"""

import asyncio
import os
import select
import selectors
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

WAIT_MS = 10  # how long a ready file descriptor may wait while pjsua2 polls its own


class PjSelector(selectors.DefaultSelector):
    """Polls pjsua2 first, then the ordinary file descriptors."""

    def __init__(self, endpoint: pj.Endpoint) -> None:
        super().__init__()
        self._ready = select.epoll.fromfd(os.dup(self.fileno()))  # says in one call whether there is something to do
        self._endpoint = endpoint
        self.turns = 0  # for the heartbeat: a loop that is stuck does not turn

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.turns += 1
        if self._ready.poll(0):
            self._endpoint.libHandleEvents(0)
        else:
            self._endpoint.libHandleEvents(WAIT_MS if timeout is None else max(0, min(WAIT_MS, int(timeout * 1000))))
            if not self._ready.poll(0):
                return []
        return super().select(0)


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
