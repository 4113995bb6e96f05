"""What the scenarios of the blacklist share: the site, dialling a code, a call that is missed."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.component.house import House
from tests.component.story import play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, may_block: false}
trunks:
  - {name: line1, type: fxo, port: fxo1, number: "+493012345"}
  - {name: silent, type: fxo, port: fxo2, answer_blocked: false}
  - {name: branch, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: outside, prefix: "9", trunks: [line1]}
inbound:
  - {to: "103"}
"""


ANONYMOUS = SITE + "block_anonymous: true\n"


def play(story: Callable[[House], Awaitable[None]], site: str = SITE) -> House:
    return play_in_house(site, story)


async def missed_call(here: House, caller: str, trunk: str = "branch") -> None:
    """A call from outside that rings and is given up."""
    outside = here.outside_calls(trunk, caller)
    await asyncio.sleep(1)
    outside.leaves()
    await here.settled()
