"""Who did what is kept for the administrator: listening, blocking, recording, passwords (security.md 8)."""

import asyncio
from collections.abc import Awaitable, Callable

from firmware.telephony.deeds import BOX, Act, Deed
from tests.component.house import House
from tests.component.story import play_in_house, talking

SITE = """
version: 1
site: {country: GB, language: en}
recording: {announce: never}
extensions:
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, monitor: {allow: true}, voicemail: {pin: "8215"}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}, monitor: {mode: all}}
  - {number: "106", name: Dora, sip: {secret: dora-secret-106}, record: {automatic: all}}
trunks:
  - {name: branch, type: sip, host: 192.0.2.20, register: false}
"""


def deeds(story: Callable[[House], Awaitable[None]]) -> list[Deed]:
    return play_in_house(SITE, story).deeds


def test_who_listens_to_whom_and_in_which_way() -> None:
    async def story(here: House) -> None:
        ben, _anna = await talking(here, called="103")
        carla = here.dials("105", "*90103")
        await asyncio.sleep(1)
        carla.press("6")
        here.dials("106", "*92103")
        await asyncio.sleep(1)
        ben.leaves()

    assert deeds(story) == [
        Deed("105", Act.LISTENED, "103", "listen"),
        Deed("105", Act.LISTENED, "103", "barge"),
        Deed("106", Act.LISTEN_REFUSED, "103", "may not listen in this way"),
    ]


def test_who_blocks_and_unblocks_which_number() -> None:
    async def story(here: House) -> None:
        for code in ("*7502071234567", "*7502071234567", "*07502071234567"):
            here.dials("103", code)
            await here.settled()

    assert deeds(story) == [
        Deed("103", Act.BLOCKED, "+442071234567"),  # once: the second time it was listed already
        Deed("103", Act.UNBLOCKED, "02071234567"),
    ]


def test_who_records_a_call_by_hand_or_by_rule() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, called="103")
        anna.press("*1")
        await asyncio.sleep(2)
        ben.leaves()
        await here.settled()
        ben, _dora = await talking(here, called="106")
        ben.leaves()

    assert deeds(story) == [
        Deed("103", Act.RECORDED, "a call", "with 104"),
        Deed(BOX, Act.RECORDED, "a call of 106", "by rule"),
    ]


def test_who_changes_the_password_of_a_mailbox() -> None:
    async def story(here: House) -> None:
        ben = here.dials("104", "*60")
        for keys in ("103#", "8215#", "0", "5", "260791#", "260791#"):
            await asyncio.sleep(4)
            ben.press(keys)
        await asyncio.sleep(4)
        ben.leaves()

    assert deeds(story) == [Deed("104", Act.CHANGED_PASSWORD, "103")]
