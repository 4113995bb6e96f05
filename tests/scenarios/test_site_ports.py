"""Analog ports get other owners and other trunks while people telephone."""

import asyncio
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from firmware.calls.leg import LegState
from firmware.telephony.callerid import message_waiting_bits
from firmware.telephony.site import Extension, Trunk
from tests.component.copper_house import CopperHouse, play_on_copper
from tests.scenarios.reception import SITE, talking


def change_extensions(here: CopperHouse, change: Callable[[Extension], Extension]) -> None:
    site = here.settings.site
    here.settings.replace(replace(site, extensions=tuple(change(one) for one in site.extensions)))


def change_trunks(here: CopperHouse, *trunks: Trunk) -> None:
    here.settings.replace(replace(here.settings.site, trunks=trunks))


def swapped(one: Extension) -> Extension:
    ports = {"101": "fxs2", "102": "fxs1"}
    return replace(one, port=ports.get(one.number))


def test_two_telephones_change_places_during_a_call() -> None:
    """The call goes on as the old owner's, the next ones are the new owner's, so is the lamp."""

    async def story(here: CopperHouse) -> None:
        here.exchange.lamps.message_lamp("102", 1, 0)
        await asyncio.sleep(15)
        reception, ben = await talking(here)
        here.media.sent.clear()
        change_extensions(here, swapped)
        await asyncio.sleep(20)
        assert ben.hears == {"101"}
        assert here.media.sent == [message_waiting_bits(False)]  # at the other port, which is on hook
        ben.leaves()
        await reception.puts_back()
        await asyncio.sleep(15)
        assert here.media.sent[1:] == [message_waiting_bits(True)]
        here.media.sent.clear()
        anna = here.dials("103", "102")
        await asyncio.sleep(3)
        assert reception.rings
        anna.leaves()
        await asyncio.sleep(5)
        await reception.dials("103")
        called = await here.telephone("103")
        assert called.display is not None
        assert called.display.number == "102"
        called.leaves()

    play_on_copper(SITE, story)


def test_a_telephone_that_is_nobodys_any_more_rings_for_nobody() -> None:
    async def story(here: CopperHouse) -> None:
        change_extensions(here, lambda one: replace(one, port=None) if one.number == "101" else one)
        anna = here.dials("103", "101")
        await asyncio.sleep(5)
        assert anna.state is LegState.GONE
        assert not here.people["101"].rings

    play_on_copper(SITE, story)


@pytest.mark.parametrize("answered", [True, False])
def test_a_line_is_unplugged_during_its_call(answered: bool) -> None:
    """The call is not dropped; the next one does not come in, until the line is a trunk's again."""

    async def story(here: CopperHouse) -> None:
        (line,) = here.settings.site.trunks
        reception = here.people["101"]
        here.box.office("fxo1").ring("0301234567", "", here.clock.now())
        await asyncio.sleep(8)
        assert reception.rings
        if answered:
            await reception.lifts()
        change_trunks(here)
        assert not here.lines.outside
        if not answered:
            await asyncio.sleep(4)
            await reception.lifts()
        await asyncio.sleep(1)
        assert reception.hears == {"line1"}
        here.box.office("fxo1").hang_up("polarity")
        await asyncio.sleep(2)
        await reception.puts_back()
        await asyncio.sleep(5)
        here.box.office("fxo1").ring("0301234567", "", here.clock.now())
        await asyncio.sleep(12)
        assert not reception.rings
        assert not here.exchange.calls
        here.box.office("fxo1").hang_up("polarity")
        await asyncio.sleep(10)
        change_trunks(here, replace(line, name="line9"))
        here.box.office("fxo1").ring("0301234567", "", here.clock.now())
        await asyncio.sleep(12)
        assert [call.source.trunk for call in here.exchange.calls.values()] == ["line9"]  # type: ignore[union-attr]
        here.box.office("fxo1").hang_up("polarity")

    text = SITE.replace("{trunk: line1, to", "{to")
    play_on_copper(text, story)


def test_a_line_that_is_unplugged_while_its_caller_is_awaited_lets_nobody_in() -> None:
    async def story(here: CopperHouse) -> None:
        here.box.office("fxo1").ring("0301234567", "", here.clock.now())
        await asyncio.sleep(1)
        change_trunks(here)
        await asyncio.sleep(15)
        assert not here.exchange.calls
        here.box.office("fxo1").hang_up("polarity")

    play_on_copper(SITE.replace("{trunk: line1, to", "{to"), story)
