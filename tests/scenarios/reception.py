"""A reception with an analog telephone that talks to Ben: where scenarios of the hook flash begin."""

import asyncio

from tests.component.copper_house import CopperHouse, Person
from tests.component.house import Telephone

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Clara, sip: {secret: clara-secret-105}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
outbound:
  - {name: outside, prefix: "9", trunks: [line1]}
inbound:
  - {trunk: line1, to: "101"}
"""


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
