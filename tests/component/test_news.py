"""What the pages are told of lines: whoever follows the changes knows what a look at the box would show."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

from firmware.api.events import Events
from firmware.contract.events import LineChanged
from firmware.contract.status import LineState
from firmware.news import News
from firmware.status import BoxStatus
from tests.component.copper_house import CopperHouse, play_on_copper
from tests.scenarios.reception import SITE


class Page:
    """A page that shows the lines: as they are when it opens, and as it is told from then on."""

    def __init__(self, here: CopperHouse) -> None:
        other: Any = SimpleNamespace()
        self._status = BoxStatus(
            exchange=here.exchange, devices=here.lines, registrar=other, trunks=other, alarms=other, clock=here.clock,
            addresses={}, counters=dict, legs=lambda: 0, audio_ports=lambda: 0, sip_version="",
        )  # fmt: skip
        events = Events(1)
        here.news = News(events, self._status, here.exchange)
        here.exchange.watch(here.news.call)
        self._follower = events.follower()
        self._follower.__enter__()
        self._lines = {line.slot: line for line in self._status.lines()}

    async def shows(self, slot: str) -> LineState:
        await asyncio.sleep(0.1)
        self._follower.wake()
        for event in await self._follower.next():
            if isinstance(event.change, LineChanged):
                self._lines[event.change.line.slot] = event.change.line
        assert list(self._lines.values()) == list(self._status.lines())
        return self._lines[slot].state


def play(story: Callable[[CopperHouse, Page], Awaitable[None]]) -> None:
    async def main(here: CopperHouse) -> None:
        await story(here, Page(here))

    play_on_copper(SITE, main)


def test_a_forgotten_handset_is_shown() -> None:
    """H8: though nothing happens at the port when the dial tone ends."""

    async def story(here: CopperHouse, page: Page) -> None:
        reception = here.people["101"]
        await reception.lifts()
        assert await page.shows("fxs1") is LineState.DIALLING
        await asyncio.sleep(20)
        assert reception.hears == {"busy"}
        assert await page.shows("fxs1") is LineState.LEFT_OFF
        assert await page.shows("fxs2") is LineState.READY
        await reception.puts_back()
        assert await page.shows("fxs1") is LineState.READY

    play(story)


def test_a_call_is_shown_at_both_lines() -> None:
    async def story(here: CopperHouse, page: Page) -> None:
        reception, workshop = here.people["101"], here.people["102"]
        await reception.dials("102")
        await asyncio.sleep(2)
        assert await page.shows("fxs2") is LineState.RINGING
        await workshop.lifts()
        assert await page.shows("fxs1") is LineState.IN_CALL
        assert await page.shows("fxs2") is LineState.IN_CALL
        await workshop.puts_back()
        assert await page.shows("fxs2") is LineState.READY
        assert await page.shows("fxs1") is LineState.LEFT_OFF
        await reception.puts_back()

    play(story)


def test_an_outside_call_is_shown_at_its_line() -> None:
    async def story(here: CopperHouse, page: Page) -> None:
        anna = here.dials("103", "9030123456")
        await asyncio.sleep(6)
        assert await page.shows("fxo1") is LineState.IN_CALL
        anna.leaves()
        assert await page.shows("fxo1") is LineState.READY

    play(story)
