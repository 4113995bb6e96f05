"""What call forwards do to calls (F33, F35), those of the telephones themselves too."""

import asyncio
from dataclasses import dataclass

import msgspec
import pytest

from firmware.calls.leg import Cause, LegState
from firmware.telephony.forwards import ForwardType, forward_of
from firmware.telephony.site.check import checked
from tests.component.house import House
from tests.component.story import answers, heard, play_in_house
from tests.scenarios.forwarding import SITE, play


def test_forwards_that_became_a_loop_end_the_call() -> None:
    """F33: set one by one, on busy they form a ring: nobody is rung twice."""

    async def story(here: House) -> None:
        await heard(here, "103", "*73803")
        await heard(here, "803", "*73103")
        ben = here.dials("104", "103")
        await here.settled()
        assert len(here.rung["103"]) == len(here.rung["803"]) == 1
        assert ben.signals.cause is Cause.UNAVAILABLE

    assert "loop" in play(story).records[-1].trace.as_text()


@dataclass(frozen=True)
class Reached:
    """Where calls to Anna go under one forward type, while she is free, does not answer, and talks; "": nowhere."""

    free: str
    unanswered: str
    busy: str


REACHED = {
    ForwardType.ALL: Reached("803", "", "803"),
    ForwardType.BUSY: Reached("103", "", "803"),
    ForwardType.NO_ANSWER: Reached("103", "803", "103"),
    ForwardType.NO_ANSWER_AND_BUSY: Reached("103", "803", "803"),
}


def forwards_in_the_file(kind: ForwardType) -> str:
    """The site, in which Anna has this type of forward to the Chief."""
    forward = msgspec.json.encode(forward_of(kind, "803")).decode()
    return SITE.replace("    ring_s: 20\n", f"    ring_s: 20\n    forward: {forward}\n")


@pytest.mark.parametrize("kind", ForwardType)
def test_a_forward_of_the_site_file_takes_calls(kind: ForwardType) -> None:
    """F35: each type, set in the file; nobody has dialled a code."""
    reached = REACHED[kind]

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        await asyncio.sleep(1)
        assert set(here.rung) == {reached.free}
        await asyncio.sleep(20)
        assert set(here.rung) == {reached.free, reached.unanswered} - {""}
        ben.leaves()
        await here.settled()
        here.rung.clear()
        anna = here.dials("103", "101")
        await answers(here, "101")
        here.rung.clear()
        ben = here.dials("104", "103")
        await asyncio.sleep(1)
        assert set(here.rung) == {reached.busy}
        ben.leaves()
        anna.leaves()

    play_in_house(forwards_in_the_file(kind), story)


def test_forwards_of_a_file_that_is_imported_count_for_the_next_call() -> None:
    """F35: they take the place of what the telephone has set; its code still clears what the file has set."""
    imported = checked(forwards_in_the_file(ForwardType.ALL)).site
    assert imported is not None

    async def story(here: House) -> None:
        await heard(here, "103", "*71102")
        here.settings.replace(imported)
        ben = here.dials("104", "103")
        await here.telephone("803")
        assert "102" not in here.rung
        ben.leaves()
        await here.settled()
        await heard(here, "103", "*071")
        ben = here.dials("104", "103")
        await here.telephone("103")
        ben.leaves()

    play(story)


def test_a_forwarded_call_keeps_who_was_called_and_who_was_reached() -> None:
    """F33: Call To and Final Callee."""

    async def story(here: House) -> None:
        await heard(here, "103", "*71803")
        ben = here.dials("104", "103")
        chief = await answers(here, "803")
        assert ben.hears == {"803"}
        chief.leaves()

    record = play(story).records[-1]
    assert (record.call_to, record.final_callee) == ("103", "803")


def test_a_forward_on_busy_takes_calls_while_one_talks() -> None:
    """F33: `*72`; a third caller is led on too."""

    async def story(here: House) -> None:
        await heard(here, "103", "*72803")
        anna = here.dials("103", "101")
        await answers(here, "101")
        here.dials("104", "103")
        chief = await here.telephone("803")
        assert "103" not in here.rung
        chief.pick_up()
        await asyncio.sleep(1)
        chief.leaves()
        anna.leaves()

    play(story)


def test_a_busy_target_handles_the_call_its_own_way() -> None:
    """F33: its own mailbox takes it"""
    busy = 'secret: chief-secret-803}, call_waiting: false, voicemail: {pin: "4711"}}'

    async def story(here: House) -> None:
        await heard(here, "103", "*71803")
        chief = here.dials("803", "101")
        await answers(here, "101")
        ben = here.dials("104", "103")
        await asyncio.sleep(2)
        assert set(here.rung) == {"101"}
        assert ben.state is LegState.UP
        ben.leaves()
        chief.leaves()

    here = play_in_house(SITE.replace("secret: chief-secret-803}}", busy), story)
    record = next(one for one in here.records if one.call_to == "103")
    assert record.final_callee == "vm-803"


def test_the_outside_target_is_called_with_the_forwarders_permission() -> None:
    """F33: Ben may not call outside, but Anna may, and she forwards."""

    async def story(here: House) -> None:
        await heard(here, "103", "*7185530123")
        here.dials("104", "103")
        line = await here.telephone("line1")
        assert line.dialled == "0123"
        line.pick_up()
        await asyncio.sleep(1)
        line.leaves()

    play(story)


@pytest.mark.parametrize(
    ("number", "heard_then"), [("90", {"conf-only-person"}), ("631", {"music"}), ("640", {"welcome"})]
)
def test_a_forward_to_a_service_of_the_box(number: str, heard_then: set[str]) -> None:
    """F33: a conference room, a queue, a menu."""
    services = """
queues: [{number: "631", name: Sales, agents: ["803"]}]
menus: [{number: "640", name: Welcome, greeting: welcome}]
"""

    async def story(here: House) -> None:
        assert (await heard(here, "103", f"*71{number}"))[-1] == number
        ben = here.dials("104", "103")
        await asyncio.sleep(0.5)
        assert ben.hears == heard_then
        ben.leaves()

    assert play_in_house(SITE + services, story).records[-1].final_callee == number


def test_all_lines_busy_ends_a_forward_outside() -> None:
    """F33: the lines are busy; no voicemail: the caller is told."""

    async def story(here: House) -> None:
        await heard(here, "103", "*7185530123")
        here.lines_busy.add("line1")
        ben = here.dials("104", "103")
        await here.settled()
        assert ben.signals.cause is Cause.CONGESTION

    play(story)


def test_a_forward_to_the_caller_is_busy() -> None:
    """F33: the caller forwards to nobody but himself."""

    async def story(here: House) -> None:
        await heard(here, "103", "*71104")
        ben = here.dials("104", "103")
        await here.settled()
        assert ben.signals.cause is Cause.BUSY

    play(story)


def test_permission_taken_away_later_counts_when_the_call_comes() -> None:
    """F33: forward set to a number later blocked."""

    async def story(here: House) -> None:
        await heard(here, "103", "*7185530123")
        here.settings.change_extension("103", outbound=())
        ben = here.dials("104", "103")
        await here.settled()
        assert "line1" not in here.rung
        assert ben.signals.cause is Cause.UNAVAILABLE

    play(story)


def test_a_telephone_that_forwards_by_itself_is_followed() -> None:
    """F33: 302 from the telephone; its other device rings on until it is given up."""

    async def story(here: House) -> None:
        here.devices["103"] = 2
        ben = here.dials("104", "103")
        desk, mobile = [await here.telephone("103", number) for number in (0, 1)]
        desk.sends_on("803")
        await asyncio.sleep(10)
        assert "803" not in here.rung
        mobile.leaves()
        chief = await answers(here, "803")
        assert ben.hears == {"803"}
        chief.leaves()

    record = play(story).records[0]
    assert (record.call_to, record.final_callee) == ("103", "803")
    assert "forward by phone" in record.trace.as_text()


def test_where_a_telephone_forwards_to_may_be_off_the_hook() -> None:
    """F33: 302; the target's own forward on busy takes the call."""

    async def story(here: House) -> None:
        await heard(here, "101", "*72803")
        here.devices["101"] = 0
        here.dials("104", "103")
        (await here.telephone("103")).sends_on("101")
        chief = await answers(here, "803")
        chief.leaves()

    record = play(story).records[-1]
    assert record.final_callee == "803"
    assert "loop" not in record.trace.as_text()


@pytest.mark.parametrize("number", ["85530123", "*74", "112", "777"])
def test_a_telephone_cannot_forward_where_its_extension_may_not(number: str) -> None:
    """F33: 302 to the outside without permission, to a code, an emergency number, nobody."""

    async def story(here: House) -> None:
        anna = here.dials("103", "104")
        ben = await here.telephone("104")
        ben.sends_on(number)
        await here.settled()
        assert anna.signals.cause is Cause.UNAVAILABLE
        assert set(here.rung) == {"104"}

    play(story)


def test_telephones_that_forward_to_each_other_end_the_call() -> None:
    """F33: 302 in a loop."""

    async def story(here: House) -> None:
        here.dials("104", "103")
        (await here.telephone("103")).sends_on("803")
        (await here.telephone("803")).sends_on("103")
        await here.settled()
        assert len(here.rung["103"]) == 1

    assert "loop" in play(story).records[0].trace.as_text()
