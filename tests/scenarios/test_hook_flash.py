"""Hook flash on analog telephones (H2-H4): real ports on chip simulators, told as the people notice it."""

import asyncio

from firmware.calls.leg import LegState
from tests.component.copper_house import CopperHouse, play_on_copper
from tests.scenarios.reception import SITE, consulting, talking


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


def test_nobody_parks_a_consultation() -> None:
    """H2 F7: neither who asks nor who is asked; each hears that it cannot be, and the talk goes on."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        for press in (lambda: reception.presses("*4"), lambda: anna.press("*4")):
            here.media.said.clear()
            press()
            await asyncio.sleep(0.5)
            assert here.media.said == ["not-parkable"]
            await asyncio.sleep(1)
            assert reception.hears == {"103"}
            assert anna.hears == {"101"}
            assert ben.hears == {"music"}
        await reception.flashes()
        assert reception.hears == {"103", "104"}
        anna.leaves()
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_consultation_is_not_parked_by_a_transfer_either() -> None:
    """H2 F7 F11: `#` and the number of a slot"""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        await asyncio.sleep(4)  # until `#` does not belong to the number any more
        reception.presses("#")
        await asyncio.sleep(1.5)
        reception.presses("41#")
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "not-parkable"
        await asyncio.sleep(1)
        assert reception.hears == {"103"}
        assert anna.hears == {"101"}
        assert ben.hears == {"music"}
        anna.leaves()
        ben.leaves()

    play_on_copper(SITE, story)


def test_nobody_parks_a_three_way_call() -> None:
    """H3 F7: as in a conference; all three talk on."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        await reception.flashes()
        for press in (lambda: reception.presses("*4"), lambda: anna.press("*4"), lambda: ben.press("*4")):
            press()
            await asyncio.sleep(2)
            assert "parked-at" not in here.media.said
            assert reception.hears == {"103", "104"}
            assert anna.hears == {"101", "104"}
            assert ben.hears == {"101", "103"}
        assert here.media.said.count("not-parkable") == 3
        anna.leaves()
        ben.leaves()

    play_on_copper(SITE, story)


def test_after_a_consultation_the_call_can_be_parked() -> None:
    """H2 F7: it is an ordinary call again."""

    async def story(here: CopperHouse) -> None:
        reception, ben, anna = await consulting(here)
        anna.leaves()
        await asyncio.sleep(0.5)
        reception.presses("*4")
        await asyncio.sleep(3)
        assert ben.hears == {"music"}
        assert "parked-at" in here.media.said
        clara = here.dials("105", "41")
        await asyncio.sleep(1)
        assert ben.hears == {"105"}
        clara.leaves()

    play_on_copper(SITE, story)
