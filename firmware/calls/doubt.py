"""Has the far end of an outside line gone, while several are in company? A busy tone on it may be an echo (H7).

So the line is taken aside: for a moment it hears nobody, and what it says then is its own. Its detector, which counts
again while it is not in company, hangs up if the tone goes on.
"""

import asyncio
from collections.abc import Callable

from firmware.calls.leg import Leg, LegEvent, SoundsGone

ASIDE_S = 6.0  # three cycles of the slowest busy tone, begun at any point, and the end of what was echoing
AGAIN_S = 60.0  # a false alarm interrupts somebody: not more often


class Doubt:
    """Watches one leg until `close`. `aside(True)`: nobody is to be heard by it, it is in no company; False: again."""

    def __init__(self, leg: Leg, aside: Callable[[bool], None]) -> None:
        self.is_aside = False
        self._aside = aside
        self._not_before_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._stop = leg.signals.watch(self._on_event)

    def _on_event(self, event: LegEvent) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(event, SoundsGone) and self._timer is None:
            self._timer = loop.call_at(max(loop.time(), self._not_before_s), self._begin)

    def _begin(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(ASIDE_S, self._end)
        self.is_aside = True
        self._aside(True)

    def _end(self) -> None:
        self._timer, self.is_aside = None, False
        self._not_before_s = asyncio.get_running_loop().time() + AGAIN_S
        self._aside(False)

    def close(self) -> None:
        self._stop()
        if self._timer is not None:
            self._timer.cancel()
