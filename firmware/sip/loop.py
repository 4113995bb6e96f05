"""The call loop: asyncio whose selector lets pjsua2 work when it has something to do.

With no worker threads in pjsua2, every SIP callback runs inside `select`, on the loop's own thread: call code needs no
locks. Nothing else may call `libHandleEvents`. Nothing is polled: pjsip's own descriptor is waited for like any other.
"""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from firmware.sip import native

LONGEST_MS = 250  # a timer of pjsip that another thread sets while the loop sleeps is late by no more than this


class PjSelector(selectors.DefaultSelector):
    """Made after libInit."""

    def __init__(self, endpoint: pj.Endpoint) -> None:
        super().__init__()
        self._endpoint, self._library = endpoint, native.load()
        self._sip = self.register(int(self._library.fx_loop_fd()), selectors.EVENT_READ)
        self.turns = 0  # for the heartbeat: a loop that is stuck does not turn

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.turns += 1
        wait_s = self._library.fx_loop_wait_ms(LONGEST_MS) / 1000
        ready = super().select(wait_s if timeout is None else min(wait_s, timeout))
        others = [one for one in ready if one[0] is not self._sip]
        if not others or len(others) < len(ready) or not wait_s:
            self._endpoint.libHandleEvents(0)
        return others


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
