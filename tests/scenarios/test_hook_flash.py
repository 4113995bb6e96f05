"""Hook flash on analog telephones (H1-H5, H7, H8): real ports on chip simulators, told as the people notice it."""

import asyncio

import pytest

from firmware.calls.leg import LegState
from tests.component.copper_house import CopperHouse, Person, play_on_copper
from tests.component.house import Telephone

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Clara, sip: {secret: clara-secret-105}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
outbound:
  - {name: outside, prefix: "9", trunks: [line1]}
inbound:
  - {trunk: line1, to: "101"}
"""


async def talking(here: CopperHouse) -> tuple[Person, Telephone]:
    """Ben has called the reception and they talk."""
    reception = here.people["101"]
    ben = here.dials("104", "101")
    await asyncio.sleep(3)
    assert reception.rings
    await reception.lifts()
    assert reception.hears == {"104"}
    assert ben.hears == {"101"}
    return reception, ben


async def consulting(here: CopperHouse) -> tuple[Person, Telephone, Telephone]:
    """The reception holds Ben and talks to Anna."""
    reception, ben = await talking(here)
    await reception.flashes()
    await reception.dials("103")
    anna = await here.telephone("103")
    anna.pick_up()
    await asyncio.sleep(0.2)
    assert reception.hears == {"103"}
    assert anna.hears == {"101"}
    assert ben.hears == {"music"}
    return reception, ben, anna


def test_a_flash_holds_the_call_and_gives_recall_dial_tone() -> None:
    """H2: the peer hears music, the telephone recall dial tone; who is called then is talked to alone."""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        await reception.flashes()
        assert reception.hears == {"recall"}
        assert ben.hears == {"music"}
        await reception.dials("103")
        anna = await here.telephone("103")
        anna.rings()
        await asyncio.sleep(0.1)
        assert reception.hears == {"ringback"}
        anna.pick_up()
        await asyncio.sleep(0.2)
        assert reception.hears == {"103"}
        assert ben.hears == {"music"}
        ben.leaves()
        anna.leaves()

    play_on_copper(SITE, story)


def test_recall_dial_tone_times_out_to_silence_with_the_call_still_held() -> None:
    """H2: nobody dials: silence, no busy tone and no howler, and a flash takes the call back."""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        await reception.flashes()
        await asyncio.sleep(120)
        assert reception.hears == set()
        assert ben.hears == {"music"}
        await reception.flashes()
        assert reception.hears == {"104"}
        assert ben.hears == {"101"}
        ben.leaves()

    play_on_copper(SITE, story)


def test_the_second_flash_makes_it_three_way_and_the_third_drops_the_last() -> None:
    """H3: all three hear each other; then the one who came last is gone."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        await reception.flashes()
        assert reception.hears == {"103", "104"}
        assert anna.hears == {"101", "104"}
        assert ben.hears == {"101", "103"}
        await reception.flashes()
        assert anna.state is LegState.GONE
        assert reception.hears == {"104"}
        assert ben.hears == {"101"}
        ben.leaves()

    assert len(play_on_copper(SITE, story).records) == 2


def test_one_of_three_leaves_and_the_others_talk_on() -> None:
    """H3: whoever leaves a three-way call, two go on."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        await reception.flashes()
        ben.leaves()
        await asyncio.sleep(0.2)
        assert reception.hears == {"103"}
        assert anna.hears == {"101"}
        await reception.flashes()  # as with any call: anna is held
        assert anna.hears == {"music"}
        await reception.dials("105")
        clara = await here.telephone("105")
        clara.pick_up()
        await asyncio.sleep(0.2)
        await reception.flashes()
        assert clara.hears == {"101", "103"}
        clara.leaves()
        await asyncio.sleep(0.2)
        assert reception.hears == {"103"}
        anna.leaves()

    play_on_copper(SITE, story)


def test_putting_back_the_handset_in_a_three_way_call_connects_the_other_two() -> None:
    """H5: nobody's call is lost."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        await reception.flashes()
        await reception.puts_back()
        assert anna.hears == {"104"}
        assert ben.hears == {"103"}
        assert reception.telephone.free
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_flash_while_the_third_party_rings_goes_back_to_the_held_call() -> None:
    """H4"""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        await reception.flashes()
        await reception.dials("103")
        anna = await here.telephone("103")
        anna.rings()
        await asyncio.sleep(1)
        await reception.flashes()
        assert anna.state is LegState.GONE
        assert reception.hears == {"104"}
        assert ben.hears == {"101"}
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_flash_while_dialling_or_at_a_busy_tone_goes_back_too() -> None:
    """H4: whatever became of the consultation, the held call is one flash away."""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        await reception.flashes()
        await reception.dials("1")
        await reception.flashes()
        assert reception.hears == {"104"}
        await reception.flashes()
        await reception.dials("777")  # no such number: it is said, then the tone
        await asyncio.sleep(5)
        assert reception.hears == {"congestion"}
        assert ben.hears == {"music"}
        await reception.flashes()
        assert reception.hears == {"104"}
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_third_party_who_leaves_gives_the_held_call_back() -> None:
    """H4: as with the code of the attended transfer."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        anna.leaves()
        await asyncio.sleep(0.2)
        assert reception.hears == {"104"}
        assert ben.hears == {"101"}
        ben.leaves()

    play_on_copper(SITE, story)


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


def test_a_held_caller_who_leaves_leaves_the_consultation_alone() -> None:
    """H2: the call to the third party goes on as any other."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        ben.leaves()
        await asyncio.sleep(0.2)
        assert reception.hears == {"103"}
        await reception.flashes()
        assert anna.hears == {"music"}
        anna.leaves()
        await asyncio.sleep(0.2)
        assert reception.hears == {"recall"}

    play_on_copper(SITE, story)
