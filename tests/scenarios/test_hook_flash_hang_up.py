"""Putting back an analog telephone that holds a call (H5): transfer, or the held call rings back."""

import asyncio

import pytest

from firmware.calls.leg import LegState
from tests.component.copper_house import CopperHouse, play_on_copper
from tests.scenarios.reception import SITE, consulting, talking


def test_putting_back_the_handset_after_the_answer_is_an_attended_transfer() -> None:
    """H5: one record of it all, as with the code."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        await reception.puts_back()
        assert anna.hears == {"104"}
        assert ben.hears == {"103"}
        assert reception.telephone.free
        anna.leaves()

    records = play_on_copper(SITE, story).records
    assert [(one.call_to, one.final_callee) for one in records] == [("103", "103"), ("101", "103")]
    assert "connects 104 to 103" in records[1].trace.as_text()


def test_putting_back_the_handset_while_it_rings_is_a_blind_transfer() -> None:
    """H5"""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        await reception.flashes()
        await reception.dials("103")
        (await here.telephone("103")).rings()
        await reception.puts_back()
        anna = await here.telephone("103", 1)
        anna.rings()
        await asyncio.sleep(1)
        assert reception.telephone.free
        anna.pick_up()
        await asyncio.sleep(0.2)
        assert ben.hears == {"103"}
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_blind_transfer_to_a_telephone_on_copper() -> None:
    """H5: the telephone that rang for the consultation rings on for the transfer."""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        workshop = here.people["102"]
        await reception.flashes()
        await reception.dials("102")
        await asyncio.sleep(3)
        assert workshop.rings
        await reception.puts_back()
        await asyncio.sleep(3)
        assert workshop.rings
        await workshop.lifts()
        assert workshop.hears == {"104"}
        assert ben.hears == {"102"}
        ben.leaves()

    play_on_copper(SITE, story)


@pytest.mark.parametrize("dialled", ["", "1", "*60", "777"])
def test_a_held_call_that_cannot_be_transferred_rings_back(dialled: str) -> None:
    """H5: nothing dialled, too little, a code, no such number: the telephone rings for 30 s with the call held."""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        await reception.flashes()
        await reception.dials(dialled)
        await asyncio.sleep(0.5)
        await reception.puts_back()
        await asyncio.sleep(3)
        assert reception.rings
        assert ben.hears == {"music"}
        await reception.lifts()
        assert reception.hears == {"104"}
        assert ben.hears == {"101"}
        ben.leaves()

    play_on_copper(SITE, story)


def test_ringing_back_ends_after_thirty_seconds() -> None:
    """H5"""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        await reception.flashes()
        await reception.puts_back()
        await asyncio.sleep(28)
        assert ben.hears == {"music"}
        await asyncio.sleep(3)
        assert ben.state is LegState.GONE
        assert not reception.rings
        assert reception.telephone.free

    play_on_copper(SITE, story)


def test_a_held_caller_who_leaves_stops_the_ringing() -> None:
    """H5"""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        await reception.flashes()
        await reception.puts_back()
        await asyncio.sleep(3)
        ben.leaves()
        await asyncio.sleep(0.2)
        assert not reception.rings
        assert reception.telephone.free

    play_on_copper(SITE, story)


@pytest.mark.parametrize("after_s", [0.1, 0.8])
def test_both_hang_up_at_once_and_the_held_call_rings_back(after_s: float) -> None:
    """H5: whether the handset was put back is known after a flash's time only: the held call is not taken for it."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        here.box.telephone("fxs1").hang_up()
        await here.box.after(after_s)
        anna.leaves()
        await asyncio.sleep(2)
        assert reception.rings
        await reception.lifts()
        assert reception.hears == {"104"}
        ben.leaves()

    play_on_copper(SITE, story)
