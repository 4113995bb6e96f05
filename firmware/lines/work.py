"""One task of a line at a time: sounds in order, with pauses between them."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

log = logging.getLogger(__name__)


class Work:
    """Starting it anew ends what is under way. A failure is logged, and `failed` is told."""

    def __init__(self, name: str, failed: Callable[[], None] = lambda: None) -> None:
        self._name, self._failed = name, failed
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Coroutine[None, None, None]) -> None:
        self.stop()
        self._task = asyncio.get_running_loop().create_task(work, name=self._name)
        self._task.add_done_callback(self._ended)

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _ended(self, task: asyncio.Task[None]) -> None:
        mine = task is self._task
        if mine:
            self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", self._name, exc_info=error)
            if mine:
                self._failed()
