"""Call spy (F20, F21) while the call changes: transfers, parking, hold, rooms, recording."""

import asyncio
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.calls.leg import KeySound, LegState
from tests.component.house import House, Telephone
from tests.component.story import answers, play_in_house, talking
from tests.scenarios.spying import SITE, play, spying


def test_the_target_is_followed_not_the_one_it_talked_to() -> None:
    """F20: Ben parks Anna; Carla fetches her; whoever listens to Anna hears her with Carla."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        chief = here.dials("101", "*91103")
        await asyncio.sleep(1)
        ben.press("*4")
        await asyncio.sleep(5)
        assert ben.state is LegState.GONE
        assert chief.hears == {"103"}
        assert anna.hears == {"music", "101"}
        carla = here.dials("105", "41")
        await asyncio.sleep(1)
        assert chief.hears == {"103", "105"}
        assert anna.hears == {"105", "101"}
        assert carla.hears == {"103"}
        carla.leaves()

    play(story)


def test_a_target_that_leaves_its_call_ends_it() -> None:
    """F20: Anna parks Ben and is gone; who listened to Anna does not hear Ben."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        spy = await spying(here, "*90")
        anna.press("*4")
        await asyncio.sleep(5)
        assert spy.state is LegState.GONE
        assert ben.hears == {"music"}
        ben.leaves()

    play(story)


def test_the_target_is_followed_into_a_private_talk_and_back() -> None:
    """F20: Anna asks the workshop before she transfers; Ben, who waits, is not listened to."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        spy = await spying(here, "*91")
        anna.press("*2")
        await asyncio.sleep(2)
        anna.press("102#")
        workshop = await answers(here, "102")
        assert "104" not in spy.hears
        assert "103" in spy.hears
        assert len(spy.hears) == 2
        assert "105" in anna.hears
        assert "105" not in workshop.hears | ben.hears
        workshop.leaves()
        await asyncio.sleep(3)
        assert spy.hears == {"103", "104"}
        anna.leaves()

    play(story)


def test_the_target_is_followed_when_the_other_one_transfers_it() -> None:
    """F20: Ben transfers Anna to the workshop."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        spy = await spying(here, "*91")
        ben.press("#")
        await asyncio.sleep(2)
        ben.press("102#")
        workshop = await answers(here, "102")
        assert ben.state is LegState.GONE
        assert "103" in spy.hears
        assert len(spy.hears) == 2
        assert "105" in anna.hears
        assert "105" not in workshop.hears
        anna.leaves()

    play(story)


def test_one_who_is_on_hold_is_not_listened_to() -> None:
    """F20: hold, of either side."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        spy = await spying(here, "*92")
        for holder in (anna, ben):
            holder.hold(True)
            assert spy.hears == {"103"}
            assert "105" not in ben.hears
            holder.hold(False)
            assert spy.hears == {"103", "104"}
            assert "105" in ben.hears
        ben.leaves()

    play(story)


def test_a_conference_is_not_listened_to() -> None:
    """F20: Anna is in a room."""

    async def story(here: House) -> None:
        anna, ben = here.dials("103", "90"), here.dials("104", "90")
        await asyncio.sleep(3)
        spy = here.dials("105", "*92103")
        await asyncio.sleep(2)
        assert spy.state is LegState.GONE
        assert here.media.said[-1] == "spy-not-allowed"
        anna.leaves()
        ben.leaves()

    play(story)


def taped(here: House) -> set[str]:
    """Who is in the recording now."""
    (recorder,) = [slot for slot, label in here.media.labels.items() if label.startswith("recorder")]
    return here.media.hears(recorder)


def test_a_whisper_is_not_recorded() -> None:
    """F21: Anna records the call by `*1`; the recording has her and Ben."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        await spying(here, "*91")
        anna.press("*1")
        await asyncio.sleep(3)
        assert taped(here) == {"103", "104"}
        ben.leaves()

    play(story)


def test_a_whisper_is_recorded_where_that_is_set() -> None:
    """F21: `recording.whispers`; only while it is a whisper, whoever comes first, and not on hold."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*1")
        await asyncio.sleep(3)
        spy = await spying(here, "*91")
        assert taped(here) == {"103", "104", "105"}
        spy.press("4")
        assert taped(here) == {"103", "104"}
        spy.press("5")
        assert taped(here) == {"103", "104", "105"}
        ben.hold(True)
        assert taped(here) == set()
        ben.hold(False)
        assert taped(here) == {"103", "104", "105"}
        spy.leaves()
        await asyncio.sleep(0.1)
        assert taped(here) == {"103", "104"}
        await spying(here, "*91")
        assert taped(here) == {"103", "104", "105"}
        anna.press("*1")
        await asyncio.sleep(3)
        assert taped(here) == set()
        ben.leaves()

    play_in_house(SITE + "recording: {announce: never, whispers: true}\n", story)


def test_who_barges_is_recorded_with_the_others_once_told() -> None:
    """F22: both hear him, so the recording has him; switching to a whisper takes him out."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        spy = await spying(here, "*92")
        anna.press("*1")
        await asyncio.sleep(2.5)
        assert "rec-consent" in spy.hears
        assert "rec-consent" not in anna.hears | ben.hears
        assert taped(here) == {"103", "104"}
        await asyncio.sleep(1)
        assert taped(here) == {"103", "104", "105"}
        spy.press("5")
        assert anna.hears == {"104", "105"}
        assert taped(here) == {"103", "104"}
        spy.press("6")
        assert taped(here) == {"103", "104", "105"}
        ben.leaves()

    play(story)


def test_a_beep_tells_of_the_listener_where_that_is_wanted() -> None:
    """F20: every 15 s, to both who talk, not to the listener."""

    async def story(here: House) -> None:
        ben = here.dials("104", "106")
        dora = await answers(here, "106")
        spy = here.dials("105", "*90106")
        await asyncio.sleep(15.5)
        assert "monitoring" in dora.hears & ben.hears
        assert "monitoring" not in spy.hears
        await asyncio.sleep(32)
        assert here.media.said.count("monitoring") == 3
        ben.leaves()

    play(story)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_whatever_happens_the_other_one_never_hears_a_whisper(seed: int) -> None:
    """F21: in any order of keys, hold, parking and hang-ups, and nothing is left over."""
    dice = random.Random(seed)

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        workshop: Telephone | None = None
        dora = here.dials("102", "*91103")  # may whisper and nothing else
        await asyncio.sleep(dice.choice((0.0, 0.1, 1.0)))
        for _ in range(8):
            match dice.randrange(7):
                case 0:
                    dora.press(dice.choice("456"))
                case 1:
                    dice.choice((anna, ben)).hold(dice.random() < 0.5)
                case 2 if not ben.signals.gone:
                    ben.press("*4")
                case 3:
                    workshop = here.dials("105", "41")
                case 4:
                    dora.signals.post(KeySound(dice.random() < 0.5))
                case 5 if dice.random() < 0.3:
                    dice.choice((anna, ben, dora)).leaves()
            for _ in range(4):
                await asyncio.sleep(dice.choice((0.0, 0.05, 0.7, 3.0)))
                for other in (ben, workshop):
                    assert other is None or not other.hears & {"102", "fxs2"}
        for leg in (anna, ben, dora, workshop):
            if leg is not None:
                leg.leaves()

    play(story)
