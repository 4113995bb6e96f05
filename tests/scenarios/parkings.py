"""What the scenarios of parking share: the site, a call that is parked."""

import asyncio
from functools import partial

from tests.component.house import House, Telephone
from tests.component.story import office, play_in_house, talking

SITE = office("""
  - {number: "105", name: Boxed, sip: {secret: boxed-secret-105}, voicemail: {pin: "8215"}}
  - {number: "106", name: Away, sip: {secret: away-secret-1066}, forward: {always: "101"}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
inbound:
  - {trunk: line1, to: "103"}
""")


play = partial(play_in_house, SITE)


async def parking(here: House, by: str = "103") -> tuple[Telephone, Telephone]:
    """Ben, who is parked by whom he called, and the telephone that parked him."""
    ben, parker = await talking(here, called=by)
    parker.press("*4")
    await asyncio.sleep(5)
    return ben, parker
