"""Queues (F24, F25): told as callers and agents notice them."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from firmware.calls.leg import Cause, LegState
from firmware.features.queues.script import Queues, State
from firmware.telephony.records import Status
from tests.component.house import House, house
from tests.component.story import answers, play_in_house
from tests.virtual import run_virtual

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, forward: {always: "101"}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}}
  - {number: "106", name: Dora, sip: {secret: dora-secret-106}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: provider, type: sip, host: 192.0.2.20, register: false}
inbound:
  - {trunk: line1, to: queue/631}
  - {trunk: provider, to: queue/632}
queues:
  - {number: "631", name: Sales, strategy: linear, agents: ["103"], dynamic_agents: ["104", "105"], otherwise: operator}
  - {number: "632", name: Support, strategy: ringall, dynamic_agents: ["103", "104"], wrap_up_s: 20}
  - {number: "633", name: Turns, strategy: rrmemory, agents: ["103", "104", "105"], max_callers: 2, max_wait_s: 60}
  - {number: "634", name: Strict, agents: ["103"], auto_pause_after: 2, announce_position: false,
     on_empty: "102", on_timeout: "101", max_wait_s: 40, ring_s: 10}
"""


def play(story: Callable[[House], Awaitable[None]], strategy: str = "", **devices: int) -> House:
    text = SITE.replace("strategy: rrmemory", f"strategy: {strategy}") if strategy else SITE

    return play_in_house(text, story, devices=devices)


async def dials(here: House, extension: str, code: str) -> str:
    """An agent dials a code; what is said."""
    here.dials(extension, code)
    await asyncio.sleep(0.1)
    said = here.media.said[-1]
    await asyncio.sleep(2)
    return said


def test_a_caller_waits_with_music_and_talks_to_an_agent() -> None:
    """F24: a static agent; its forward does not take the call"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        anna = await here.telephone("103")
        assert anna.display is not None
        assert anna.display.number == "0301234567"
        anna.rings()
        await asyncio.sleep(2)
        assert caller.hears == {"music"}
        anna.pick_up()
        await asyncio.sleep(5)
        assert caller.hears == {"103"}
        assert here.media.said == []
        caller.leaves()

    (record,) = play(story).records
    assert (record.final_callee, record.status) == ("103", Status.ANSWERED)
    assert record.talk_s == pytest.approx(5, abs=0.1)
    assert "forward" not in record.trace.as_text()


def test_dynamic_agents_log_in_and_out() -> None:
    """F24: into all queues that list them, again and again"""

    async def story(here: House) -> None:
        assert await dials(here, "104", "*62") == "agent-in"
        assert await dials(here, "104", "*62") == "agent-already-in"
        caller = here.outside_calls("provider", "0301234567")
        await answers(here, "104")
        assert caller.hears == {"104"}
        caller.leaves()
        await here.settled()
        assert await dials(here, "104", "*062") == "agent-out"
        assert await dials(here, "104", "*062") == "agent-out"
        caller = here.outside_calls("provider", "0301234567")
        await here.settled()
        assert len(here.rung["104"]) == 1

    play(story)


def test_who_is_no_agent_is_told_so() -> None:
    """F24 F25"""

    async def story(here: House) -> None:
        for code in ("*62", "*062", "*95", "*095"):
            assert await dials(here, "106", code) == "not-agent"

    play(story)


def test_a_static_agent_is_always_a_member() -> None:
    """F24"""

    async def story(here: House) -> None:
        site = here.settings.site
        only_static = tuple(msgspec.structs.replace(one, dynamic_agents=()) for one in site.queues)
        here.settings.replace(msgspec.structs.replace(site, queues=only_static))
        assert await dials(here, "103", "*62") == "agent-static"
        assert await dials(here, "103", "*062") == "agent-static"

    play(story)


def test_an_agent_with_a_break_is_not_called() -> None:
    """F25: static and dynamic agents alike"""

    async def story(here: House) -> None:
        await dials(here, "104", "*62")
        assert await dials(here, "103", "*95") == "agent-paused"
        caller = here.outside_calls("line1", "0301234567")
        (await here.telephone("104")).rings()
        await asyncio.sleep(14)
        assert "103" not in here.rung
        assert await dials(here, "104", "*95") == "agent-paused"
        reception = await here.telephone("101")  # the last one has gone: on-empty while waiting
        reception.pick_up()
        await asyncio.sleep(1)
        assert caller.hears == {"101"}
        caller.leaves()
        await here.settled()
        assert await dials(here, "103", "*095") == "agent-unpaused"
        caller = here.outside_calls("line1", "0301234567")
        await answers(here, "103")
        caller.leaves()

    play(story)


def test_log_ins_and_breaks_survive_a_restart() -> None:
    """F24 F25"""

    async def story(here: House) -> None:
        await dials(here, "104", "*62")
        await dials(here, "103", "*95")

    first = play(story)

    async def main() -> None:
        async with house(SITE, before=first) as here:
            caller = here.outside_calls("line1", "0301234567")
            await answers(here, "104")
            assert "103" not in here.rung
            caller.leaves()

    run_virtual(main)


def test_nobody_is_there_at_entry() -> None:
    """F24: on-empty; the caller is not answered for that"""

    async def story(here: House) -> None:
        caller = here.outside_calls("provider", "0301234567")
        await here.settled()
        assert caller.signals.cause is Cause.UNAVAILABLE
        inside = here.dials("102", "632")
        await here.settled()
        assert here.media.said == ["queue-empty"]
        assert inside.signals.cause is Cause.UNAVAILABLE
        here.plugs("103", 0)
        other = here.dials("105", "634")
        workshop = await here.telephone("102")  # on_empty
        workshop.pick_up()
        await asyncio.sleep(1)
        assert other.hears == {"102"}
        other.leaves()

    play(story)


def test_the_last_agent_logs_out_while_callers_wait() -> None:
    """F24: on-empty while waiting"""

    async def story(here: House) -> None:
        await dials(here, "104", "*62")
        ben = here.dials("104", "102")
        (await here.telephone("102")).pick_up()
        callers = [here.outside_calls("provider", f"03012345{n}") for n in range(3)]
        await asyncio.sleep(3)
        assert all(caller.hears == {"music"} for caller in callers)
        ben.leaves()
        await asyncio.sleep(0.1)
        (await here.telephone("104")).leaves(Cause.REJECTED)
        here.dials("104", "*062")
        await asyncio.sleep(4)
        assert all(caller.state is LegState.GONE for caller in callers)

    play(story)


def test_an_agent_whose_telephone_disappears_is_not_waited_for() -> None:
    """F24: unregistered phones are skipped without ringing"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        anna = await here.telephone("103")
        anna.leaves(Cause.FAILED)
        here.plugs("103", 0)
        await answers(here, "101")
        assert caller.hears == {"101"}
        caller.leaves()

    play(story)


def test_an_agent_who_comes_back_serves_who_waits() -> None:
    """F24"""

    async def story(here: House) -> None:
        await dials(here, "104", "*62")
        await dials(here, "105", "*62")
        here.plugs("104", 0)
        here.plugs("103", 0)
        carla = here.dials("105", "102")
        (await here.telephone("102")).pick_up()
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(2)
        assert caller.hears == {"music"}
        here.plugs("104", 1)
        await answers(here, "104")
        assert caller.hears == {"104"}
        caller.leaves()
        carla.leaves()

    play(story)


def test_an_agent_in_a_call_gets_no_second_one_and_is_rung_as_soon_as_it_is_free() -> None:
    """F24: ringinuse=no"""

    async def story(here: House) -> None:
        anna = here.dials("103", "102")
        (await here.telephone("102")).pick_up()
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(30)
        assert "103" not in here.rung
        anna.leaves()
        await asyncio.sleep(0.1)
        await answers(here, "103")
        assert caller.hears == {"103"}
        caller.leaves()

    play(story)


def test_an_agent_who_does_not_answer_is_followed_by_the_next() -> None:
    """F24: 15 s of ringing, 5 s of pause"""

    async def story(here: House) -> None:
        await dials(here, "104", "*62")
        began_s = asyncio.get_running_loop().time()
        caller = here.outside_calls("line1", "0301234567")
        (await here.telephone("103")).rings()
        ben = await here.telephone("104")
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(20, abs=0.5)
        ben.leaves(Cause.REJECTED)
        anna = await here.telephone("103", 1)
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(25, abs=0.5)
        anna.pick_up()
        await asyncio.sleep(1)
        assert caller.hears == {"103"}
        caller.leaves()

    play(story)


def test_agents_rest_after_a_call() -> None:
    """F24: wrap-up"""

    async def story(here: House) -> None:
        await dials(here, "104", "*62")
        first, second = (here.outside_calls("provider", number) for number in ("030123456", "030123457"))
        await answers(here, "104")
        assert first.hears == {"104"}
        first.leaves()
        ended_s = asyncio.get_running_loop().time()
        again = await here.telephone("104", 1)
        assert asyncio.get_running_loop().time() - ended_s == pytest.approx(20, abs=0.5)
        again.pick_up()
        await asyncio.sleep(1)
        assert second.hears == {"104"}
        second.leaves()

    play(story)


def test_all_agents_ring_for_the_first_caller_and_the_second_waits() -> None:
    """F24: ringall"""

    async def story(here: House) -> None:
        await dials(here, "103", "*62")
        await dials(here, "104", "*62")
        first, second = (here.outside_calls("provider", number) for number in ("030123456", "030123457"))
        anna, ben = await here.telephone("103"), await here.telephone("104")
        await asyncio.sleep(1)
        assert len(here.rung["103"]) == len(here.rung["104"]) == 1
        ben.pick_up()
        await asyncio.sleep(0.5)
        assert anna.signals.cause is Cause.ELSEWHERE
        assert first.hears == {"104"}
        await answers(here, "103", 1)
        assert second.hears == {"103"}
        first.leaves()
        second.leaves()

    play(story)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("rrmemory", ["103", "104", "105", "103"]),
        ("linear", ["103", "103", "103", "103"]),
        ("leastrecent", ["103", "104", "105", "103"]),
        ("fewestcalls", ["103", "104", "105", "103"]),
    ],
)
def test_who_rings_first_depends_on_the_strategy(strategy: str, expected: list[str]) -> None:
    """F24"""

    async def story(here: House) -> None:
        for agent in expected:
            caller = here.dials("102", "633")
            phone = await here.telephone(agent)
            assert list(here.rung) == [agent]
            phone.pick_up()
            await asyncio.sleep(1)
            caller.leaves()
            await here.settled()
            here.rung.clear()

    play(story, strategy)


def test_at_random_everybody_rings_before_anybody_rings_again() -> None:
    """F24"""

    async def story(here: House) -> None:
        caller = here.dials("102", "633")
        await asyncio.sleep(59)
        assert {number: len(legs) for number, legs in here.rung.items()} == {"103": 1, "104": 1, "105": 1}
        caller.leaves()

    play(story, "random")


def test_several_agents_serve_several_callers_at_once() -> None:
    """F24"""

    async def story(here: House) -> None:
        callers = [here.dials(number, "633") for number in ("101", "102")]
        phones = [await here.telephone(number) for number in ("103", "104")]
        for phone in phones:
            phone.pick_up()
        await asyncio.sleep(1)
        assert [caller.hears for caller in callers] == [{"103"}, {"104"}]
        for caller in callers:
            caller.leaves()

    play(story)


def test_a_full_queue_takes_nobody() -> None:
    """F24: on-full"""

    async def story(here: House) -> None:
        waiting = [here.dials(number, "633") for number in ("101", "102")]
        await asyncio.sleep(1)
        late = here.dials("106", "633")
        await asyncio.sleep(3)
        assert "line-busy" in here.media.said
        assert late.state is LegState.GONE
        for caller in waiting:
            caller.leaves()

    play(story)


def test_nobody_waits_for_ever() -> None:
    """F24: on-time-out, in the middle of ringing"""

    async def story(here: House) -> None:
        caller = here.dials("105", "634")
        await asyncio.sleep(31)
        anna = here.rung["103"][-1]
        assert anna.state is not LegState.GONE
        reception = await here.telephone("101")
        assert asyncio.get_running_loop().time() == pytest.approx(40, abs=0.5)
        assert anna.state is LegState.GONE
        reception.pick_up()
        await asyncio.sleep(1)
        assert caller.hears == {"101"}
        caller.leaves()

    site = SITE.replace("auto_pause_after: 2, ", "")

    async def main() -> None:
        async with house(site) as here:
            await story(here)

    run_virtual(main)


def test_an_agent_who_lets_it_ring_gets_a_break() -> None:
    """F25: auto-pause, off unless asked for"""

    async def story(here: House) -> None:
        caller = here.dials("105", "634")
        (await here.telephone("103")).rings()
        (await here.telephone("103", 1)).rings()
        await here.telephone("102")  # on_empty
        assert asyncio.get_running_loop().time() == pytest.approx(10 + 5 + 10, abs=0.5)
        caller.leaves()
        await here.settled()
        assert await dials(here, "103", "*095") == "agent-unpaused"

    play(story)


def test_waiting_callers_hear_their_place() -> None:
    """F24"""

    async def story(here: House) -> None:
        anna = here.dials("103", "102")
        (await here.telephone("102")).pick_up()
        first = here.dials("106", "631")
        await asyncio.sleep(1)
        second = here.dials("105", "631")
        await asyncio.sleep(10)
        assert [one for one in here.media.said if one != "queue-hold"] == [
            "queue-next", "queue-position", "2", "queue-waiting",
        ]  # fmt: skip
        assert second.hears == {"music"}
        first.leaves()
        await asyncio.sleep(45)
        assert here.media.said[-2:] == ["queue-next", "queue-hold"]
        second.leaves()
        anna.leaves()

    play(story)


def test_a_caller_who_gives_up_while_an_agent_rings_frees_the_agent() -> None:
    """F24: no agent stays reserved"""

    async def story(here: House) -> None:
        first = here.outside_calls("line1", "0301234567")
        anna = await here.telephone("103")
        second = here.dials("106", "631")
        await asyncio.sleep(1)
        first.leaves()
        await asyncio.sleep(0.1)
        assert anna.state is LegState.GONE
        await answers(here, "103", 1)
        assert second.hears == {"103"}
        second.leaves()

    assert play(story).records[0].status is Status.NO_ANSWER


def test_an_agent_of_two_queues_rings_for_one_at_a_time() -> None:
    """F24"""

    async def story(here: House) -> None:
        await dials(here, "103", "*62")
        one = here.outside_calls("line1", "0301234567")
        other = here.outside_calls("provider", "0307654321")
        (await here.telephone("103")).rings()
        await asyncio.sleep(5)
        assert len(here.rung["103"]) == 1
        here.rung["103"][0].pick_up()
        await asyncio.sleep(1)
        assert one.hears == {"103"}
        one.leaves()
        await answers(here, "103", 1)
        assert other.hears == {"103"}
        other.leaves()

    play(story)


def test_do_not_disturb_skips_an_agent_but_is_no_break() -> None:
    """F24 F39"""

    async def story(here: House) -> None:
        await dials(here, "104", "*62")
        here.settings.change_extension("103", dnd=True)
        caller = here.outside_calls("line1", "0301234567")
        (await here.telephone("104")).leaves(Cause.REJECTED)
        await asyncio.sleep(1)
        assert "103" not in here.rung
        here.settings.change_extension("103", dnd=False)
        await answers(here, "103")
        assert caller.hears == {"103"}
        caller.leaves()

    play(story)


def test_a_queue_s_call_that_is_picked_up_counts_for_the_picker() -> None:
    """F6 F24"""

    async def story(here: House) -> None:
        caller = here.dials("102", "633")
        await here.telephone("103")
        ben = here.dials("104", "**103")
        await asyncio.sleep(0.5)
        assert ben.hears == {"102"}
        caller.leaves()
        await here.settled()
        here.rung.clear()
        here.dials("102", "633").leaves()
        again = here.dials("102", "633")
        await asyncio.sleep(0.5)
        assert list(here.rung) == ["103"]
        again.leaves()

    play(story, "fewestcalls")


def test_a_call_is_transferred_to_a_queue() -> None:
    """F11 F24"""

    async def story(here: House) -> None:
        ben = here.dials("104", "101")
        reception = await answers(here, "101")
        reception.press("#")
        await asyncio.sleep(1.5)
        reception.press("631#")
        anna = await here.telephone("103")
        assert ben.hears == {"music"}
        anna.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"103"}
        ben.leaves()

    assert play(story).records[0].final_callee == "103"


def test_the_pages_see_who_waits_and_which_agents_are_free() -> None:
    """F24"""

    async def story(here: House) -> None:
        queues = here.exchange.features.offers["queues"]
        assert isinstance(queues, Queues)
        queue = here.settings.site.queues[0]
        await dials(here, "104", "*62")
        await dials(here, "103", "*95")
        assert queues.state(queue) == State(0, (("103", "has a break"), ("104", None)))
        caller = here.outside_calls("line1", "0301234567")
        (await here.telephone("104")).rings()
        assert queues.state(queue) == State(1, (("103", "has a break"), ("104", "is being called")))
        here.rung["104"][0].pick_up()
        await asyncio.sleep(1)
        assert queues.state(queue) == State(0, (("103", "has a break"), ("104", "is in a call")))
        caller.leaves()

    play(story)
