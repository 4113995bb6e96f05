"""A house with copper in it: real telephone ports on chip simulators, the real exchange, media that keep account.

The extensions with a port have a `Person` at a simulated telephone; the others are those of `house.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from firmware.calls.leg import Leg, Party
from firmware.media import KeyHeard, KeySounds
from firmware.simboard.ends import ignore
from firmware.telephony.decision import TrunkAttempt
from firmware.telephony.site import Site
from firmware.telephony.site.check import checked
from tests.component.line_house import LineHouse
from tests.inprocess import Copper, copper
from tests.virtual import run_virtual

ON_HOOK_S = 1.5  # longer than any flash


class Person:
    """Somebody at an analog telephone. What takes time is awaited."""

    def __init__(self, here: "CopperHouse", extension: str, port: str) -> None:
        self._here, self._port = here, port
        self.telephone, self.slot = here.telephones[extension], here.analog[extension]

    @property
    def hears(self) -> set[str]:
        return self._here.media.hears(self.slot)

    @property
    def rings(self) -> bool:
        return self._here.box.lines.fxs[self._port].ringing

    async def lifts(self) -> None:
        self._here.box.telephone(self._port).lift()
        await self._here.box.after(0.2)

    async def puts_back(self) -> None:
        self._here.box.telephone(self._port).hang_up()
        await self._here.box.after(ON_HOOK_S)

    async def flashes(self) -> None:
        self._here.box.telephone(self._port).flash(ignore)
        await self._here.box.after(0.7)

    async def pulses(self, digits: str) -> None:
        self._here.box.telephone(self._port).pulse(digits, ignore)
        await self._here.box.after(sum(0.1 * (int(digit) or 10) + 0.8 for digit in digits))

    def presses(self, keys: str) -> None:
        for key in keys:
            for heard in (KeySounds(True), KeyHeard(key), KeySounds(False)):
                self._here.media.hear(self.slot, heard)

    async def dials(self, number: str) -> None:
        """Lift, unless the handset is off the hook, and dial."""
        if not self._here.box.telephone(self._port).off_hook:
            await self.lifts()
        self.presses(number)
        await self._here.box.after(0.2)


class CopperHouse(LineHouse):
    """`people` by extension. Trunks with a port are simulated lines: `box.office`."""

    def __init__(self, site: Site, box: Copper) -> None:
        super().__init__(site, box.lines.fxs, box.lines.fxo)
        self.box = box
        self.people = {one.number: Person(self, one.number, one.port) for one in site.extensions if one.port}

    def call_out(self, attempt: TrunkAttempt, caller: Party) -> Leg | None:
        if attempt.trunk in self.lines.outside:
            return self.lines.call_out(attempt, caller)
        return super().call_out(attempt, caller)


@asynccontextmanager
async def copper_house(text: str) -> AsyncIterator[CopperHouse]:
    """A house of this site file, checked for leftovers at the end; handsets that lie about are put back."""
    site = checked(text)
    assert site.site is not None, site.problems
    async with copper(site.site.site.country) as box:
        here = CopperHouse(site.site, box)
        yield here
        for person in here.people.values():
            await person.puts_back()
        await here.settled()
        await asyncio.sleep(10)  # the longest message to a lamp
        here.nothing_left()


def play_on_copper(text: str, story: Callable[[CopperHouse], Awaitable[None]]) -> CopperHouse:
    """Run a story in virtual time; the house as it was left."""

    async def main() -> CopperHouse:
        async with copper_house(text) as here:
            await story(here)
        return here

    return run_virtual(main)
