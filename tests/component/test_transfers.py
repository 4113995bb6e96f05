"""The ways in which hook flash and REFER transfer calls: `Exchange.transfer`, `join` and `replace` (F11-F15)."""

import asyncio
from functools import partial

import pytest

from firmware.calls.leg import Cause, Direction, LegState, Party
from firmware.calls.transfer import TransferRefused
from tests.component.house import House, Telephone
from tests.component.story import answers, play_in_house, talking

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: provider, type: sip, host: 192.0.2.20, register: false}
outbound: [{name: outside, prefix: "9", trunks: [provider]}]
inbound: [{trunk: line1, to: "103"}]
ring_groups: [{number: "620", name: Workshop, members: ["102"]}]
"""


play = partial(play_in_house, SITE)


def test_a_telephone_transfers_blindly() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        here.exchange.transfer(anna, "102")
        workshop = await here.telephone("102")
        assert anna.state is LegState.GONE
        workshop.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"102"}
        ben.leaves()

    assert play(story).records[0].final_callee == "102"


@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        ("answers", Cause.NORMAL),
        ("is busy", Cause.BUSY),
        ("rejects", Cause.REJECTED),
        ("rings", Cause.NO_ANSWER),
        ("caller leaves", Cause.ELSEWHERE),
    ],
)
def test_who_transfers_is_told_how_it_went_before_it_rings_again(what: str, outcome: Cause) -> None:
    told: list[Cause] = []

    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        here.exchange.transfer(anna, "102", told.append)
        workshop = await here.telephone("102")
        workshop.rings()
        assert told == []
        with pytest.raises(TransferRefused):
            here.exchange.transfer(anna, "101", told.append)
        match what:
            case "answers":
                workshop.pick_up()
            case "is busy":
                workshop.leaves(Cause.BUSY)
            case "rejects":
                workshop.leaves(Cause.REJECTED)
            case "caller leaves":
                ben.leaves()
        if outcome not in (Cause.NORMAL, Cause.ELSEWHERE):
            recalled = await here.telephone("103", 1)
            assert told == [outcome]
            recalled.pick_up()
        await asyncio.sleep(1)
        ben.leaves()

    play(story)
    assert told == [outcome]


@pytest.mark.parametrize(("number", "at_once"), [("41", True), ("91", True), ("620", False)])
def test_a_service_of_the_box_has_the_call_at_once_but_a_group_only_rings(number: str, at_once: bool) -> None:
    told: list[Cause] = []

    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        here.exchange.transfer(anna, number, told.append)
        await asyncio.sleep(1)
        assert told == ([Cause.NORMAL] if at_once else [])
        if not at_once:
            await answers(here, "102")
        ben.leaves()

    play(story)
    assert told == [Cause.NORMAL]


@pytest.mark.parametrize(("leaves", "outcome"), [("nobody", Cause.NORMAL), ("workshop", Cause.FAILED)])
def test_who_joins_two_calls_is_told_how_it_went(leaves: str, outcome: Cause) -> None:
    told: list[Cause] = []

    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        second, workshop = await talking(here, "103", "102")
        here.exchange.join(anna, second, told=told.append)
        if leaves == "workshop":
            workshop.leaves()
        await asyncio.sleep(1)
        assert told == [outcome]
        ben.leaves()
        anna.leaves()

    play(story)


@pytest.mark.parametrize("number", ["103", "104", "777", "*60", ""])
def test_what_is_refused_is_refused_at_once_and_the_two_talk_on(number: str) -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        with pytest.raises(TransferRefused):
            here.exchange.transfer(anna, number)
        await asyncio.sleep(1)
        assert ben.hears == {"103"}
        ben.leaves()

    play(story)


def test_who_talks_to_nobody_cannot_transfer() -> None:
    async def story(here: House) -> None:
        anna = here.dials("103", "102")
        await here.telephone("102")
        with pytest.raises(TransferRefused):
            here.exchange.transfer(anna, "101")
        anna.leaves()
        await here.settled()
        with pytest.raises(TransferRefused):
            here.exchange.transfer(anna, "101")

    play(story)


def test_nobody_outside_transfers() -> None:
    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        await answers(here, "103")
        with pytest.raises(TransferRefused):
            here.exchange.transfer(caller, "101")
        caller.leaves()

    play(story)


def test_two_calls_of_one_telephone_are_joined() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        second, workshop = await talking(here, "103", "102")
        here.exchange.join(anna, second)
        await asyncio.sleep(1)
        assert ben.hears == {"102"}
        assert workshop.hears == {"104"}
        assert anna.state is second.state is LegState.GONE
        assert ben.display is not None and ben.display.number == "102"
        assert workshop.display is not None and workshop.display.number == "104"
        ben.leaves()

    asked, call = sorted(play(story).records, key=lambda one: one.call_from)
    assert (asked.call_from, asked.call_to, asked.final_callee) == ("103", "102", "102")
    assert (call.call_from, call.call_to, call.final_callee) == ("104", "103", "102")


def test_a_line_that_is_joined_stays_on_the_account_of_who_called_it() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        second = here.dials("103", "9030765")
        await answers(here, "provider")
        here.exchange.join(anna, second)
        await asyncio.sleep(10)
        assert ben.hears == {"030765"}
        ben.leaves()

    account = min(play(story).records, key=lambda one: one.call_from)
    assert account.trunk == "provider"
    assert account.talk_s == pytest.approx(11, abs=0.2)


def test_joining_while_the_third_party_still_rings_is_blind() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        second = here.dials("103", "102")
        (await here.telephone("102")).rings()
        await asyncio.sleep(1)
        here.exchange.join(anna, second)
        workshop = await here.telephone("102", 1)
        assert workshop.display is not None and workshop.display.number == "104"
        workshop.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"102"}
        ben.leaves()

    play(story)


def test_joining_with_a_conference_brings_the_other_one_there() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        second, reception = here.dials("103", "91"), here.dials("101", "91")
        await asyncio.sleep(6)
        here.exchange.join(anna, second)
        await asyncio.sleep(6)
        assert ben.hears == {"101"}
        for leg in (ben, reception):
            leg.leaves()

    play(story)


def test_calls_of_two_telephones_are_not_joined() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        reception, _workshop = await talking(here, "101", "102")
        for first, second in ((anna, reception), (anna, anna), (anna, ben)):
            with pytest.raises(TransferRefused):
                here.exchange.join(first, second)
        for leg in (ben, reception):
            leg.leaves()

    play(story)


@pytest.mark.parametrize("who", ["ben", "workshop"])
def test_one_of_them_leaves_in_the_very_moment_of_joining(who: str) -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        second, workshop = await talking(here, "103", "102")
        here.exchange.join(anna, second)
        (ben if who == "ben" else workshop).leaves()
        await asyncio.sleep(2)
        for leg in (ben, anna, second, workshop):
            leg.leaves()

    play(story)


def newcomer(here: House, extension: str) -> Telephone:
    """A telephone that comes with Replaces, of no call yet."""
    party = Party(extension, here.plan.extensions[extension].name, extension=extension)
    return Telephone(here.media, Direction.INCOMING, party, "")


def test_a_newcomer_takes_the_place_of_a_talking_leg() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        new = newcomer(here, "101")
        here.exchange.replace(anna, new)
        await asyncio.sleep(1)
        assert anna.state is LegState.GONE
        assert ben.hears == {"101"}
        assert new.hears == {"104"}
        ben.leaves()

    play(story)


def test_a_newcomer_takes_the_call_of_a_ringing_leg() -> None:
    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        anna = await here.telephone("103")
        anna.rings()
        await asyncio.sleep(1)
        new = newcomer(here, "101")
        here.exchange.replace(anna, new)
        await asyncio.sleep(1)
        assert anna.signals.cause is Cause.ELSEWHERE
        assert ben.hears == {"101"}
        new.leaves()

    play(story)


def test_there_is_nothing_to_take_over() -> None:
    async def story(here: House) -> None:
        ben, anna = await talking(here, "104", "103")
        ben.leaves()
        await here.settled()
        with pytest.raises(TransferRefused):
            here.exchange.replace(anna, newcomer(here, "101"))

    play(story)
