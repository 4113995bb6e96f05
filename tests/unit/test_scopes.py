"""Hang-up as a scope: cancels reach the block they are meant for, and nothing after it."""

import asyncio

import pytest

from firmware.calls.leg import LegState, Signals
from firmware.calls.scopes import HungUp, while_up
from tests.virtual import run_virtual


class Bare:
    """Nothing of a leg but its signals."""

    def __init__(self) -> None:
        self.signals = Signals()

    def goes(self) -> None:
        self.signals.move(LegState.GONE)


def test_a_block_that_hangs_up_itself_and_ends_leaves_no_cancel_behind() -> None:
    async def main() -> None:
        leg = Bare()
        async with while_up(leg):
            leg.goes()
        await asyncio.sleep(1)

    run_virtual(main)


def test_a_block_that_hangs_up_itself_and_waits_is_left() -> None:
    async def main() -> None:
        leg = Bare()
        with pytest.raises(HungUp) as left:
            async with while_up(leg):
                leg.goes()
                await asyncio.sleep(1)
        assert left.value.args[0] is leg
        assert asyncio.get_running_loop().time() == 0

    run_virtual(main)


def test_both_scopes_end_when_both_legs_go_at_once() -> None:
    async def main() -> None:
        outer, inner = Bare(), Bare()
        with pytest.raises(HungUp) as left:
            async with while_up(outer), while_up(inner):
                outer.goes()
                inner.goes()
        assert left.value.args[0] is outer

    run_virtual(main)


def test_an_error_passes_while_the_leg_goes() -> None:
    async def main() -> None:
        leg = Bare()
        with pytest.raises(ValueError, match="broken"):
            async with while_up(leg):
                leg.goes()
                raise ValueError("broken")
        await asyncio.sleep(1)

    run_virtual(main)


def test_a_cancel_from_outside_is_not_swallowed() -> None:
    async def main() -> None:
        leg = Bare()

        async def work() -> None:
            async with while_up(leg):
                leg.goes()
                asyncio.current_task().cancel()
            await asyncio.sleep(1)

        task = asyncio.create_task(work())
        await asyncio.wait({task})
        assert task.cancelled()

    run_virtual(main)
