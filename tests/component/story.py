"""Stories of people at telephones, in virtual time: what scenarios begin with, whatever feature they are about."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from tests.component.house import House, Telephone, house
from tests.virtual import VirtualClock, run_virtual

_OFFICE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
"""

Story = Callable[[House], Awaitable[None]]


def office(more: str) -> str:
    """A site of four telephones, to which a scenario adds what it is about: more extensions first."""
    return _OFFICE + more.removeprefix("\n")


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
    return first, await answers(here, called, rung)


async def answers(here: House, where: str, number: int = 0) -> Telephone:
    """The telephone of an extension, or the line of a trunk, that has been called, picked up and in conversation."""
    leg = await here.telephone(where, number)
    leg.pick_up()
    await asyncio.sleep(1)
    return leg


async def heard(here: House, extension: str, number: str) -> list[str]:
    """What the extension is told when it dials a number, until the call is over."""
    before = len(here.media.said)
    here.dials(extension, number)
    await here.settled()
    return here.media.said[before:]
