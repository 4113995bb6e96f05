"""Call spy (F20-F23): who hears whom, told by the connections of the bridge."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.calls.leg import Cause, KeySound, LegState
from firmware.features.spy.rules import Mode, may, refusal
from firmware.telephony.records import Direction, Status
from firmware.telephony.site import Extension
from firmware.telephony.site.extension import Monitor
from tests.component.house import House, Telephone, house
from tests.virtual import run_virtual

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "101", name: Chief, port: fxs1, monitor: {mode: all}}
  - {number: "102", name: Workshop, port: fxs2, monitor: {mode: whisper, allow: true}}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, monitor: {allow: true}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}, monitor: {mode: all, allow: true}}
  - {number: "106", name: Dora, sip: {secret: dora-secret-106}, monitor: {mode: listen, allow: true, beep: true}}
trunks:
  - {name: branch, type: sip, host: 192.0.2.20, register: false}
inbound:
  - {to: "103"}
"""


def play(story: Callable[[House], Awaitable[None]]) -> House:
    async def main() -> House:
        async with house(SITE) as here:
            await story(here)
        return here

    return run_virtual(main)


async def talking(here: House, called: str = "103") -> tuple[Telephone, Telephone]:
    """Ben has called Anna, who is to be listened to."""
    ben = here.dials("104", called)
    anna = await here.telephone(called)
    anna.pick_up()
    await asyncio.sleep(1)
    return ben, anna


async def spying(here: House, code: str, spy: str = "105") -> Telephone:
    leg = here.dials(spy, f"{code}103")
    await asyncio.sleep(1)
    assert leg.state is LegState.UP
    return leg


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
        anna = await here.telephone("103")
        anna.pick_up()
        await asyncio.sleep(1)
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
        ben, workshop = await talking(here, "102")
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
        workshop = await here.telephone("102")
        workshop.pick_up()
        await asyncio.sleep(1)
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
        workshop = await here.telephone("102")
        workshop.pick_up()
        await asyncio.sleep(1)
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


def test_a_whisper_is_not_recorded() -> None:
    """F21: Anna records the call by `*1`; the recording has her and Ben."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        await spying(here, "*91")
        anna.press("*1")
        await asyncio.sleep(3)
        (recorder,) = [slot for slot, label in here.media.labels.items() if label.startswith("recorder")]
        assert here.media.hears(recorder) == {"103", "104"}
        ben.leaves()

    play(story)


def test_a_beep_tells_of_the_listener_where_that_is_wanted() -> None:
    """F20: every 15 s, to both who talk, not to the listener."""

    async def story(here: House) -> None:
        ben = here.dials("104", "106")
        dora = await here.telephone("106")
        dora.pick_up()
        await asyncio.sleep(1)
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
