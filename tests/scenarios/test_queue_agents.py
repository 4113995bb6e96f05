"""Agents of a queue (F24, F25) whom a call cannot reach, or whose telephones would send it on."""

import asyncio
from functools import partial

import pytest
from msgspec.structs import replace

from firmware.calls.leg import Cause, LegState
from tests.component.house import House
from tests.component.story import answers, play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1, ring_s: 5, voicemail: {pin: "4711"}, forward: {no_answer: "104"}}
  - {number: "102", name: Workshop, port: fxs2}
  - number: "103"
    name: Anna
    sip: {secret: anna-secret-103}
    voicemail: {pin: "4711"}
    forward: {busy: "104"}
    follow_me: {enabled: true, own_ring_s: 5, list: [{number: "104"}]}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
inbound:
  - {trunk: line1, to: queue/631}
queues:
  - {number: "631", name: Sales, strategy: linear, agents: ["103"], dynamic_agents: ["101"], retry_s: 0,
     max_wait_s: 60, announce_hold_time: true, on_empty: "102", on_timeout: "102"}
"""


play = partial(play_in_house, SITE)


@pytest.mark.parametrize("what", ["break", "do not disturb", "no telephone"])
def test_a_caller_does_not_wait_for_who_is_not_there(what: str) -> None:
    """F24 F25: on-empty at entry, without music or fifteen seconds of ringing"""

    async def story(here: House) -> None:
        match what:
            case "break":
                here.dials("103", "*95")
            case "do not disturb":
                here.dials("103", "*74")
            case "no telephone":
                here.plugs("103", 0)
        await here.settled()
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(0.5)
        assert "103" not in here.rung
        await answers(here, "102")
        assert caller.hears == {"102"}
        caller.leaves()

    play(story)


@pytest.mark.parametrize("how", ["lets it ring", "is busy", "rejects", "sends it on"])
def test_an_agents_own_services_take_no_call_of_the_queue(how: str) -> None:
    """F24: no mailbox, forward, follow-me, nor a 302 of the telephone"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        for turn in range(2):
            anna = await here.telephone("103", turn)
            anna.rings()
            await asyncio.sleep(1)
            match how:
                case "is busy":
                    anna.leaves(Cause.BUSY)
                case "rejects":
                    anna.leaves(Cause.REJECTED)
                case "sends it on":
                    anna.sends_on("104")
        anna = await answers(here, "103", 2)
        assert caller.hears == {"103"}
        assert set(here.rung) == {"103"}
        anna.leaves()

    record = play(story).records[0]
    assert record.final_callee == "103"
    assert "forward" not in record.trace.as_text()


def test_where_an_agents_telephone_has_sent_a_call_counts_no_more_when_it_leaves_the_queue() -> None:
    """F24: the call goes where the queue says, though nobody can be reached there"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        (await here.telephone("103")).sends_on("104")
        here.plugs("103", 0)
        here.plugs("102", 0)
        await here.settled()
        assert caller.state is LegState.GONE
        assert "104" not in here.rung

    play(story)


def test_an_agent_at_an_analog_telephone() -> None:
    """F24 F25: logs in, serves, has a break, comes back and logs out by the codes as printed"""

    async def dials(here: House, code: str) -> str:
        reception = here.lifts("101")
        await asyncio.sleep(1)
        reception.press(code)
        await here.settled()
        return here.media.said[-1]

    async def story(here: House) -> None:
        here.plugs("103", 0)
        assert await dials(here, "*62#") == "agent-in"
        caller = here.outside_calls("line1", "0301234567")
        reception = await answers(here, "101")
        assert caller.hears == {"101"}
        reception.leaves()
        await here.settled()
        assert await dials(here, "*95#") == "agent-paused"
        here.outside_calls("line1", "0301234567")
        (await here.telephone("102")).leaves()
        await here.settled()
        assert await dials(here, "*095#") == "agent-unpaused"
        assert await dials(here, "*062#") == "agent-out"
        assert len(here.rung["101"]) == 1

    play(story)


def test_waiting_callers_hear_how_long_it_takes() -> None:
    """F24: as long as others have waited lately, once somebody has"""

    async def story(here: House) -> None:
        talking = here.dials("103", "104")
        await answers(here, "104")
        first = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(10)
        assert "queue-hold-time" not in here.media.said
        await asyncio.sleep(40)
        talking.leaves()
        await answers(here, "103")
        here.media.said.clear()
        second = here.dials("102", "631")
        await asyncio.sleep(12)
        assert here.media.said == ["queue-next", "queue-hold-time", "1", "queue-minutes", "queue-hold"]
        first.leaves()
        second.leaves()

    play(story)


def test_a_caller_from_within_waits_no_longer_than_one_from_outside() -> None:
    """F24: on-time-out while the agent talks to somebody else"""

    async def story(here: House) -> None:
        talking = here.dials("103", "104")
        await answers(here, "104")
        caller = here.dials("101", "631")
        await asyncio.sleep(59)
        assert caller.hears == {"music"} or "queue" in "".join(caller.hears)
        await answers(here, "102")
        assert caller.hears == {"102"}
        assert talking.hears == {"104"}
        caller.leaves()
        talking.leaves()

    play(story)


def test_only_calls_missed_in_a_row_lead_to_a_break() -> None:
    """F25: one that is answered begins the count anew"""

    async def story(here: House) -> None:
        for turn, answered in enumerate((False, True, False, True)):
            if turn % 2 == 0:
                caller = here.outside_calls("line1", "0301234567")
            anna = await here.telephone("103", turn)
            anna.rings()
            if answered:
                anna.pick_up()
                await asyncio.sleep(1)
                assert caller.hears == {"103"}
                caller.leaves()
                await here.settled()

    play_in_house(SITE.replace("retry_s: 0,", "retry_s: 0, auto_pause_after: 2,"), story)


def test_an_outside_caller_who_has_waited_in_vain_is_told_so() -> None:
    """F24: he has been answered; with no place to go on to"""
    text = SITE.replace(', on_empty: "102", on_timeout: "102"', "")

    async def story(here: House) -> None:
        talking = here.dials("103", "104")
        await answers(here, "104")
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(60.5)
        assert caller.hears == {"not-available"}
        await asyncio.sleep(2)
        assert caller.state is LegState.GONE
        talking.leaves()

    play_in_house(text, story)


def test_a_queue_that_is_changed_while_somebody_waits() -> None:
    """F24: who is listed now is rung at once; a queue that is removed serves those who are in it"""

    async def story(here: House) -> None:
        talking = here.dials("103", "104")
        await answers(here, "104")
        caller = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(5)
        assert "101" not in here.rung
        site = here.settings.site
        changed = replace(site.queues[0], agents=("103", "101"))
        here.settings.replace(replace(site, queues=(changed,)))
        await asyncio.sleep(0.5)
        assert here.rung["101"][0].state is not LegState.GONE
        here.settings.replace(replace(site, queues=(), inbound=()))
        here.rung["101"][0].leaves(Cause.REJECTED)
        talking.leaves()
        await answers(here, "103")
        assert caller.hears == {"103"}
        caller.leaves()

    play(story)


def test_an_extension_that_is_removed_leaves_its_log_in_behind() -> None:
    """F24: who gets the number later is not logged in"""

    async def story(here: House) -> None:
        here.dials("101", "*62")
        await here.settled()
        site = here.settings.site
        without = tuple(one for one in site.extensions if one.number != "101")
        queue = replace(site.queues[0], dynamic_agents=())
        here.settings.replace(replace(site, extensions=without, queues=(queue,)))
        here.settings.replace(site)
        here.plugs("103", 0)
        here.outside_calls("line1", "0301234567")
        (await here.telephone("102")).leaves()
        assert "101" not in here.rung

    play(story)
