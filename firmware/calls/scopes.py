"""Hang-up as a scope: the block runs while the leg is up, and is left with HungUp when it goes away."""

import asyncio
from collections.abc import Callable
from types import TracebackType

from firmware.calls.leg import Leg, LegEvent, LegState, StateChanged


class HungUp(Exception):
    """The leg of a `while_up` scope has gone; `args[0]` is the leg."""


class while_up:  # reads as a keyword where it is used
    """`async with while_up(leg):` cancels the block when `leg` goes, and turns that cancel into HungUp.

    A cancel from outside passes through as a cancel, also when both happen at once.
    """

    def __init__(self, leg: Leg) -> None:
        self._leg, self._fired = leg, False
        self._stop: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Leg:
        if self._leg.signals.gone:
            raise HungUp(self._leg)
        task = asyncio.current_task()
        assert task is not None
        self._task, self._outer_cancels = task, task.cancelling()
        self._stop = self._leg.signals.watch(self._on_event)
        return self._leg

    def _on_event(self, event: LegEvent) -> None:
        if isinstance(event, StateChanged) and event.state is LegState.GONE and not self._fired:
            self._fired = True
            self._task.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        if not self._fired:
            return
        cancels = self._task.uncancel()
        if kind is not asyncio.CancelledError:
            await self._swallow()
        elif cancels <= self._outer_cancels:
            raise HungUp(self._leg) from error

    async def _swallow(self) -> None:
        """The block was over before its cancel reached it, as when it hung up itself: what comes next is spared it."""
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            if self._task.cancelling() > self._outer_cancels:
                raise
