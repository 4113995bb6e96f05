"""Races: hang-ups and answers against every step of the features, and people who do everything at once.

Nothing may be left over, and no call may fail. `FXBOX_STORMS` says how many storms there are (default 20).
"""

import asyncio
import os
from collections.abc import Awaitable, Callable

import pytest

from tests.component.house import House, Telephone, house
from tests.component.storm import Storm, no_failures
from tests.virtual import run_virtual

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1, department: office}
  - {number: "102", name: Workshop, port: fxs2, department: office}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, department: office}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, department: office}
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}, department: office}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: line2, type: fxo, port: fxo2}
  - {name: provider, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: outside, prefix: "9", trunks: [provider]}
inbound:
  - {trunk: line1, to: queue/631}
  - {trunk: line2, to: menu/640}
  - {trunk: provider, to: group/620}
rooms: [{number: "90", pin: "1234", admin_pin: "9876"}, {number: "91"}]
ring_groups: [{number: "620", name: All, members: ["101", "102", "103"], ring_s: 5, otherwise: queue/631}]
queues:
  - {number: "631", name: Q, strategy: ringall, agents: ["102", "103"], dynamic_agents: ["104"], ring_s: 5,
     retry_s: 0, wrap_up_s: 2, max_wait_s: 20, otherwise: group/620}
menus: [{number: "640", name: M, greeting: welcome, keys: {"1": queue/631, "2": "103", "3": room/91}, timeout_s: 2}]
"""
STORMS = int(os.environ.get("FXBOX_STORMS", "20"))
NUMBERS = (
    "101", "102", "103", "104", "105", "620", "631", "640", "90", "91", "41", "42", "*8", "**103", "**102", "*62",
    "*062", "*95", "*095", "9030765", "*43",
)  # fmt: skip
KEYS = (
    "#", "#102", "#103#", "#41#", "#91#", "#620#", "#631#", "#9030765#", "*2", "*2102", "*2103#", "*", "*4", "*0",
    "1234#", "9876#", "0", "0102", "0103#", "**", "*#", "1", "2", "102", "103#",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(STORMS))
def test_whatever_people_do_nothing_is_left_over(seed: int) -> None:
    async def main() -> None:
        async with house(SITE) as here:
            storm = Storm(here, seed, NUMBERS, KEYS, 60.0)
            await storm.rage(("101", "102", "103", "104", "105"), ("line1", "line2"))
            await here.settled()
            assert storm.transfers == 0

    with no_failures():
        run_virtual(main)


Steps = Callable[[House, dict[str, Telephone]], Awaitable[None]]


async def talking(here: House, people: dict[str, Telephone]) -> None:
    """Ben has called Anna."""
    people["ben"] = here.dials("104", "103")
    people["anna"] = await here.telephone("103")
    people["anna"].pick_up()
    await asyncio.sleep(1)


async def third_answers(here: House, people: dict[str, Telephone]) -> None:
    people["third"] = await here.telephone("102")
    people["third"].rings()
    await asyncio.sleep(1)
    people["third"].pick_up()
    await asyncio.sleep(1)


async def blind_transfer(here: House, people: dict[str, Telephone]) -> None:
    await talking(here, people)
    people["anna"].press("#")
    await asyncio.sleep(1.2)
    people["anna"].press("102")
    await third_answers(here, people)


async def attended_transfer(here: House, people: dict[str, Telephone]) -> None:
    await talking(here, people)
    people["anna"].press("*2")
    await asyncio.sleep(1.2)
    people["anna"].press("102")
    await third_answers(here, people)
    people["anna"].leaves()
    await asyncio.sleep(1)


async def conference(here: House, people: dict[str, Telephone]) -> None:
    await talking(here, people)
    people["anna"].press("*0")
    await asyncio.sleep(1.2)
    people["anna"].press("9876#")
    await asyncio.sleep(3)
    people["anna"].press("0")
    await asyncio.sleep(0.2)
    people["anna"].press("102")
    await third_answers(here, people)
    people["anna"].press("**")
    await asyncio.sleep(5)


async def pickup(here: House, people: dict[str, Telephone]) -> None:
    people["ben"] = here.dials("104", "103")
    people["anna"] = await here.telephone("103")
    people["anna"].rings()
    await asyncio.sleep(1)
    people["third"] = here.dials("102", "*8")
    await asyncio.sleep(1)


async def queue(here: House, people: dict[str, Telephone]) -> None:
    people["ben"] = here.dials("105", "631")
    people["anna"] = await here.telephone("103")
    people["third"] = await here.telephone("102")
    people["anna"].rings()
    await asyncio.sleep(1)
    people["third"].pick_up()
    await asyncio.sleep(1)


async def group(here: House, people: dict[str, Telephone]) -> None:
    people["ben"] = here.dials("104", "620")
    people["anna"] = await here.telephone("103")
    people["third"] = await here.telephone("102")
    await asyncio.sleep(1)
    people["anna"].pick_up()
    await asyncio.sleep(1)


async def menu(here: House, people: dict[str, Telephone]) -> None:
    people["ben"] = here.dials("104", "640")
    await asyncio.sleep(1.2)
    people["ben"].press("2")
    people["anna"] = await here.telephone("103")
    await asyncio.sleep(1)
    people["anna"].pick_up()
    await asyncio.sleep(1)


async def parking(here: House, people: dict[str, Telephone]) -> None:
    await talking(here, people)
    people["anna"].press("*4")
    await asyncio.sleep(1.5)
    people["third"] = here.dials("102", "41")
    await asyncio.sleep(1)


ALL = (blind_transfer, attended_transfer, conference, pickup, queue, group, menu, parking)


@pytest.mark.parametrize("leaver", ["ben", "anna", "third"])
@pytest.mark.parametrize("steps", ALL, ids=lambda one: one.__name__)
def test_who_hangs_up_at_any_moment_leaves_nothing_behind(steps: Steps, leaver: str) -> None:
    async def main(at_s: float) -> None:
        async with house(SITE) as here:
            people: dict[str, Telephone] = {}
            story = asyncio.create_task(steps(here, people))
            await asyncio.sleep(at_s)
            if leaver in people:
                people[leaver].leaves()
            await asyncio.wait({story}, timeout=10)
            story.cancel()
            await asyncio.gather(story, return_exceptions=True)
            for leg in (*people.values(), *(leg for legs in here.rung.values() for leg in legs)):
                leg.leaves()

    with no_failures():
        for step in range(24):
            run_virtual(main(step * 0.5 + 0.11 * (step % 5)))
