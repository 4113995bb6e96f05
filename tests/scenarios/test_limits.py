"""Toll fraud (security.md 4): what thieves and mistakes try, and where it ends. Emergency calls always get out."""

import asyncio
import copy
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.telephony.tally import Tally
from tests.component.house import House, Telephone, house
from tests.component.story import answers, play_in_house
from tests.virtual import VirtualClock, run_virtual

NIGHT = datetime(2026, 1, 5, 21, 0, tzinfo=UTC)
FOREIGN = "90033123456789"
PREMIUM = "909001234567"
HOME = "9030123456"

Story = Callable[[House], Awaitable[None]]


def site(limits: str = "", extensions: str = "") -> str:
    return f"""
version: 1
site: {{country: DE, language: en}}
extensions:
  - {{number: "101", name: Reception, port: fxs1}}
  - {{number: "103", name: Anna, sip: {{secret: anna-secret-103}}}}
  - {{number: "104", name: Ben, sip: {{secret: ben-secret-104}}}}
  - {{number: "105", name: Eva, sip: {{secret: eva-secret-105}}}}
  - {{number: "106", name: Jim, sip: {{secret: jim-secret-1066}}}}
{extensions}
trunks:
  - {{name: provider, type: sip, host: 192.0.2.20, register: false}}
  - {{name: branch, type: sip, host: 192.0.2.21, register: false}}
outbound:
  - {{name: outside, prefix: "9", trunks: [provider]}}
  - {{name: branch, match: "7xx", trunks: [branch], limited: false}}
inbound:
  - {{trunk: provider, to: direct}}
limits: {{{limits}}}
"""


def play(story: Story, limits: str = "", extensions: str = "", clock: VirtualClock | None = None) -> House:
    return play_in_house(site(limits, extensions), story, clock=clock, limit_s=10 * 86_400)


async def calls(
    here: House, extension: str, number: str, *, answered: bool = True
) -> tuple[Telephone, Telephone | None]:
    """The extension calls; the far end picks up at once, or it is busy. None: the call has not left the house."""
    before = len(here.rung.get("provider", ()))
    caller = here.dials(extension, number)
    await asyncio.sleep(0.2)
    lines = here.rung.get("provider", ())
    if len(lines) == before:
        return caller, None
    line = lines[-1]
    line.pick_up() if answered else line.leaves(Cause.BUSY)
    await asyncio.sleep(0.2)
    return caller, line


async def is_refused(here: House, extension: str, number: str) -> bool:
    """Whether the call stays in the house, with words."""
    here.media.said.clear()
    caller, line = await calls(here, extension, number)
    await asyncio.sleep(3)
    if line is not None:
        caller.leaves()
        await asyncio.sleep(0.2)
        return False
    assert here.media.said == ["limit-reached"]
    assert caller.signals.cause is Cause.FORBIDDEN
    return True


async def short_call(here: House, extension: str, number: str = HOME, talk_s: float = 1) -> bool:
    """Call and hang up again. False: it was not possible."""
    caller, line = await calls(here, extension, number)
    await asyncio.sleep(talk_s)
    caller.leaves()
    await asyncio.sleep(0.2)
    return line is not None


def tally(here: House, extension: str) -> Tally:
    return here.exchange.limits.usage.tallies[extension]


def alarms(here: House) -> list[str]:
    heard: list[str] = []
    here.exchange.watch_alarms(heard.append)
    return heard


async def emergency_gets_out(here: House, extension: str = "103") -> None:
    caller, line = await calls(here, extension, "112")
    assert line is not None and line.dialled == "112"
    assert caller.state is LegState.UP
    caller.leaves()
    await asyncio.sleep(0.2)


# -- rates --------------------------------------------------------------------------------------------------------


def test_the_sixth_call_within_a_minute() -> None:
    async def story(here: House) -> None:
        for _ in range(5):
            assert await short_call(here, "103")
        assert await is_refused(here, "103", HOME)
        assert not await is_refused(here, "104", HOME)  # another one may
        await asyncio.sleep(60)
        assert not await is_refused(here, "103", HOME)

    records = play(story).records
    assert any("5 outside calls within a minute" in one.trace.as_text() for one in records)


def test_the_thirty_first_call_within_an_hour() -> None:
    async def story(here: House) -> None:
        for _ in range(30):
            assert await short_call(here, "103")
            await asyncio.sleep(60)
        assert await is_refused(here, "103", HOME)
        await asyncio.sleep(1800)
        assert not await is_refused(here, "103", HOME)

    play(story)


def test_the_third_call_at_once() -> None:
    async def story(here: House) -> None:
        first, _ = await calls(here, "103", HOME)
        second, _ = await calls(here, "103", HOME)
        assert await is_refused(here, "103", HOME)
        second.leaves()
        await asyncio.sleep(0.5)
        assert not await is_refused(here, "103", HOME)
        first.leaves()

    play(story)


def test_a_line_to_the_branch_is_not_limited() -> None:
    async def story(here: House) -> None:
        for _ in range(20):
            caller = here.dials("103", "712")
            (await here.telephone("branch", len(here.rung.get("branch", ())))).pick_up()
            await asyncio.sleep(1)
            caller.leaves()
            await asyncio.sleep(0.2)
        assert "103" not in here.exchange.limits.usage.tallies

    play(story)


# -- minutes ------------------------------------------------------------------------------------------------------


def test_a_long_call_is_warned_and_ends() -> None:
    async def story(here: House) -> None:
        caller, line = await calls(here, "103", HOME)
        assert line is not None
        await asyncio.sleep(4 * 60 - 2)
        assert "call_waiting" not in here.media.said
        await asyncio.sleep(3)
        assert here.media.said.count("call_waiting") == 2  # both hear it
        assert caller.state is LegState.UP
        await asyncio.sleep(60)
        assert (caller.state, line.state) == (LegState.GONE, LegState.GONE)

    (record,) = play(story, "max_call_minutes: 5").records
    assert "the call ends: 5 minutes are over" in record.trace.as_text()
    assert 299 < record.talk_s < 302


def test_an_extensions_minutes_are_used_up_and_come_back_the_next_day() -> None:
    """Calls of the extension share what is left; it is told at a half and at 80 %."""

    async def story(here: House) -> None:
        heard = alarms(here)
        first, _ = await calls(here, "103", HOME)
        second, _ = await calls(here, "103", HOME)
        await asyncio.sleep(121 * 60)
        assert (first.state, second.state) == (LegState.GONE, LegState.GONE)
        assert 14_398 < tally(here, "103").spent.all_s < 14_405
        assert await is_refused(here, "103", HOME)
        assert not await is_refused(here, "104", HOME)
        assert "extension 103 has spent 80 % of its 240 outside minutes of today" in heard
        await asyncio.sleep(15 * 3600)
        assert not await is_refused(here, "103", HOME)

    play(story)


def test_the_minutes_of_the_whole_site() -> None:
    async def story(here: House) -> None:
        heard = alarms(here)
        for extension in ("103", "104"):
            assert await short_call(here, extension, HOME, 6 * 60)
        await asyncio.sleep(1)
        assert await is_refused(here, "105", HOME)
        assert not tally(here, "104").hits  # not of its own doing
        assert any("of the site's 10 outside minutes" in text for text in heard)

    play(story, "site_minutes_per_day: 10")


def test_minutes_at_night() -> None:
    async def story(here: House) -> None:
        caller, _ = await calls(here, "103", HOME)
        await asyncio.sleep(61 * 60)
        assert caller.state is LegState.GONE
        assert await is_refused(here, "104", HOME)
        await emergency_gets_out(here, "104")

    play(story, clock=VirtualClock(NIGHT))


# -- places -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        FOREIGN, "9+33123456789", "900870773123456", "9008816123456", "900979112345678",
        PREMIUM, "901377123456", "911833", "901013030123456",
    ],
)  # fmt: skip
def test_abroad_and_premium_are_off(number: str) -> None:
    """As delivered; whatever way it is written. National calls are not disturbed."""

    async def story(here: House) -> None:
        assert await is_refused(here, "103", number)
        assert not await is_refused(here, "103", HOME)

    play(story)


def test_only_the_countries_of_the_list() -> None:
    async def story(here: House) -> None:
        assert not await is_refused(here, "103", FOREIGN)
        assert await is_refused(here, "103", "900252612345678")

    play(story, "international: true, international_countries: [FR, CH]")


def test_no_international_calls_at_night() -> None:
    async def story(here: House) -> None:
        assert await is_refused(here, "103", FOREIGN)
        assert not await is_refused(here, "103", HOME)

    play(story, "international: true", clock=VirtualClock(NIGHT))


def test_one_international_call_at_a_time() -> None:
    async def story(here: House) -> None:
        caller, _ = await calls(here, "103", FOREIGN)
        assert await is_refused(here, "104", FOREIGN)
        caller.leaves()
        await asyncio.sleep(1)
        assert not await is_refused(here, "104", FOREIGN)

    play(story, "international: true")


# -- locks --------------------------------------------------------------------------------------------------------


def test_three_hits_lock_the_extension_until_it_is_unlocked() -> None:
    """A stolen password tries foreign numbers. Inside and emergency calls stay."""

    async def story(here: House) -> None:
        heard = alarms(here)
        for _ in range(3):
            assert await is_refused(here, "103", FOREIGN)
        assert heard == ["extension 103 is locked, calls inside only: limits were hit 3 times within an hour"]
        assert await is_refused(here, "103", HOME)
        await asyncio.sleep(86_400)
        assert await is_refused(here, "103", HOME)
        await emergency_gets_out(here)
        inside = here.dials("103", "104")
        await answers(here, "104")
        assert inside.hears == {"104"}
        inside.leaves()
        assert here.exchange.limits.unlock("103")
        assert not here.exchange.limits.unlock("103")
        assert not await is_refused(here, "103", HOME)

    play(story)


def test_ten_failures_lock_the_extension() -> None:
    """A dialler looks for numbers that answer."""

    async def story(here: House) -> None:
        heard = alarms(here)
        for turn in range(10):
            _caller, line = await calls(here, "103", f"9030{turn}55512", answered=False)
            assert line is not None, turn
            await asyncio.sleep(20)
        assert heard == ["extension 103 is locked, calls inside only: 10 outside calls have failed within 10 minutes"]
        assert await is_refused(here, "103", HOME)

    play(story)


def test_calls_that_are_given_up_at_once_are_failures() -> None:
    """Ringing once costs nothing and lures people to call back."""

    async def story(here: House) -> None:
        for turn in range(10):
            caller = here.dials("103", f"9030{turn}55512")
            await asyncio.sleep(0.5)
            caller.leaves()
            await asyncio.sleep(20)
        assert tally(here, "103").locked

    play(story)


def test_three_locked_extensions_stop_international_calls() -> None:
    """The whole password list was stolen. A foreign call that is going on ends."""

    async def story(here: House) -> None:
        heard = alarms(here)
        honest, line = await calls(here, "106", FOREIGN)
        for extension in ("103", "104", "105"):
            assert (honest.state, line.state if line else None) == (LegState.UP, LegState.UP)
            for _ in range(3):
                assert await is_refused(here, extension, PREMIUM)
            await asyncio.sleep(600)
        assert heard[-1] == "international calls are stopped: extensions 103, 104, 105 are locked"
        assert (honest.state, line.state if line else None) == (LegState.GONE, LegState.GONE)
        assert await is_refused(here, "106", FOREIGN)
        assert not await is_refused(here, "106", HOME)
        assert not tally(here, "106").hits
        for extension in ("103", "104", "105"):
            here.exchange.limits.unlock(extension)
        assert await is_refused(here, "106", FOREIGN)
        assert here.exchange.limits.release()
        assert not await is_refused(here, "106", FOREIGN)

    play(story, "international: true")


def test_thirty_calls_within_ten_minutes_at_night_stop_international_calls() -> None:
    async def story(here: House) -> None:
        heard = alarms(here)
        for _ in range(10):
            for extension in ("103", "104", "105"):
                await short_call(here, extension)
            await asyncio.sleep(45)
        assert heard == ["international calls are stopped: 30 outside calls within 10 minutes at night"]

    play(story, "international: true", clock=VirtualClock(NIGHT))


# -- ways around --------------------------------------------------------------------------------------------------


def test_a_forward_outside_uses_the_budget_of_its_owner_and_is_one_at_once() -> None:
    """A stolen forward: strangers call in and are led out. Callers cannot lock the owner."""

    async def story(here: House) -> None:
        first = here.outside_calls("provider", "0301", "107")
        await answers(here, "provider")
        assert first.state is LegState.UP
        for _ in range(4):
            here.outside_calls("provider", "0302", "107")
            await asyncio.sleep(5)
        assert len(here.rung["provider"]) == 1
        assert not tally(here, "107").locked
        await asyncio.sleep(3600)
        assert first.state is LegState.GONE  # two outside lines: an hour and no more

    play(story, extensions=f'  - {{number: "107", name: Out, port: fxs2, forward: {{always: "{HOME}"}}}}')


@pytest.mark.parametrize("number", [FOREIGN, PREMIUM])
def test_a_forward_to_a_dear_number_leads_nowhere(number: str) -> None:
    async def story(here: House) -> None:
        here.outside_calls("provider", "0301", "107")
        here.dials("103", "107")
        await asyncio.sleep(5)
        assert "provider" not in here.rung

    play(story, extensions=f'  - {{number: "107", name: Out, port: fxs2, forward: {{always: "{number}"}}}}')


def test_follow_me_passes_over_dear_numbers() -> None:
    async def story(here: House) -> None:
        here.dials("103", "107")
        await asyncio.sleep(20)
        assert "provider" not in here.rung
        assert here.rung["104"]
        here.rung["104"][0].leaves(Cause.BUSY)

    steps = f'[{{number: "{PREMIUM}"}}, {{number: "{FOREIGN}"}}, {{number: "104"}}]'
    follow = f"follow_me: {{enabled: true, own_ring_s: 5, list: {steps}}}"
    play(story, extensions=f'  - {{number: "107", name: Out, port: fxs2, {follow}}}')


def test_a_transfer_is_limited_as_a_call_is() -> None:
    """An accomplice calls in and is sent to a dear number; each attempt is a hit. REFER takes the same way."""

    async def story(here: House) -> None:
        caller = here.outside_calls("provider", "0301", "103")
        anna = await answers(here, "103")
        anna.press("#")
        for _ in range(3):
            await asyncio.sleep(1.5)
            anna.press(f"{PREMIUM}#")
            await asyncio.sleep(4)
        assert "provider" not in here.rung
        assert tally(here, "103").locked
        caller.leaves()

    play(story)


def test_the_third_pair_of_outside_lines() -> None:
    async def story(here: House) -> None:
        callers = []
        for extension in ("103", "104", "105"):
            caller = here.outside_calls("provider", "0301", extension)
            callers.append(caller)
            phone = await here.telephone(extension)
            phone.pick_up()
            await asyncio.sleep(1)
            phone.press("#")
            await asyncio.sleep(1.5)
            phone.press(f"{HOME}#")
            await asyncio.sleep(1)
            for line in here.rung.get("provider", ()):
                line.pick_up()
            await asyncio.sleep(4)
        assert len(here.rung["provider"]) == 2
        for caller in callers:
            caller.leaves()

    play(story)


# -- emergency ----------------------------------------------------------------------------------------------------


def test_emergency_calls_get_out_whatever_is_locked_or_used_up() -> None:
    """N5: with and without prefix; they count for nothing."""

    async def story(here: House) -> None:
        for _ in range(3):
            assert await is_refused(here, "103", PREMIUM)
        busy = [await calls(here, "104", HOME) for _ in range(2)]
        for extension in ("103", "104"):
            for number in ("112", "9110"):
                before = tally(here, extension)
                caller, line = await calls(here, extension, number)
                assert line is not None
                caller.leaves()
                await asyncio.sleep(0.2)
                assert tally(here, extension) == before
        for caller, _line in busy:
            caller.leaves()

    play(story, "outbound_per_minute: 2, outbound_per_hour: 2", clock=VirtualClock(NIGHT))


# -- restart ------------------------------------------------------------------------------------------------------


def test_counters_and_locks_outlive_the_core() -> None:
    """A crash on purpose helps nobody: the call that was going on is charged too."""

    async def main() -> None:
        async with house(site()) as first:
            for _ in range(3):
                assert await is_refused(first, "103", PREMIUM)
            for _ in range(4):
                assert await short_call(first, "104")
            caller, _ = await calls(first, "104", HOME)
            await asyncio.sleep(30)
            kept = copy.deepcopy(first.kept)  # the core dies here
            caller.leaves()
        first.kept.update(kept)
        async with house(site(), before=first) as second:
            assert tally(second, "103").locked
            assert await is_refused(second, "103", HOME)
            assert 30 < tally(second, "104").spent.all_s < 45
            assert not tally(second, "104").running
            assert await is_refused(second, "104", HOME)  # the sixth within a minute

    run_virtual(main)


# -- the worst case -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pace_s", "talk_s"), [(0.5, 0), (0.5, 30), (0.5, 120), (5, 30), (5, 120), (15, 30), (15, 120), (40, 120)]
)
@pytest.mark.parametrize("stolen", [("103",), ("103", "104", "105")])
def test_a_robot_gets_ten_foreign_minutes_at_most(stolen: tuple[str, ...], pace_s: float, talk_s: float) -> None:
    """International calls are on, by day, passwords are stolen: calls as fast as the robot goes, until nothing goes."""

    async def story(here: House) -> None:
        for turn in range(120):
            caller, line = await calls(here, stolen[turn % len(stolen)], f"90025261234{turn:04}")
            if line is not None:
                asyncio.get_running_loop().call_later(talk_s, caller.leaves)
            await asyncio.sleep(pace_s)
        await asyncio.sleep(200)
        tallies = here.exchange.limits.usage.tallies
        assert all(tallies[extension].locked for extension in stolen) or here.exchange.limits.usage.braked
        assert sum(one.spent.international_s for one in tallies.values()) <= 600

    play(story, "international: true")


def test_a_robot_that_calls_a_country_out_of_the_list_gets_nothing() -> None:
    async def story(here: House) -> None:
        for turn in range(10):
            _caller, line = await calls(here, "103", f"90025261234{turn:04}")
            assert line is None
        assert tally(here, "103").locked

    play(story, "international: true, international_countries: [FR]")


def test_a_patient_thief_gets_the_international_minutes_of_the_day_and_no_more() -> None:
    """One call after the other, as an honest person might: an alarm at a half, and the end after an hour."""

    async def story(here: House) -> None:
        heard = alarms(here)
        for turn in range(200):
            await short_call(here, ("103", "104", "105")[turn % 3], FOREIGN, 60)
            await asyncio.sleep(20)
        total_s = sum(one.spent.international_s for one in here.exchange.limits.usage.tallies.values())
        assert total_s <= 3660
        assert "50 % of the site's 60 international minutes of today are spent" in heard

    play(story, "international: true")


def test_nothing_is_left_whenever_people_hang_up() -> None:
    """Callers, far ends and limits end calls at any moment; every call is counted out again."""

    async def one(here: House, chance: random.Random, extension: str) -> None:
        caller = here.dials(extension, chance.choice((HOME, FOREIGN, "112")))
        await asyncio.sleep(chance.random() * 3)
        for line in here.rung.get("provider", ()):
            if chance.random() < 0.5:
                line.pick_up()
            elif chance.random() < 0.3:
                line.leaves(chance.choice((Cause.BUSY, Cause.NORMAL, Cause.CONGESTION)))
        await asyncio.sleep(chance.random() * 90)
        caller.leaves()

    for seed in range(60):
        chance = random.Random(seed)

        async def story(here: House, chance: random.Random = chance) -> None:
            await asyncio.gather(*(one(here, chance, chance.choice(("103", "104", "105"))) for _ in range(8)))
            await asyncio.sleep(5)
            assert not [talk for tally in here.exchange.limits.usage.tallies.values() for talk in tally.running]

        play(story, "max_call_minutes: 1, international: true, outbound_per_minute: 50, outbound_at_once: 5")
