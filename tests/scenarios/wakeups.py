"""What the scenarios of wake-up calls share. The day begins at 09:00 UTC, 10:00 in Berlin."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from firmware.features.wake_up.book import Book
from tests.component.house import House, Telephone
from tests.component.story import play_in_house
from tests.virtual import START, VirtualClock

SITE = """
version: 1
site: {country: DE, language: en, timezone: Europe/Berlin}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, dnd: true, forward: {always: "104"}}
  - number: "104"
    name: Ben
    sip: {secret: ben-secret-104}
    voicemail: {pin: "8215"}
    follow_me: {enabled: true, own_ring_s: 5, list: [{number: "101"}]}
trunks:
  - {name: line1, type: fxo, port: fxo1}
emergency: {trunks: [line1]}
"""


def play(
    story: Callable[[House], Awaitable[None]], *, before: House | None = None, start: datetime = START,
    text: str = SITE,
) -> House:  # fmt: skip
    return play_in_house(text, story, before=before, clock=VirtualClock(start), limit_s=10 * 86_400)


async def dials(here: House, extension: str, number: str) -> list[str]:
    """What the telephone hears until it is hung up."""
    here.media.said.clear()
    here.dials(extension, number)
    await here.settled()
    return list(here.media.said)


def states(here: House) -> list[tuple[str, str, str]]:
    kept = sorted(here.kept["wake-ups"].values(), key=lambda one: (one.local, one.extension))
    return [(one.extension, f"{one.local:%d %H:%M}", one.state.value) for one in kept]


async def rung(here: House, extension: str, number: int = 0) -> Telephone:
    """The extension's telephone, once it has been rung that often."""
    return await here.telephone(extension, number, within_s=2 * 3600)


def now_s() -> float:
    return asyncio.get_running_loop().time()


def book_of(here: House) -> Book:
    """What the portal acts on."""
    book = here.exchange.features.offers["wake-up"]
    assert isinstance(book, Book)
    return book
