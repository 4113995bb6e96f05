"""Do not disturb (F39): told as the people at the telephones notice it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.sip.causes import STATUS_OF
from tests.component.house import House
from tests.component.story import answers, play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2, forward: {always: "101"}}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, forward: {busy: "101"}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
"""
Story = Callable[[House], Awaitable[None]]


def play(story: Story, site: str = SITE) -> House:
    return play_in_house(site, story)


def test_a_beep_says_that_it_is_on_and_calls_are_rejected() -> None:
    """F39: from an IP phone; the caller hears that nobody is available, then busy."""

    async def story(here: House) -> None:
        here.dials("103", "*74")
        await here.settled()
        assert here.media.said == ["confirmation", "dnd-on"]
        ben = here.dials("104", "103")
        await here.settled()
        assert ben.signals.cause is Cause.BUSY
        assert here.media.said[-1] == "not-available"
        assert "103" not in here.rung
        assert "101" not in here.rung  # the forward on busy is not looked at

    record = play(story).records[0]
    assert "do not disturb" in record.trace.as_text()


def test_an_analog_phone_switches_it_and_its_dial_tone_stutters() -> None:
    """F39: any telephone can use the code."""

    async def story(here: House) -> None:
        for keys, tone in (("*74", "dial"), ("*074", "stutter"), ("", "dial")):
            reception = here.lifts("101")
            await asyncio.sleep(1)
            assert reception.hears == {tone}
            reception.press(keys)
            if not keys:
                reception.leaves()
            await here.settled()
        assert here.media.said == ["confirmation", "dnd-on", "confirmation", "dnd-off"]

    play(story)


def test_one_can_call_out_meanwhile() -> None:
    """F39: the extension will only be able to make calls."""

    async def story(here: House) -> None:
        here.dials("103", "*74")
        await here.settled()
        anna = here.dials("103", "104")
        await answers(here, "104")
        assert anna.hears == {"104"}
        anna.leaves()

    play(story)


def test_off_lets_calls_through_again() -> None:
    """F39."""

    async def story(here: House) -> None:
        for code in ("*74", "*074"):
            here.dials("103", code)
            await here.settled()
        here.dials("104", "103")
        anna = await answers(here, "103")
        anna.leaves()

    play(story)


def test_twice_on_stays_on() -> None:
    """F39: `*74` twice is no toggle."""

    async def story(here: House) -> None:
        for _ in range(2):
            here.dials("103", "*74")
            await here.settled()
        assert here.plan.extensions["103"].dnd

    play(story)


def test_it_beats_the_forward_of_all_calls() -> None:
    """F39: all call forwarding settings are ignored."""

    async def story(here: House) -> None:
        here.dials("102", "*74")
        await here.settled()
        ben = here.dials("104", "102")
        await here.settled()
        assert ben.signals.cause is Cause.BUSY
        assert "101" not in here.rung

    play(story)


def test_a_parked_call_that_comes_back_rings_through() -> None:
    """F39: recalls ring through."""

    async def story(here: House) -> None:
        here.dials("104", "103")
        anna = await answers(here, "103")
        anna.press("*4")
        await asyncio.sleep(5)
        here.dials("103", "*74")
        back = await answers(here, "103", 1)
        assert back.hears == {"104"}
        back.leaves()

    play(story)


WITH_LINE = """
trunks: [{name: branch, type: sip, host: 192.0.2.20, register: false}]
inbound: [{to: "103"}]
block_anonymous: true
emergency: {notify: []}
"""


def test_the_emergency_service_can_call_back() -> None:
    """F39: for an hour after an emergency call, from a withheld number too; others in the house are still rejected."""

    async def story(here: House) -> None:
        here.dials("103", "*74")
        await here.settled()
        here.dials("103", "112")
        line = await here.telephone("branch")
        line.leaves()
        await here.settled()
        here.outside_calls("branch", "")
        anna = await here.telephone("103")
        anna.leaves()
        await here.settled()
        here.rung.clear()
        here.dials("104", "103")
        await here.settled()
        await asyncio.sleep(3600)
        here.outside_calls("branch", "0305550")
        await here.settled()
        assert not here.rung

    assert "it has called for help" in play(story, SITE + WITH_LINE).records[2].trace.as_text()


def test_a_caller_from_outside_finds_it_busy() -> None:
    """F39: 486, which ends a call at once, not 480, after which a provider tries other ways; he is not answered"""

    async def story(here: House) -> None:
        here.dials("103", "*74")
        await here.settled()
        here.media.said.clear()
        caller = here.outside_calls("branch", "0305550")
        await here.settled()
        assert caller.signals.cause is Cause.BUSY
        assert STATUS_OF[Cause.BUSY] == 486
        assert here.media.said == []
        assert not here.rung

    play(story, SITE + WITH_LINE)


def test_the_operator_rings_through_if_the_site_wants_it() -> None:
    """F39: an option."""
    site = SITE.replace('operator: "101"', 'operator: "101", operator_override: true')

    async def story(here: House) -> None:
        here.dials("103", "*74")
        await here.settled()
        here.dials("101", "103")
        anna = await here.telephone("103")
        anna.leaves()
        await here.settled()
        here.rung.clear()
        here.dials("104", "103")
        await here.settled()
        assert not here.rung

    play(story, site)


def test_the_mailbox_takes_the_calls_if_the_extension_wants_it() -> None:
    """F39: an option; the extension has a mailbox."""
    voicemail = 'dnd: true, dnd_voicemail: true, voicemail: {enabled: true, pin: "4711"}'
    site = SITE.replace('forward: {busy: "101"}', voicemail)

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        await asyncio.sleep(2)
        assert ben.state is LegState.UP
        ben.leaves()

    assert play(story, site).records[0].final_callee == "vm-103"


@pytest.mark.parametrize("after_s", [0.1, 0.5, 1.5, 2.5])
def test_hanging_up_at_any_moment_leaves_it_on(after_s: float) -> None:
    """F39: the switch counts from the code on, not from the end of the announcement."""

    async def story(here: House) -> None:
        anna = here.dials("103", "*74")
        await asyncio.sleep(after_s)
        anna.leaves()
        await here.settled()
        assert anna.state is LegState.GONE
        assert here.plan.extensions["103"].dnd

    play(story)
