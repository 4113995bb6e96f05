"""Call waiting on analog telephones (H6): real ports on chip simulators, told as the people notice it."""

import asyncio

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.media import KeyHeard
from firmware.telephony.callerid import WAITING_MARK_BITS, parse_caller_id
from tests.component.copper_house import CopperHouse, Person, play_on_copper
from tests.component.house import Telephone
from tests.scenarios.reception import SITE, talking


async def waiting(here: CopperHouse) -> tuple[Person, Telephone, Telephone]:
    """The reception talks to Ben, and Anna calls."""
    reception, ben = await talking(here)
    anna = here.dials("103", "101")
    await asyncio.sleep(0.5)
    return reception, ben, anna


def beeps(here: CopperHouse) -> int:
    return here.media.said.count("call_waiting")


def shown(bits: bytes) -> tuple[str, str]:
    """Number and name in line bits without a seizure."""
    assert set(bits[:WAITING_MARK_BITS]) == {1}
    characters = [bits[at + 1 : at + 9] for at in range(WAITING_MARK_BITS, len(bits) - 60, 10)]
    message = bytes(sum(bit << place for place, bit in enumerate(one)) for one in characters)
    caller = parse_caller_id(message[:-1])
    return caller.number, caller.name


def test_a_second_caller_is_heard_as_a_beep_three_times() -> None:
    """H6: every 10 s, three at most; the caller hears that it rings, the two who talk go on."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await waiting(here)
        assert anna.state is LegState.RINGING
        assert "call_waiting" in reception.hears
        assert ben.hears == {"101"}
        await asyncio.sleep(5)
        assert beeps(here) == 1
        assert reception.hears == {"104"}
        assert ben.hears == {"101"}
        await asyncio.sleep(20)
        assert beeps(here) == 3
        anna.leaves()
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_flash_takes_the_waiting_call_and_each_further_one_swaps() -> None:
    """H6: the other one hears music meanwhile."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await waiting(here)
        await reception.flashes()
        for talks, holds in ((anna, ben), (ben, anna), (anna, ben)):
            assert talks.hears == {"101"}
            assert reception.hears == {talks.party.number}
            assert holds.hears == {"music"}
            await reception.flashes()
        anna.leaves()
        await asyncio.sleep(0.2)
        assert reception.hears == {"104"}  # whoever is left is there by himself
        assert ben.hears == {"101"}
        assert beeps(here) == 1
        ben.leaves()

    play_on_copper(SITE, story)


def test_putting_back_the_handset_with_a_second_call_held_rings_back() -> None:
    """H5, H6: nothing is consulted about, so nothing is transferred."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await waiting(here)
        await reception.flashes()
        await reception.puts_back()
        assert anna.state is LegState.GONE
        assert ben.hears == {"music"}
        assert reception.rings
        await reception.lifts()
        assert ben.hears == {"101"}
        ben.leaves()

    play_on_copper(SITE, story)


def test_putting_back_the_handset_while_a_call_waits_rings_for_it() -> None:
    """H6: the first call is over, the second rings as usual, caller and all."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await waiting(here)
        await reception.puts_back()
        assert ben.state is LegState.GONE
        assert reception.rings
        await asyncio.sleep(5)
        assert "caller id" in here.media.said
        await reception.lifts()
        assert anna.hears == {"101"}
        anna.leaves()

    play_on_copper(SITE, story)


def test_when_the_first_call_ends_a_flash_still_takes_the_waiting_one() -> None:
    """H6"""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await waiting(here)
        ben.leaves()
        await asyncio.sleep(2)
        assert "busy" in reception.hears
        await reception.flashes()
        assert reception.hears == {"103"}
        anna.leaves()

    play_on_copper(SITE, story)


def test_a_waiting_caller_who_gives_up_is_heard_no_more() -> None:
    """H6"""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await waiting(here)
        anna.leaves()
        await asyncio.sleep(30)
        assert beeps(here) == 1
        await reception.flashes()
        assert reception.hears == {"recall"}  # a flash means holding again
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_third_caller_hears_busy() -> None:
    """H6: one call waits at a time, and none while another is held."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await waiting(here)
        clara = here.dials("105", "101")
        await asyncio.sleep(3)
        assert clara.signals.cause is Cause.BUSY
        await reception.flashes()
        clara = here.dials("105", "101")
        await asyncio.sleep(3)
        assert clara.signals.cause is Cause.BUSY
        anna.leaves()
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_telephone_that_only_dials_or_rings_is_busy() -> None:
    """H6: a beep would be no use before there is a conversation."""

    async def story(here: CopperHouse) -> None:
        reception = here.people["101"]
        await reception.dials("104")
        ben = await here.telephone("104")
        ben.rings()
        anna = here.dials("103", "101")
        await asyncio.sleep(3)
        assert anna.signals.cause is Cause.BUSY
        ben.leaves()

    play_on_copper(SITE, story)


@pytest.mark.parametrize("setting", ["fax: true", "call_waiting: false"])
def test_no_call_waits_at_a_fax_machine_or_where_it_is_not_wanted(setting: str) -> None:
    """H6: no beep in the middle of a fax."""

    async def story(here: CopperHouse) -> None:
        _reception, ben, anna = await waiting(here)
        await asyncio.sleep(3)
        assert anna.signals.cause is Cause.BUSY
        assert beeps(here) == 0
        ben.leaves()

    play_on_copper(SITE.replace("port: fxs1}", f"port: fxs1, {setting}}}"), story)


def test_a_display_that_answers_is_told_who_waits() -> None:
    """H6: type 2 caller ID (CAS, the display's key, FSK); meanwhile the two who talk hear nothing of it."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await waiting(here)
        await asyncio.sleep(1)
        assert reception.hears == {"cas"}
        assert ben.hears == set()
        await asyncio.sleep(0.6)
        here.media.hear(reception.slot, KeyHeard("D"))
        assert ben.got_keys == ""
        await asyncio.sleep(0.06)
        assert reception.hears == set()  # the key still sounds, and a display needs a moment
        await asyncio.sleep(0.1)
        assert reception.hears == {"caller id"}
        assert shown(here.media.sent[-1]) == ("103", "Anna")
        await asyncio.sleep(1.5)
        assert reception.hears == {"104"}
        assert ben.hears == {"101"}
        reception.presses("D")  # now it is a key like any other
        assert ben.got_keys == "D"
        anna.leaves()
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_flash_in_the_middle_of_the_caller_id_takes_the_call_at_once() -> None:
    """H6"""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await waiting(here)
        await asyncio.sleep(0.7)
        assert reception.hears == {"cas"}
        await reception.flashes()
        assert reception.hears == {"103"}
        assert ben.hears == {"music"}
        await reception.flashes()
        assert ben.hears == {"101"}
        anna.leaves()
        ben.leaves()

    play_on_copper(SITE, story)
