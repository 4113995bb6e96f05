"""Virtual time for tests: a loop whose clock jumps to the next timer, and a helper that runs a coroutine on it.

Not responsible for models that need ticking: those read `loop.time()` themselves.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday morning: office hours in every test site


class Deadlock(RuntimeError):
    """Every task waits and no timer is armed: some event that the test counts on never comes."""


class _JumpSelector(selectors.DefaultSelector):
    """Never blocks: when nothing is ready, moves the loop's clock on to the next timer."""

    loop: "VirtualTimeLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise Deadlock("every task waits and no timer is armed")
            self.loop.now_s += max(timeout, 0.0)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop for which a wait costs nothing. `now_s` is its time in seconds, 0 at the start."""

    def __init__(self) -> None:
        self.now_s = 0.0
        selector = _JumpSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now_s

    def run_in_executor(self, executor: Any, function: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":  # type: ignore[override]
        """Work of a thread is done at once: no time passes, and no thread outlives a test."""
        done: asyncio.Future[Any] = self.create_future()
        try:
            self.call_soon(_resolve, done, function(*args), None)
        except Exception as error:
            self.call_soon(_resolve, done, None, error)
        return done


def _resolve(done: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
    if done.done():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)


class VirtualClock:
    """`firmware.clock.Clock` that agrees with the running virtual loop; wall time begins at START."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start

    def monotonic_s(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic_s())


def run_virtual(main: Callable[[], Coroutine[Any, Any, T]] | Coroutine[Any, Any, T], limit_s: float = 86_400.0) -> T:
    """Run a coroutine (or a function that makes one) to its end; more than `limit_s` virtual seconds is a failure."""

    async def bounded() -> T:
        async with asyncio.timeout(limit_s):
            return await (main() if callable(main) else main)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(bounded())
