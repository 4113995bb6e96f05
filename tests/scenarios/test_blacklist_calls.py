"""What the blacklist does to calls (F16, F17), and the switch against anonymous callers."""

import asyncio

import pytest
from msgspec.structs import replace

from firmware.calls.leg import Cause, LegState, Party
from firmware.features.blacklist.entry import EXTENSION
from firmware.features.blacklist.script import MOST, Blacklist, Listed
from firmware.telephony.deeds import Act, Deed
from firmware.telephony.records import Status
from tests.component.house import House
from tests.component.story import heard
from tests.scenarios.blocking import ANONYMOUS, missed_call, play


def test_a_wildcard_keeps_a_whole_range_out() -> None:
    """F17: `0900*`."""

    async def story(here: House) -> None:
        assert await heard(here, "103", "*750900*") == ["0900*", "blacklisted"]
        blocked = here.outside_calls("branch", "+49900123456")
        await here.settled()
        assert blocked.signals.cause is Cause.REJECTED

    play(story)


def test_a_network_that_delivers_numbers_incompletely() -> None:
    """F17: the last seven digits are compared, if the site wants it."""

    async def story(here: House) -> None:
        await heard(here, "103", "*7503055501234")
        await missed_call(here, "5501234")
        assert "103" in here.rung
        here.settings.replace(replace(here.settings.site, blacklist_match="last7"))
        for caller in ("5501234", "+49305501234", "03055501234"):
            blocked = here.outside_calls("branch", caller)
            await here.settled()
            assert blocked.signals.cause is Cause.REJECTED
        await missed_call(here, "5501235")
        assert await heard(here, "103", "*755501234") == ["5501234", "already-listed"]
        assert await heard(here, "103", "*0755501234") == ["5501234", "removed"]
        await missed_call(here, "5501234")
        assert len(here.rung["103"]) == 3

    play(story)


def test_a_listed_number_can_be_called() -> None:
    """F17: the list is about who dials in."""

    async def story(here: House) -> None:
        await heard(here, "103", "*7503055501234")
        here.dials("103", "903055501234")
        line = await here.telephone("line1")
        line.leaves()

    play(story)


def test_on_copper_the_call_is_answered_to_say_so_or_left_ringing() -> None:
    """F17: the option of a line not to answer: nobody is billed."""

    async def story(here: House) -> None:
        await heard(here, "103", "*7503055501234")
        told = here.outside_calls("line1", "03055501234")
        await asyncio.sleep(0.5)
        assert told.state is LegState.UP
        assert told.hears == {"not-in-service"}
        untold = here.outside_calls("silent", "03055501234")
        await asyncio.sleep(0.5)
        assert untold.state is LegState.GONE
        assert here.media.said.count("not-in-service") == 1

    here = play(story)
    assert {record.status for record in here.records[1:]} == {Status.REJECTED}


def test_a_line_that_tells_no_number_cannot_be_compared() -> None:
    """F17: late or missing caller ID; the trace says so."""

    async def story(here: House) -> None:
        await heard(here, "103", "*7503055501234")
        await missed_call(here, "", "line1")
        assert "103" in here.rung

    assert "cannot be compared" in play(story).records[-1].trace.as_text()


def test_anonymous_callers_are_refused_if_the_site_wants_it() -> None:
    """F16: the switch beside the blacklist."""

    async def story(here: House) -> None:
        blocked = here.outside_calls("branch", "")
        await here.settled()
        assert blocked.signals.cause is Cause.REJECTED
        assert here.media.said == ["not-in-service"]
        assert not here.rung
        await missed_call(here, "03055501234")
        assert "103" in here.rung

    assert "withheld" in play(story, ANONYMOUS).records[0].trace.as_text()


@pytest.mark.parametrize(("withheld", "rings"), [(True, False), (False, True)])
def test_a_line_without_caller_id_is_not_anonymous(withheld: bool, rings: bool) -> None:
    """F16: on copper only a number that is marked as withheld is."""

    async def story(here: House) -> None:
        outside = here.outside_calls("line1", Party("", trunk="line1", withheld=withheld))
        await asyncio.sleep(1)
        outside.leaves()
        await here.settled()
        assert ("103" in here.rung) is rings

    play(story, ANONYMOUS)


def test_a_number_of_the_call_log_is_blocked_from_the_portal() -> None:
    """F16: as the network has written it; extensions and the house's own numbers are refused there too."""

    async def story(here: House) -> None:
        blacklist = here.exchange.features.offers["blacklist"]
        assert isinstance(blacklist, Blacklist)
        await missed_call(here, "+493055501234")
        assert blacklist.put_on(here.exchange, here.records[-1].call_from, "admin") is Listed.NOW
        assert blacklist.put_on(here.exchange, "03055501234", "admin") is Listed.BEFORE
        assert blacklist.put_on(here.exchange, "102", "admin") == EXTENSION
        blocked = here.outside_calls("branch", "03055501234")
        await here.settled()
        assert blocked.signals.cause is Cause.REJECTED

    assert play(story).deeds == [Deed("admin", Act.BLOCKED, "+493055501234")]


def test_a_list_that_is_full_says_so() -> None:
    """F17: as many as the site file may have."""

    async def story(here: House) -> None:
        full = tuple(f"0900{number:05}" for number in range(MOST))
        here.settings.replace(replace(here.settings.site, blacklist=full))
        assert await heard(here, "103", "*7503055501234") == ["list-full"]
        assert await heard(here, "103", "*75090000001") == ["090000001", "already-listed"]
        assert here.settings.site.blacklist == full

    play(story)


@pytest.mark.parametrize("dialled", ["*750900*#", "*75#0900*#"])
def test_an_analog_telephone_blocks_a_whole_range(dialled: str) -> None:
    """F17: key by key; the wildcard's `*` begins no code there."""

    async def story(here: House) -> None:
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        for key in dialled:
            workshop.press(key)
            await asyncio.sleep(0.3)
        await here.settled()
        assert here.media.said[-2:] == ["0900*", "blacklisted"]
        assert here.settings.site.blacklist == ("0900*",)

    play(story)
