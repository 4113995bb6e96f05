"""The made-up core on a loop of its own in a thread, for tests whose code blocks (the portal's)."""

import asyncio
import threading
from typing import Self

from tests.component.fake_core import Core


class CoreThread:
    """`core` runs while the context is open; touch it through `do`."""

    def __init__(self, path):
        self._path, self._started = path, threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=asyncio.run, args=(self._run(),))
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def do(self, action):
        """Run `action(core)` on the core's loop and return its result."""

        async def act():
            result = action(self.core)
            return await result if asyncio.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(act(), self._loop).result(10)

    async def _run(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with Core(self._path) as self.core:
            self._started.set()
            await self._stop.wait()
