"""Waiting for one of several things."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Result = TypeVar("Result")


async def first(*works: Awaitable[Result], within_s: float | None = None) -> Result | None:
    """The result of what is done first (of several at once, the first named); None: nothing `within_s`.

    The others are cancelled, and over before this returns, however it ends.
    """
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        return next((task.result() for task in tasks if task.done()), None)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def within(limit_s: float | None, work: Awaitable[Result]) -> Result:
    """The result of `work`; TimeoutError after `limit_s`, None: no limit.

    Before Python 3.12 asyncio.wait_for swallows a cancel that comes with the result: a caller who presses a key and
    hangs up at once would go on being asked for ever.
    """
    async with asyncio.timeout(limit_s):
        return await work
