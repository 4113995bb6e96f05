"""The blacklist (F16-F19) and anonymous callers: told as the people at the telephones notice it."""

import asyncio

import pytest
from msgspec.structs import replace

from firmware.calls.leg import Cause
from firmware.telephony.deeds import Act, Deed
from firmware.telephony.records import Status
from tests.component.house import House, house
from tests.component.story import answers, heard
from tests.scenarios.blocking import SITE, missed_call, play
from tests.virtual import run_virtual


def test_the_last_caller_is_blacklisted_and_read_back() -> None:
    """F16: a missed call counts; the caller cannot dial in any more and is told that the number is not in service."""

    async def story(here: House) -> None:
        await missed_call(here, "03055501234")
        assert await heard(here, "103", "*76") == ["03055501234", "blacklisted"]
        assert here.settings.site.blacklist == ("+493055501234",)
        here.rung.clear()
        again = here.outside_calls("branch", "+493055501234")
        await here.settled()
        assert again.signals.cause is Cause.REJECTED
        assert here.media.said[-1] == "not-in-service"
        assert not here.rung

    here = play(story)
    assert Deed("103", Act.BLOCKED, "+493055501234") in here.deeds  # who did it
    assert "03055501234: blacklisted" in here.records[1].trace.as_text()
    assert here.records[-1].status is Status.REJECTED


def test_an_answered_call_counts_too_and_each_extension_has_its_own_last_caller() -> None:
    """F16."""

    async def story(here: House) -> None:
        outside = here.outside_calls("line1", "03055501234")
        await answers(here, "103")
        outside.leaves()
        await here.settled()
        assert await heard(here, "102", "*76") == ["no-last-caller"]
        assert await heard(here, "103", "*76") == ["03055501234", "blacklisted"]

    play(story)


@pytest.mark.parametrize("caller", ["", "anonymous"])
def test_an_anonymous_last_caller(caller: str) -> None:
    """F16: there is no number to list."""

    async def story(here: House) -> None:
        await missed_call(here, "03055501234")
        await missed_call(here, caller)
        assert await heard(here, "103", "*76") == ["no-last-caller"]

    play(story)


def test_the_last_caller_was_an_extension() -> None:
    """F16, F19: refused."""

    async def story(here: House) -> None:
        await missed_call(here, "03055501234")
        workshop = here.dials("102", "103")
        await asyncio.sleep(1)
        workshop.leaves()
        await here.settled()
        assert await heard(here, "103", "*76") == ["extension-refused"]
        assert here.settings.site.blacklist == ()

    play(story)


def test_one_who_called_out_has_no_last_caller() -> None:
    """F16: whom one calls is no caller."""

    async def story(here: House) -> None:
        here.dials("103", "9030555")
        line = await here.telephone("line1")
        line.leaves()
        await here.settled()
        assert await heard(here, "103", "*76") == ["no-last-caller"]

    play(story)


def test_the_last_caller_survives_a_restart() -> None:
    """F16: of the core."""

    async def main() -> None:
        async with house(SITE) as before:
            await missed_call(before, "03055501234")
        async with house(SITE, before=before) as here:
            assert await heard(here, "103", "*76") == ["03055501234", "blacklisted"]

    run_virtual(main)


@pytest.mark.parametrize("code", ["*7503055501234", "*75903055501234", "*75004930 55501234".replace(" ", "")])
def test_a_number_is_blacklisted_directly(code: str) -> None:
    """F17: `*75` and a number, in any spelling, with the prefix that leads outside or without."""

    async def story(here: House) -> None:
        assert (await heard(here, "103", code))[-1] == "blacklisted"
        assert here.settings.site.blacklist == ("+493055501234",)
        blocked = here.outside_calls("branch", "03055501234")
        await here.settled()
        assert blocked.signals.cause is Cause.REJECTED

    play(story)


def test_an_analog_telephone_is_asked_for_the_number() -> None:
    """F17: `*75#`, then the number and `#`."""

    async def story(here: House) -> None:
        reception = here.lifts("101")
        await asyncio.sleep(1)
        reception.press("*75#")
        await asyncio.sleep(0.5)
        assert reception.hears == {"pls-enter-number"}
        reception.press("03055501234#")
        await here.settled()
        assert here.media.said == ["pls-enter-number", "03055501234", "blacklisted"]

    play(story)


def test_a_number_twice() -> None:
    """F17: already listed, in another spelling or by a wildcard."""

    async def story(here: House) -> None:
        await heard(here, "103", "*7503055501234")
        assert await heard(here, "103", "*75+493055501234") == ["+493055501234", "already-listed"]
        await heard(here, "103", "*750900*")
        assert (await heard(here, "103", "*750900123456"))[-1] == "already-listed"
        assert len(here.settings.site.blacklist) == 2

    play(story)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("102", "extension-refused"),  # F19
        ("101", "extension-refused"),  # the operator
        ("90", "extension-refused"),  # a room
        ("112", "number-refused"),
        ("03012345", "number-refused"),  # the number of line1
        ("*74", "invalid"),
        ("0*", "invalid"),
    ],
)
def test_a_number_that_cannot_be_listed(number: str, said: str) -> None:
    """F17, F19: bad input; asked three times, then an error tone."""

    async def story(here: House) -> None:
        caller = here.dials("103", f"*75{number}")
        await asyncio.sleep(1.5)
        assert here.media.said == [said, "pls-enter-number"]
        caller.press(f"{number}#")
        await asyncio.sleep(1.5)
        caller.press("#")
        await here.settled()
        assert here.media.said[-2:] == ["pls-enter-number", "invalid"]
        assert here.settings.site.blacklist == ()

    play(story)


def test_a_number_is_taken_off_again() -> None:
    """F18: `*075` asks, or takes the number at once."""

    async def story(here: House) -> None:
        await heard(here, "103", "*7503055501234")
        anna = here.dials("103", "*075")
        await asyncio.sleep(1.5)
        anna.press("004930")
        anna.press("55501234#")
        await here.settled()
        assert here.media.said[-2:] == ["00493055501234", "removed"]
        assert here.settings.site.blacklist == ()
        assert await heard(here, "103", "*07503055501234") == ["03055501234", "not-listed"]
        here.outside_calls("branch", "03055501234")
        ringing = await here.telephone("103")
        ringing.leaves()

    play(story)


def test_a_range_is_taken_off_as_it_stands() -> None:
    """F18: a single number of a range is not on the list."""

    async def story(here: House) -> None:
        await heard(here, "103", "*750900*")
        assert (await heard(here, "103", "*0750900123456"))[-1] == "not-listed"
        assert (await heard(here, "103", "*0750900*"))[-1] == "removed"

    play(story)


@pytest.mark.parametrize("code", ["*76", "*7503055501234", "*07503055501234"])
def test_an_extension_without_the_permission(code: str) -> None:
    """F16-F18: per extension."""

    async def story(here: House) -> None:
        assert await heard(here, "104", code) == ["feature-off"]
        assert here.settings.site.blacklist == ()

    play(story)


@pytest.mark.parametrize("code", ["*76", "*75", "*7503055501234", "*075"])
@pytest.mark.parametrize("after_s", [0.1, 0.9, 1.5, 9.5, 28.0, 31.0])
def test_hanging_up_at_any_moment_leaves_nothing_over(code: str, after_s: float) -> None:
    """F16-F18: during prompts, while dialling, during the error tone."""

    async def story(here: House) -> None:
        anna = here.dials("103", code)
        await asyncio.sleep(after_s)
        anna.leaves()

    play(story)


@pytest.mark.parametrize("gap_s", [0.0, 0.3])
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("*76#", ["03055501234", "blacklisted"]),
        ("*7503055501234#", ["03055501234", "blacklisted"]),
        ("*07503055501234#", ["03055501234", "not-listed"]),
    ],
)
def test_an_analog_telephone_dials_the_codes_as_the_guide_prints_them(code: str, said: list[str], gap_s: float) -> None:
    """F16-F18: with `#`, key by key."""

    async def story(here: House) -> None:
        here.settings.replace(replace(here.settings.site, inbound=(replace(here.settings.site.inbound[0], to="102"),)))
        await missed_call(here, "03055501234")
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        for key in code:
            workshop.press(key)
            await asyncio.sleep(gap_s)
        await here.settled()
        assert here.media.said == said

    play(story)


def test_each_telephone_of_a_group_has_had_the_group_s_caller() -> None:
    """F16: who was rung, answered or not."""

    async def story(here: House) -> None:
        await missed_call(here, "03055501234")
        assert await heard(here, "102", "*76") == ["03055501234", "blacklisted"]
        assert await heard(here, "103", "*76") == ["03055501234", "already-listed"]
        assert await heard(here, "101", "*76") == ["no-last-caller"]

    group = 'ring_groups:\n  - {number: "620", name: Sales, members: ["102", "103"]}\n'
    play(story, SITE.replace('to: "103"', "to: group/620") + group)
