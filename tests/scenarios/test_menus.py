"""Voice menus: told as callers notice them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from firmware.calls.leg import LegState
from firmware.telephony.records import Status
from tests.component.house import House
from tests.component.story import answers, play_in_house
from tests.virtual import VirtualClock

SITE = """
version: 1
site: {country: DE, language: en, timezone: Europe/Berlin}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, forward: {always: "9030765"}, outbound: []}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: provider, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: outside, prefix: "9", trunks: [provider]}
inbound:
  - {trunk: line1, to: menu/640}
  - {trunk: provider, to: menu/641}
hours: {office: {weekdays: "mo-fr 09:00-18:00", holidays: ["2026-12-25"]}}
ring_groups: [{number: "620", name: Everyone, members: ["102", "103"]}]
menus:
  - number: "640"
    name: Welcome
    greeting: welcome
    direct_dial: true
    keys: {"1": group/620, "2": "103", "*": menu/640, "#": operator, "9": hangup, "8": menu/641}
    timeout_s: 5
    invalid: "102"
    otherwise: operator
  - {number: "641", name: Hours, greeting: my_own, keys: {"1": "103"}, hours: office, closed: "102"}
  - {number: "642", name: Bare, greeting: welcome, keys: {"1": menu/642}}
"""


def play(story: Callable[[House], Awaitable[None]], clock: VirtualClock | None = None) -> House:
    return play_in_house(SITE, story, clock=clock)


@pytest.mark.parametrize(
    ("keys", "reached"), [("2", "103"), ("1", "102"), ("#", "101"), ("103", "103"), ("102#", "102")]
)
def test_a_key_leads_somewhere_also_during_the_greeting(keys: str, reached: str) -> None:
    """A6: keys and direct dialling; one that begins an extension waits for more"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(0.5)
        assert here.media.said == ["welcome"]
        caller.press(keys)
        phone = await here.telephone(reached)
        phone.rings()
        await asyncio.sleep(1)
        assert "ringback" in caller.hears
        phone.pick_up()
        await asyncio.sleep(4)
        assert phone.hears == {"line1"}
        caller.leaves()

    (record,) = play(story).records
    assert (record.final_callee, record.status) == (reached, Status.ANSWERED)
    assert record.talk_s == pytest.approx(4)


def test_a_key_that_begins_a_number_waits_three_seconds() -> None:
    """A6"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(1.5)
        caller.press("1")
        await asyncio.sleep(2.5)
        assert here.rung == {}
        await asyncio.sleep(1)
        assert set(here.rung) == {"102", "103"}
        caller.leaves()

    play(story)


def test_who_chooses_nothing_hears_the_greeting_again_and_is_sent_on() -> None:
    """A6: time-out"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        reception = await here.telephone("101")
        assert here.media.said == ["welcome"] * 3
        assert asyncio.get_running_loop().time() == pytest.approx(3 * (1 + 5), abs=0.5)
        reception.pick_up()
        await asyncio.sleep(1)
        caller.leaves()

    play(story)


@pytest.mark.parametrize("keys", ["7", "199", "5", "0", "12345678901234567890"])
def test_three_wrong_choices_lead_to_the_place_for_them(keys: str) -> None:
    """A6: invalid"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        for _attempt in range(3):
            await asyncio.sleep(1.5)
            caller.press(keys)
            await asyncio.sleep(2.2)
        workshop = await here.telephone("102")
        assert here.media.said.count("invalid") == 3
        workshop.pick_up()
        await asyncio.sleep(1)
        caller.leaves()

    play(story)


def test_star_codes_and_outside_numbers_cannot_be_dialled() -> None:
    """A6: security.md section 4"""

    async def story(here: House) -> None:
        for number in ("9030765", "*60", "112"):
            caller = here.outside_calls("line1", "0301234567")
            await asyncio.sleep(1.5)
            caller.press(number)
            await asyncio.sleep(8)
            caller.leaves()
            await here.settled()

    assert "provider" not in play(story).rung


def test_a_forward_of_the_chosen_one_needs_the_forwarder_s_permission() -> None:
    """A6 F33"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(1.5)
        caller.press("104")
        await here.settled()
        assert caller.state is LegState.GONE

    assert "provider" not in play(story).rung


@pytest.mark.parametrize(
    ("at", "reached"),
    [
        (datetime(2026, 1, 5, 9, 0, tzinfo=UTC), "103"),
        (datetime(2026, 1, 5, 7, 30, tzinfo=UTC), "102"),
        (datetime(2026, 1, 4, 9, 0, tzinfo=UTC), "102"),
        (datetime(2026, 12, 25, 9, 0, tzinfo=UTC), "102"),
    ],
)
def test_a_menu_has_hours_and_holidays(at: datetime, reached: str) -> None:
    """A6 A13"""

    async def story(here: House) -> None:
        caller = here.outside_calls("provider", "0301234567")
        await asyncio.sleep(1.5)
        caller.press("1")
        phone = await here.telephone(reached)
        phone.pick_up()
        await asyncio.sleep(1)
        caller.leaves()

    play(story, VirtualClock(at))


def test_one_menu_leads_to_another() -> None:
    """A6"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(1.5)
        caller.press("8")
        await asyncio.sleep(1.5)
        assert here.media.said == ["welcome", "my_own"]
        caller.press("1")
        await answers(here, "103")
        assert caller.hears == {"103"}
        caller.leaves()

    play(story)


def test_a_menu_that_leads_to_itself_ends_some_day() -> None:
    """A6: a loop"""

    async def story(here: House) -> None:
        caller = here.dials("103", "642")
        for _turn in range(60):
            await asyncio.sleep(1)
            caller.press("1")
        await here.settled()
        assert caller.state is LegState.GONE

    play(story)


def test_without_a_place_to_go_the_menu_says_goodbye() -> None:
    """A6"""

    async def story(here: House) -> None:
        here.dials("103", "642")
        await here.settled()
        assert here.media.said == ["welcome"] * 3 + ["goodbye"]

    play(story)


@pytest.mark.parametrize("after_s", [0.2, 1.2, 3.0])
def test_a_caller_may_leave_at_any_time(after_s: float) -> None:
    """A6"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(after_s)
        caller.leaves()

    assert play(story).records[0].final_callee == "640"
