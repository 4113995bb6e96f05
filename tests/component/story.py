"""Stories of people at telephones, in virtual time: what scenarios begin with, whatever feature they are about."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from tests.component.house import House, Telephone, house
from tests.virtual import VirtualClock, run_virtual

Story = Callable[[House], Awaitable[None]]


def play_in_house(
    text: str, story: Story, *, devices: Mapping[str, int] | None = None, before: House | None = None,
    clock: VirtualClock | None = None, limit_s: float = 86_400.0,
) -> House:  # fmt: skip
    """Run a story in a house of this site file; the house as it was left. See `house`.

    `devices`: how many telephones an extension has; `_103` counts for `103`, so that it may be the name of an argument.
    """
    telephones = {name.removeprefix("_"): count for name, count in (devices or {}).items()}

    async def main() -> House:
        async with house(text, telephones, before=before, clock=clock) as here:
            await story(here)
        return here

    return run_virtual(main, limit_s)


async def talking(here: House, caller: str = "104", called: str = "103") -> tuple[Telephone, Telephone]:
    """Two of the house who talk with each other, the caller first."""
    rung = len(here.rung.get(called, ()))
    first = here.dials(caller, called)
    second = await here.telephone(called, rung)
    second.pick_up()
    await asyncio.sleep(1)
    return first, second


async def heard(here: House, extension: str, number: str) -> list[str]:
    """What the extension is told when it dials a number, until the call is over."""
    before = len(here.media.said)
    here.dials(extension, number)
    await here.settled()
    return here.media.said[before:]
