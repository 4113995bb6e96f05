"""Leaving messages and hearing them (F1-F4): told as the people at the telephones notice it."""

import asyncio
from collections.abc import Awaitable, Callable

from firmware.calls.lamps import Waiting
from firmware.calls.leg import LegState
from firmware.media import ProgressTone, Silence
from firmware.store.sound import sound_s
from tests.component.house import House, Telephone, house
from tests.virtual import run_virtual

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


def play(story: Callable[[House], Awaitable[None]], text: str = SITE, before: House | None = None) -> House:
    async def main() -> House:
        async with house(text, before=before) as here:
            await story(here)
        return here

    return run_virtual(main)


async def greeted(here: House, caller: Telephone) -> None:
    """Nobody answers at 103; until the greeting has begun."""
    await here.telephone("103")
    while not here.media.said:
        await asyncio.sleep(0.1)


async def speaking(here: House, caller: Telephone) -> None:
    """Past greeting and tone."""
    await greeted(here, caller)
    await asyncio.sleep(1 + 1.1)
    assert here.media.said[-1] == "beep"
    assert here.media.tapes


async def leaves_message(here: House, seconds: float = 10, caller: str = "104") -> Telephone:
    ben = here.dials(caller, "*6*103")
    await asyncio.sleep(2.2)
    assert here.media.tapes
    await asyncio.sleep(seconds)
    ben.leaves()
    await asyncio.sleep(0.1)
    return ben


def messages(here: House) -> list[tuple[str, float, bool]]:
    """Caller, length and whether it was heard, of each message of Anna."""
    kept = here.kept["voicemail"].values()
    return [(one.number, round(one.length_s, 1), one.read) for one in kept if one.mailbox == "103"]


def test_a_caller_leaves_a_message_and_the_lamp_is_lit() -> None:
    """F4: greeting, tone, recording; the record names the mailbox."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        await speaking(here, ben)
        assert here.media.said == [GREETING, "beep"]
        await asyncio.sleep(10)
        ben.leaves()
        await asyncio.sleep(0.1)
        assert here.exchange.lamps.messages("103") == Waiting(new=1, old=0)

    here = play(story)
    assert messages(here) == [("104", 10.1, False)]
    assert (here.records[0].call_to, here.records[0].final_callee) == ("103", "vm-103")
    (file,) = here.folder.glob("voicemail/103/*.wav")
    assert round(sound_s(file), 1) == 10.1


def test_a_message_under_three_seconds_is_dropped() -> None:
    """F4: the shortest message has 3 s; nothing of a shorter one stays."""

    async def story(here: House) -> None:
        await leaves_message(here, 2)

    here = play(story)
    assert messages(here) == []
    assert not list(here.folder.glob("voicemail/103/*"))
