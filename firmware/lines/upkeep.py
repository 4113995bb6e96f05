"""Keeping one chip up: starts it, waits until it is lost, starts it again with growing patience."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from firmware.chips import ChipError
from firmware.hal import BusError

FIRST_RETRY_S, LAST_RETRY_S = 0.25, 10.0
HOURLY_S = 3600.0

log = logging.getLogger(__name__)


class LineFault(Exception):
    """The line, not the chip, is at fault: worth another look in an hour only. The message says what to do."""


class Upkeep:
    """Runs for ever as a task. `up` and `down` are told of each change; `lost` says that the chip has failed."""

    def __init__(
        self, name: str, start: Callable[[], Awaitable[None]], up: Callable[[], None], down: Callable[[str], None]
    ) -> None:
        self._name, self._start, self._up, self._down = name, start, up, down
        self._lost: asyncio.Future[Exception] | None = None
        self.tried = asyncio.Event()  # the first attempt is over, whatever came of it

    def lost(self, reason: Exception) -> None:
        """The chip has failed while it was up."""
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(reason)

    async def run(self) -> None:
        retry_s = FIRST_RETRY_S
        while True:
            self._lost = asyncio.get_running_loop().create_future()
            try:
                await self._start()
                self._up()
                retry_s = FIRST_RETRY_S
                self.tried.set()
                failure = await self._lost
            except (ChipError, BusError) as error:
                failure = error
            self._down(str(failure))
            self.tried.set()
            await asyncio.sleep(HOURLY_S if isinstance(failure, LineFault) else retry_s)
            retry_s = min(2 * retry_s, LAST_RETRY_S)
