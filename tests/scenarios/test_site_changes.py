"""The site changes while people telephone: calls go on, and what belongs to a removed extension goes in time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from msgspec.structs import replace

from firmware.calls.leg import LegState
from firmware.telephony.records import Status
from firmware.telephony.site import Extension
from tests.component.house import House, Telephone
from tests.component.story import answers, play_in_house
from tests.scenarios.mailbox import leaves_message, messages
from tests.virtual import START, VirtualClock

SITE = """
version: 1
site: {country: DE, language: en, timezone: Europe/Berlin}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, ring_s: 20, voicemail: {pin: "8215"}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, outbound: [outside]}
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
outbound:
  - {name: outside, prefix: "9", trunks: [line1]}
inbound:
  - {trunk: line1, to: "103"}
queues:
  - {number: "631", name: Sales, dynamic_agents: ["103", "104"], announce_position: false}
limits: {max_call_minutes: 60, site_minutes_per_day: 10000, outbound_minutes_per_day: 10000}
"""


def play(
    story: Callable[[House], Awaitable[None]], before: House | None = None, days: float = 0, text: str = SITE
) -> House:
    """`days` after the beginning."""

    return play_in_house(text, story, before=before, clock=VirtualClock(START + timedelta(days=days)))


def removed(here: House, number: str) -> Extension:
    """Take an extension out of the site, and whatever names it."""
    site, gone = here.settings.site, here.settings.site.extension(number)
    assert gone is not None
    queues = tuple(
        replace(one, dynamic_agents=tuple(agent for agent in one.dynamic_agents if agent != number))
        for one in site.queues
    )
    left = tuple(one for one in site.extensions if one is not gone)
    here.settings.replace(replace(site, extensions=left, queues=queues))
    return gone


def brought_back(here: House, extension: Extension) -> None:
    site = here.settings.site
    here.settings.replace(replace(site, extensions=(*site.extensions, extension)))


async def talking(here: House, caller: str, callee: str) -> tuple[Telephone, Telephone]:
    a = here.dials(caller, callee)
    b = await here.telephone(callee)
    b.rings()
    b.pick_up()
    await asyncio.sleep(1)
    return a, b


def test_a_removed_extension_talks_on_and_calls_no_more() -> None:
    async def story(here: House) -> None:
        anna, ben = await talking(here, "103", "104")
        removed(here, "103")
        await asyncio.sleep(600)
        assert anna.hears == {"104"}
        assert ben.hears == {"103"}
        carla = here.dials("105", "103")
        await asyncio.sleep(5)
        assert carla.state is LegState.GONE
        ben.leaves()

    here = play(story)
    assert [record.status for record in here.records] == [Status.UNAVAILABLE, Status.ANSWERED]


def test_an_extension_that_is_removed_while_it_rings_is_not_answered() -> None:
    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        anna = await here.telephone("103")
        anna.rings()
        await asyncio.sleep(5)
        removed(here, "103")
        assert anna.state is LegState.RINGING
        await here.settled()
        assert ben.state is LegState.GONE

    play(story)


def test_who_waits_in_a_queue_that_is_removed_is_served() -> None:
    async def story(here: House) -> None:
        here.dials("104", "*62")
        await asyncio.sleep(5)
        ben = here.dials("104", "105")
        await answers(here, "105")
        waiting = here.dials("101", "631")
        await asyncio.sleep(10)
        assert waiting.hears == {"music"}
        here.settings.replace(replace(here.settings.site, queues=()))
        await asyncio.sleep(10)
        assert waiting.hears == {"music"}
        ben.leaves()
        rung = await here.telephone("104")
        rung.rings()
        rung.pick_up()
        await asyncio.sleep(1)
        assert waiting.hears == {"104"}
        rung.leaves()

    play(story)


def test_a_shorter_limit_ends_a_call_that_is_going_on() -> None:
    async def story(here: House) -> None:
        ben = here.dials("104", "9030123")
        line = await here.telephone("line1")
        line.pick_up()
        await asyncio.sleep(300)
        limits = replace(here.settings.site.limits, max_call_minutes=10)
        here.settings.replace(replace(here.settings.site, limits=limits))
        await asyncio.sleep(299)
        assert ben.state is LegState.UP
        await asyncio.sleep(3)
        assert ben.state is LegState.GONE

    play(story)


def test_what_a_removed_extension_has_set_goes_with_it() -> None:
    async def story(here: House) -> None:
        for code in ("*62", "*55*2300"):
            here.dials("103", code)
            await asyncio.sleep(8)
        here.dials("104", "*55*2300")
        caller = here.outside_calls("line1", "0301234", "")
        await here.telephone("103")
        caller.leaves()
        await asyncio.sleep(1)
        kept = ("agents", "wake-ups", "last_callers")
        assert [[key[0] for key in here.kept[name]] for name in kept] == [["103"], ["103", "104"], ["103"]]
        anna = removed(here, "103")
        assert [[key[0] for key in here.kept[name]] for name in kept] == [[], ["104"], []]
        brought_back(here, anna)
        here.dials("104", "*055")
        await asyncio.sleep(5)

    play(story)


def test_it_goes_too_when_the_box_was_off_meanwhile() -> None:
    async def sets(here: House) -> None:
        for code in ("*62", "*55*2300"):
            here.dials("104", code)
            await asyncio.sleep(8)

    async def nothing(here: House) -> None:
        await asyncio.sleep(1)

    before = play(sets)
    text = "".join(line for line in SITE.splitlines(keepends=True) if "name: Ben" not in line)
    here = play(nothing, before, text=text.replace('"103", "104"', '"103"'))
    assert not here.kept["agents"]
    assert not here.kept["wake-ups"]


def test_an_extension_that_comes_back_within_a_month_has_its_messages() -> None:
    async def leave(here: House) -> None:
        await leaves_message(here)
        anna = removed(here, "103")
        assert len(messages(here)) == 1
        brought_back(here, anna)
        assert len(messages(here)) == 1
        removed(here, "103")

    async def come_back(here: House) -> None:
        await asyncio.sleep(1)
        assert here.exchange.lamps.messages("103").new == 1

    async def nothing(here: House) -> None:
        await asyncio.sleep(1)

    text = "".join(line for line in SITE.splitlines(keepends=True) if "name: Anna" not in line)
    text = text.replace('to: "103"', 'to: "101"').replace('"103", "104"', '"104"')
    before = play(leave)
    before = play(nothing, before, days=29, text=text)
    before = play(come_back, before, days=29.5)
    before = play(nothing, before, days=31, text=text)
    before = play(come_back, before, days=60)
    before = play(nothing, before, days=61, text=text)
    assert (before.folder / "voicemail" / "103").is_dir()
    here = play(nothing, before, days=91.1, text=text)
    assert messages(here) == []
    assert not (here.folder / "voicemail" / "103").exists()
    assert not any(one.mailbox == "103" for one in here.kept["removed-mailboxes"].values())
