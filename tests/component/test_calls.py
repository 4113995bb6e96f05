"""Calls within the house and to the outside, as the people in it notice them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.telephony.places import SERVICES
from firmware.telephony.records import Direction, Status
from tests.component.house import House
from tests.component.story import answers, play_in_house

SITE = """
version: 1
site: {country: DE, language: en, timezone: Europe/Berlin}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, forward: {no_answer: "102"}, ring_s: 20}
  - {number: "105", name: Quiet, sip: {secret: quiet-secret-105}, dnd: true}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: branch, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: outside, prefix: "9", trunks: [line1, branch]}
inbound:
  - {trunk: line1, to: "103"}
emergency: {trunks: [line1, branch]}
"""

Story = Callable[[House], Awaitable[None]]


def play(story: Story, **devices: int) -> House:
    return play_in_house(SITE, story, devices=devices)


def test_two_people_talk_until_one_hangs_up() -> None:
    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        anna = await here.telephone("103")
        anna.rings()
        await asyncio.sleep(3)
        assert ben.state is LegState.RINGING
        anna.pick_up()
        await asyncio.sleep(5)
        assert ben.hears == {"103"}
        assert anna.hears == {"104"}
        anna.leaves()
        await asyncio.sleep(0.1)
        assert ben.state is LegState.GONE

    record = play(story).records[0]
    assert (record.status, record.final_callee, record.direction) == (Status.ANSWERED, "103", Direction.INTERNAL)
    assert record.talk_s == pytest.approx(5.0)


def test_all_devices_ring_and_the_others_are_told_that_it_was_answered_elsewhere() -> None:
    async def story(here: House) -> None:
        caller = here.dials("104", "103")
        desk, browser, mobile = [await here.telephone("103", i) for i in range(3)]
        for one in (desk, browser, mobile):
            one.rings()
        browser.pick_up()
        await asyncio.sleep(0.1)
        assert desk.signals.cause is mobile.signals.cause is Cause.ELSEWHERE
        assert caller.hears == {"103"}
        caller.leaves()

    play(story, _103=3)


def test_a_caller_who_gives_up_stops_the_ringing() -> None:
    async def story(here: House) -> None:
        caller = here.dials("103", "102")
        workshop = await here.telephone("102")
        workshop.rings()
        await asyncio.sleep(2)
        caller.leaves()
        await asyncio.sleep(0.1)
        assert workshop.state is LegState.GONE

    assert play(story).records[0].status is Status.NO_ANSWER


def test_a_call_nobody_answers_is_forwarded() -> None:
    async def story(here: House) -> None:
        caller = here.dials("103", "104")
        ben = await here.telephone("104")
        ben.rings()
        workshop = await here.telephone("102")
        assert ben.state is LegState.GONE
        assert asyncio.get_running_loop().time() == pytest.approx(20, abs=0.5)
        workshop.pick_up()
        await asyncio.sleep(1)
        assert caller.hears == {"102"}
        caller.leaves()

    record = play(story).records[0]
    assert (record.call_to, record.final_callee) == ("104", "102")
    assert "forward no answer" in record.trace.as_text()


def test_do_not_disturb_says_so_and_is_busy() -> None:
    async def story(here: House) -> None:
        caller = here.dials("103", "105")
        await here.settled()
        assert caller.signals.cause is Cause.BUSY
        assert here.media.said == ["not-available"]

    assert play(story).records[0].status is Status.BUSY


def test_a_number_that_does_not_exist_is_announced() -> None:
    async def story(here: House) -> None:
        caller = here.dials("103", "777")
        await here.settled()
        assert caller.signals.cause is Cause.NOT_FOUND
        assert here.media.said == ["not-in-service"]

    play(story)


def test_the_held_one_hears_music_and_then_the_other_again() -> None:
    async def story(here: House) -> None:
        anna = here.dials("103", "104")
        ben = await answers(here, "104")
        anna.hold(True)
        assert ben.hears == {"music"}
        anna.hold(False)
        assert ben.hears == {"103"}
        anna.leaves()

    play(story)


def test_keys_are_carried_to_the_other_end() -> None:
    async def story(here: House) -> None:
        anna = here.dials("103", "104")
        ben = await answers(here, "104")
        anna.press("429")
        assert ben.got_keys == "429"
        ben.leaves()

    play(story)


def test_a_lifted_telephone_dials_digit_by_digit() -> None:
    async def story(here: House) -> None:
        reception = here.lifts("101")
        await asyncio.sleep(1)
        assert reception.hears == {"dial"}
        reception.press("1")
        await asyncio.sleep(0.1)
        assert reception.hears == set()
        reception.press("03")
        await answers(here, "103")
        assert reception.hears == {"103"}
        reception.leaves()

    play(story)


def test_a_forgotten_handset_is_let_go() -> None:
    async def story(here: House) -> None:
        reception = here.lifts("101")
        await asyncio.sleep(16)
        assert reception.state is LegState.GONE

    assert play(story).records == []


def test_a_call_out_takes_the_next_trunk_when_the_first_is_busy() -> None:
    async def story(here: House) -> None:
        here.lines_busy.add("line1")
        anna = here.dials("103", "9030123456")
        branch = await here.telephone("branch")
        assert branch.dialled == "030123456"
        branch.early_audio()
        await asyncio.sleep(1)
        assert anna.hears == {"030123456"}  # the network's own ringback
        branch.pick_up()
        await asyncio.sleep(1)
        assert branch.hears == {"103"}
        branch.leaves()

    record = play(story).records[0]
    assert (record.trunk, record.direction) == ("branch", Direction.OUTBOUND)


def test_a_call_from_outside_reaches_the_extension_of_its_trunk() -> None:
    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234")
        anna = await answers(here, "103")
        assert anna.hears == {"line1"}
        caller.leaves()

    assert play(story).records[0].direction is Direction.INBOUND


def test_an_emergency_call_takes_a_line_that_is_in_use() -> None:
    async def story(here: House) -> None:
        here.trunks_down.add("branch")
        talking = here.dials("103", "9030123456")
        line = await answers(here, "line1")
        here.lines_busy.update(("line1", "branch"))
        line.signals.watch(lambda _event: here.lines_busy.discard("line1"))
        here.dials("102", "112")
        emergency = await here.telephone("line1", 1)
        assert emergency.dialled == "112"
        assert talking.hears == {"emergency-line-seized"}
        await asyncio.sleep(2)
        assert talking.state is LegState.GONE
        emergency.leaves()

    play(story)


def test_an_address_is_said_twice() -> None:
    async def story(here: House) -> None:
        here.dials("103", "**12")
        await here.settled()
        assert here.media.said == ["lan-ip", "192.0.2.7"] * 2

    play(story)


def test_the_echo_test_returns_what_one_says_until_hash() -> None:
    async def story(here: House) -> None:
        anna = here.dials("103", "*43")
        await asyncio.sleep(1)
        anna.press("#")  # that of the code
        await asyncio.sleep(4)
        assert anna.hears == {"103"}
        anna.press("#")
        await here.settled()

    play(story)


def test_what_is_explained_without_a_box_is_what_a_box_does() -> None:
    async def story(here: House) -> None:
        assert frozenset(here.exchange.features.services) == SERVICES

    play(story)
