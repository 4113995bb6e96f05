"""Ways around the limits of outside calls that are none (security.md 4), and the limits of a box as delivered."""

import asyncio

import pytest
from msgspec.structs import replace

from firmware.calls.leg import Cause, LegState
from firmware.calls.transfer import TransferRefused
from firmware.telephony.site import Limits
from tests.component.house import House
from tests.component.story import answers
from tests.scenarios.test_limits import (
    FOREIGN,
    HOME,
    PREMIUM,
    alarms,
    calls,
    emergency_gets_out,
    play,
    short_call,
    tally,
)


def test_a_box_as_delivered() -> None:
    """The table of security.md 4; those that cannot be set are in `telephony.limits`."""
    limits = Limits()
    assert (limits.outbound_per_minute, limits.outbound_per_hour, limits.outbound_at_once) == (5, 30, 2)
    assert (limits.outbound_minutes_per_day, limits.site_minutes_per_day, limits.max_call_minutes) == (240, 1200, 240)
    assert (limits.international, limits.international_minutes_per_day, limits.premium) == (False, 60, False)
    assert limits.night_minutes_per_day == 60


@pytest.mark.parametrize("number", [FOREIGN, PREMIUM])
def test_a_telephone_that_forwards_to_a_dear_number(number: str) -> None:
    """302: whoever can change a telephone's own settings gains nothing."""

    async def story(here: House) -> None:
        caller = here.outside_calls("provider", "0301", "103")
        (await here.telephone("103")).sends_on(number)
        await here.settled()
        assert caller.signals.cause is Cause.UNAVAILABLE
        assert "provider" not in here.rung
        assert not tally_of(here, "103")  # callers cannot lock whom they call

    play(story)


def tally_of(here: House, extension: str) -> bool:
    return extension in here.exchange.limits.usage.tallies


def test_a_telephone_that_forwards_outside_spends_its_owners_budget() -> None:
    """302, to a number that may be called: one at once, as a forward."""

    async def story(here: House) -> None:
        for _ in range(2):
            here.dials("104", "103")
        for turn in range(2):
            (await here.telephone("103", turn)).sends_on(HOME)
        await answers(here, "provider")
        await asyncio.sleep(5)
        assert len(here.rung["provider"]) == 1
        assert [talk.forwarded for talk in tally(here, "103").running] == [True]
        assert not tally_of(here, "104")
        here.rung["provider"][0].leaves()

    play(story)


def test_a_transfer_by_refer_is_limited_as_a_call_is() -> None:
    """An accomplice calls in; each REFER to a dear number is a hit, and the third one locks."""

    async def story(here: House) -> None:
        caller = here.outside_calls("provider", "0301", "103")
        anna = await answers(here, "103")
        for _ in range(3):
            with pytest.raises(TransferRefused):
                here.exchange.transfer(anna, PREMIUM)
            await asyncio.sleep(1)
        assert "provider" not in here.rung
        assert tally(here, "103").locked
        assert caller.state is LegState.UP
        caller.leaves()

    play(story)


def test_an_outside_caller_who_asks_for_a_transfer_gets_none() -> None:
    """N8: `#` and a number from the trunk side; neither DISA nor a call back."""

    async def story(here: House) -> None:
        caller = here.outside_calls("provider", "0301", "103")
        anna = await answers(here, "103")
        caller.press(f"#{HOME}#*2{HOME}#")
        await asyncio.sleep(5)
        assert anna.got_keys == f"#{HOME}#*2{HOME}#"
        assert "provider" not in here.rung
        caller.leaves()

    play(story)


def test_a_locked_extension_cannot_be_led_around_its_lock() -> None:
    """By its forward, its follow-me, a transfer or an invitation; emergency calls get out."""

    async def story(here: House) -> None:
        for _ in range(3):
            await calls(here, "103", PREMIUM)
        assert tally(here, "103").locked
        here.settings.change_extension("103", forward=type(here.plan.extensions["103"].forward)(always=HOME))
        caller = here.dials("104", "103")
        await here.settled()
        assert caller.signals.cause is Cause.UNAVAILABLE
        inside = here.dials("103", "105")
        await answers(here, "105")
        inside.press("#")
        await asyncio.sleep(1.5)
        inside.press(f"{HOME}#")
        await asyncio.sleep(4)
        assert "provider" not in here.rung
        inside.leaves()
        await emergency_gets_out(here)

    play(story)


def test_what_a_removed_extension_has_spent_counts_until_the_day_is_over() -> None:
    """Whoever gets the number on the same day goes on where it stood; on another day nothing is left of it."""

    async def story(here: House) -> None:
        await calls(here, "103", HOME)
        await asyncio.sleep(600)
        here.rung["provider"][0].leaves()
        await asyncio.sleep(1)
        site = here.settings.site
        without = replace(site, extensions=tuple(one for one in site.extensions if one.number != "103"))
        here.settings.replace(without)
        assert tally(here, "103").spent.all_s == pytest.approx(600, abs=2)
        assert here.exchange.limits.usage.spent(here.clock.now(), here.clock.now().date()).all_s > 599
        await asyncio.sleep(86_400)
        here.settings.replace(site)
        here.settings.replace(without)
        assert not tally_of(here, "103")
        assert not here.kept["outside-calls"]

    play(story)


def test_spent_minutes_are_told_of_once_a_day() -> None:
    """At a half and at 80 %, of the extension and of the site; each day anew."""

    async def story(here: House) -> None:
        heard = alarms(here)
        for _ in range(2):
            for _turn in range(9):
                await short_call(here, "103", HOME, 60)
                await asyncio.sleep(60)
            await asyncio.sleep(86_400 - 9 * 121)
        own = [f"extension 103 has spent {percent} % of its 10 outside minutes of today" for percent in (50, 80)]
        of_site = [f"{percent} % of the site's 10 outside minutes of today are spent" for percent in (50, 80)]
        assert heard == [own[0], of_site[0], own[1], of_site[1]] * 2

    play(story, "outbound_minutes_per_day: 10, site_minutes_per_day: 10")
