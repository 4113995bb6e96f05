"""A reception with an analog telephone that talks to Ben: where scenarios of the hook flash begin."""

import asyncio

from tests.component.copper_house import CopperHouse, Person
from tests.component.house import Telephone
from tests.component.story import office

SITE = office("""
  - {number: "105", name: Clara, sip: {secret: clara-secret-105}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
outbound:
  - {name: outside, prefix: "9", trunks: [line1]}
inbound:
  - {trunk: line1, to: "101"}
""")


async def talking(here: CopperHouse) -> tuple[Person, Telephone]:
    """Ben has called the reception and they talk."""
    reception = here.people["101"]
    ben = here.dials("104", "101")
    await asyncio.sleep(3)
    assert reception.rings
    await reception.lifts()
    assert reception.hears == {"104"}
    assert ben.hears == {"101"}
    return reception, ben


async def consulting(here: CopperHouse) -> tuple[Person, Telephone, Telephone]:
    """The reception holds Ben and talks to Anna."""
    reception, ben = await talking(here)
    await reception.flashes()
    await reception.dials("103")
    anna = await here.telephone("103")
    anna.pick_up()
    await asyncio.sleep(0.2)
    assert reception.hears == {"103"}
    assert anna.hears == {"101"}
    assert ben.hears == {"music"}
    return reception, ben, anna
