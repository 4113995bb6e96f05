"""What the scenarios of voicemail share: the site, leaving a message, getting into a mailbox."""

import asyncio
from collections.abc import Awaitable, Callable

from firmware.features.voicemail.boxes import Boxes
from tests.component.house import House, Telephone
from tests.component.story import play_in_house
from tests.virtual import VirtualClock

SITE = """
version: 1
site: {country: DE, language: en, timezone: Europe/Berlin}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2, voicemail: {pin: "260791"}}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, ring_s: 20, voicemail: {pin: "8215"}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Off, sip: {secret: off-secret-1055}, voicemail: {pin: "4711", enabled: false}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
inbound:
  - {trunk: line1, to: "103"}
emergency: {trunks: [line1]}
"""
GREETING = "vm-the-person+103+vm-unavailable+vm-intro"


def play(
    story: Callable[[House], Awaitable[None]], text: str = SITE, before: House | None = None,
    clock: VirtualClock | None = None,
) -> House:  # fmt: skip
    return play_in_house(text, story, before=before, clock=clock)


async def speaking(here: House) -> None:
    """Until the caller has heard the tone."""
    async with asyncio.timeout(60):
        while not here.media.tapes:  # noqa: ASYNC110, the fake has no event for it
            await asyncio.sleep(0.1)


async def leaves_message(here: House, seconds: float = 10, caller: str = "104", box: str = "103") -> None:
    ben = here.dials(caller, f"*6*{box}")
    await speaking(here)
    await asyncio.sleep(seconds)
    ben.leaves()
    await asyncio.sleep(0.1)


async def logged_in(here: House, extension: str = "103", code: str = "*61", keys: str = "8215#") -> Telephone:
    """In the mailbox, past the number of messages."""
    owner = here.dials(extension, code)
    await asyncio.sleep(0.5)
    owner.press(keys)
    await asyncio.sleep(0.5)
    return owner


async def press(owner: Telephone, keys: str, wait_s: float = 0.5) -> None:
    """Keys one by one, with time for the box to do something about each."""
    for key in keys:
        owner.press(key)
        await asyncio.sleep(wait_s)


def messages(here: House, box: str = "103") -> list[tuple[str, float, bool]]:
    """Caller, length and whether it was heard, of each message of a mailbox."""
    kept = sorted(here.kept["voicemail"].values(), key=lambda one: one.at)
    return [(one.number, round(one.length_s, 1), one.read) for one in kept if one.mailbox == box]


def boxes_of(here: House) -> Boxes:
    """What the portal acts on."""
    boxes = here.exchange.features.offers["voicemail"]
    assert isinstance(boxes, Boxes)
    return boxes
