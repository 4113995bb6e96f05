"""Call spy (F20-F23): who hears whom, told by the connections of the bridge."""

import asyncio
from itertools import product

import pytest

from firmware.calls.leg import Cause, KeySound, LegState
from firmware.features.spy.rules import Mode, may, refusal
from firmware.telephony.records import Direction, Status
from firmware.telephony.site import Extension
from firmware.telephony.site.extension import Monitor
from tests.component.house import House
from tests.component.story import answers, talking
from tests.scenarios.spying import play, spying


def test_a_listener_hears_both_and_is_heard_by_nobody() -> None:
    """F20: `*90`; nothing is shown to those who talk."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        spy = await spying(here, "*90")
        assert spy.hears == {"103", "104"}
        assert anna.hears == {"104"}
        assert ben.hears == {"103"}
        assert spy.party not in (anna.display, ben.display)
        spy.leaves()
        await asyncio.sleep(0.1)
        assert anna.hears == {"104"}
        ben.leaves()

    here = play(story)
    record = here.records[0]
    assert (record.direction, record.status, record.call_from) == (Direction.SPY, Status.ANSWERED, "105")
    assert "call spy        103: listen" in record.trace.as_text()
    assert "103" not in (record.call_to, record.final_callee)  # not in Anna's own call log


def test_a_whisper_is_heard_by_the_target_alone() -> None:
    """F21: `*91`; the customer does not hear the supervisor."""

    async def story(here: House) -> None:
        customer = here.outside_calls("branch", "0305550")
        anna = await answers(here, "103")
        spy = await spying(here, "*91")
        assert spy.hears == {"103", "0305550"}
        assert anna.hears == {"0305550", "105"}
        assert customer.hears == {"103"}
        customer.leaves()

    play(story)


def test_barging_makes_it_three() -> None:
    """F22: `*92`."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        spy = await spying(here, "*92")
        assert spy.hears == {"103", "104"}
        assert anna.hears == {"104", "105"}
        assert ben.hears == {"103", "105"}
        anna.leaves()

    play(story)


def test_an_analog_telephone_listens_to_an_analog_one() -> None:
    """F20: `*90102#`; the key sounds of the listener are not heard by the target."""

    async def story(here: House) -> None:
        ben, workshop = await talking(here, called="102")
        chief = here.lifts("101")
        await asyncio.sleep(1)
        chief.press("*91102#")
        await asyncio.sleep(1)
        assert len(chief.hears) == 2
        assert len(workshop.hears) == 2
        chief.signals.post(KeySound(True))
        assert workshop.hears == {"104"}
        chief.signals.post(KeySound(False))
        assert len(workshop.hears) == 2
        ben.leaves()

    play(story)


@pytest.mark.parametrize(
    ("spy", "code", "number"),
    [
        ("104", "*90", "103"),  # the listener's switch is off
        ("102", "*90", "103"),  # it has another one
        ("102", "*92", "103"),
        ("106", "*91", "103"),
        ("105", "*90", "104"),  # the target's switch is off
        ("105", "*90", "105"),  # itself
        ("105", "*90", "777"),  # nobody
        ("105", "*90", "10"),  # the beginning of a number is not that number
    ],
)
def test_who_may_not_listen_hears_one_and_the_same_prompt(spy: str, code: str, number: str) -> None:
    """F23: two switches; what is refused is in the call log."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        leg = here.dials(spy, f"{code}{number}")
        await asyncio.sleep(2)
        assert leg.signals.cause is Cause.FORBIDDEN
        assert here.media.said == ["spy-not-allowed"]
        assert anna.hears == {"104"}
        ben.leaves()

    record = play(story).records[0]
    assert (record.direction, record.status) == (Direction.SPY, Status.REJECTED)
    assert "call spy" in record.trace.as_text()


def test_every_pair_of_switches() -> None:
    """F23: only the mode that was given, or all; only if the target allows it."""
    for own, allowed, mode in product(("none", "listen", "whisper", "barge", "all"), (False, True), Mode):
        spy = Extension(number="101", name="Chief", monitor=Monitor(mode=own))
        target = Extension(number="103", name="Anna", monitor=Monitor(allow=allowed))
        assert (refusal(spy, target, mode) is None) is (allowed and own in (mode.value, "all"))
        assert may(spy, mode) is (own in (mode.value, "all"))


def test_an_idle_target_ends_it() -> None:
    """F20: no silent waiting, and not while the telephone only rings."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        await here.telephone("103")
        spy = here.dials("105", "*90103")
        await asyncio.sleep(2)
        assert spy.state is LegState.GONE
        assert here.media.said == ["not-in-call"]
        ben.leaves()

    play(story)


def test_it_ends_with_the_call_of_the_target_and_does_not_go_on_to_another() -> None:
    """F20: never hops to another extension."""

    async def story(here: House) -> None:
        other = here.dials("106", "102")
        workshop = await here.telephone("102")
        workshop.pick_up()
        ben, anna = await talking(here)
        spy = await spying(here, "*90")
        ben.leaves()
        await asyncio.sleep(0.1)
        assert spy.state is anna.state is LegState.GONE
        assert workshop.hears == {"106"}
        other.leaves()

    play(story)


def test_keys_change_the_way_of_listening() -> None:
    """F20-F22: 4 listens, 5 whispers, 6 barges; `#` and the codes of calls mean nothing."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        spy = await spying(here, "*90")
        heard = {"4": (False, False), "5": (True, False), "6": (True, True)}
        for key in "56454#*4":
            spy.press(key)
            if key in heard:
                assert ("105" in anna.hears, "105" in ben.hears) == heard[key]
        await asyncio.sleep(2)
        assert anna.got_keys == ben.got_keys == ""
        assert spy.hears == {"103", "104"}
        ben.leaves()

    play(story)


def test_keys_do_only_what_the_listener_may() -> None:
    """F23: who may only listen cannot barge in by key."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        dora = here.dials("106", "*90103")
        await asyncio.sleep(1)
        dora.press("56")
        assert anna.hears == {"104"}
        assert ben.hears == {"103"}
        ben.leaves()

    play(story)


def test_one_listener_at_a_time() -> None:
    """F20: the second is told so; when the first has gone, the next one may."""

    async def story(here: House) -> None:
        ben, _anna = await talking(here)
        spy = await spying(here, "*90")
        second = here.dials("101", "*90103")
        await asyncio.sleep(2)
        assert second.state is LegState.GONE
        assert here.media.said == ["spy-taken"]
        spy.leaves()
        await asyncio.sleep(0.1)
        third = await spying(here, "*90", "101")
        assert third.hears == {"103", "104"}
        ben.leaves()

    play(story)


def test_a_listener_is_not_listened_to() -> None:
    """F20: nor anybody else who talks to no person."""

    async def story(here: House) -> None:
        ben, _anna = await talking(here)
        await spying(here, "*90")
        chief = here.dials("101", "*90105")
        await asyncio.sleep(2)
        assert chief.state is LegState.GONE
        assert here.media.said == ["spy-not-allowed"]
        ben.leaves()

    play(story)


@pytest.mark.parametrize(
    ("code", "heard_by_workshop", "heard_by_ben"),
    [
        ("*90102#", False, False),
        ("*91102#", True, False),
        ("*92102#", True, True),
    ],
)
@pytest.mark.parametrize("gap_s", [0.0, 0.3])
def test_each_code_from_an_analog_telephone_as_the_guide_prints_it(
    code: str, heard_by_workshop: bool, heard_by_ben: bool, gap_s: float
) -> None:
    """F20-F22: with `#`, key by key."""

    async def story(here: House) -> None:
        ben, workshop = await talking(here, called="102")
        chief = here.lifts("101")
        await asyncio.sleep(1)
        for key in code:
            chief.press(key)
            await asyncio.sleep(gap_s)
        await asyncio.sleep(1)
        assert chief.hears == {"102", "104"}
        assert ("101" in workshop.hears, "101" in ben.hears) == (heard_by_workshop, heard_by_ben)
        ben.leaves()

    play(story)
