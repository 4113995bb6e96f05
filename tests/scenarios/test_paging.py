"""Paging (F45), and both kinds of call whatever happens: told as the people at the telephones notice it."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.calls.leg import LegState
from firmware.telephony.records import Status
from tests.component.house import House, Telephone
from tests.scenarios.intercoms import CODES, play


def test_a_page_is_heard_after_a_beep_and_in_one_direction() -> None:
    """F45: the audio of the called one is not connected."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*51103")
        anna = await here.telephone("103")
        anna.pick_up()
        await asyncio.sleep(0.5)
        assert anna.hears == ben.hears == {"confirmation"}
        await asyncio.sleep(1)
        assert anna.hears == {"104"}
        assert ben.hears == set()
        ben.leaves()
        await asyncio.sleep(0.1)
        assert anna.state is LegState.GONE

    record = play(story).records[0]
    assert (record.final_callee, record.status) == ("103", Status.ANSWERED)


def test_the_keys_of_the_paged_one_mean_nothing() -> None:
    """F45: `#` is inert."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*51103")
        anna = await here.telephone("103")
        anna.pick_up()
        await asyncio.sleep(2)
        anna.press("#*4*1")
        ben.press("#")
        await asyncio.sleep(2)
        assert anna.hears == {"104"}
        assert anna.got_keys == ben.got_keys == ""
        anna.leaves()
        await asyncio.sleep(0.1)
        assert ben.state is LegState.GONE

    play(story)


def test_a_page_goes_on_after_hold() -> None:
    """F45: the caller's audio is followed when it changes."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*51103")
        anna = await here.telephone("103")
        anna.pick_up()
        await asyncio.sleep(2)
        ben.hold(True)
        ben.hold(False)
        assert anna.hears == {"104"}
        ben.leaves()

    play(story)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("who", ["caller", "called"])
@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.5, 1.0, 1.2, 3.0])
def test_hanging_up_at_any_moment_leaves_nothing_over(code: str, who: str, after_s: float) -> None:
    """F44, F45: while it rings, beeps or speaks."""

    async def story(here: House) -> None:
        ben = here.dials("104", f"{code}103")
        anna = await here.telephone("103")
        if after_s > 0.1:
            anna.pick_up()
        await asyncio.sleep(after_s)
        (ben if who == "caller" else anna).leaves()

    play(story)


EVENTS = st.permutations(["pick up", "called leaves", "caller leaves", "another calls"])


DELAYS = st.lists(st.sampled_from((0.0, 0.05, 0.5, 1.0, 2.0)), min_size=4, max_size=4)


@settings(max_examples=150, deadline=None)
@given(code=st.sampled_from(CODES), order=EVENTS, delays=DELAYS)
def test_whatever_happens_when_nothing_is_left_over(code: str, order: list[str], delays: list[float]) -> None:
    """F44, F45: in any order and at any moment; the paged one is never heard."""

    async def story(here: House) -> None:
        ben = here.dials("104", f"{code}103")
        anna = await here.telephone("103")
        others: list[Telephone] = []
        for what, delay_s in zip(order, delays, strict=True):
            if what == "pick up" and not anna.signals.gone:
                anna.pick_up()
            elif what == "another calls":
                others.append(here.dials("102", f"{code}103"))
            elif what != "pick up":
                (anna if what == "called leaves" else ben).leaves()
            await asyncio.sleep(delay_s)
            assert code == "*50" or "103" not in ben.hears
        for leg in (*others, *here.rung["103"]):
            leg.leaves()

    play(story)
