"""N5: an emergency call takes the line of somebody else's call, who hears why; nothing takes the line of an emergency
call."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.simboard.office import Phase
from firmware.telephony.deeds import Act
from tests.component.copper_house import CopperHouse, play_on_copper
from tests.component.house import House, Telephone, house
from tests.component.story import answers
from tests.scenarios import reception
from tests.virtual import run_virtual

SITE = reception.SITE + "emergency: {notify: []}\n"  # nobody rings meanwhile
WHY = "emergency-line-seized"


async def is_put_back_and_seized(here: CopperHouse) -> None:
    """The exchange behind the line sees the old call end and a new one begin."""
    office = here.box.office("fxo1")
    while office.phase is not Phase.IDLE:
        await here.box.after(0.1)
    await here.box.after(2)
    assert office.phase is not Phase.IDLE


async def outside_call(here: House) -> Telephone:
    """Anna talks to somebody outside, by the only line."""
    anna = here.dials("103", "9030123456")
    await asyncio.sleep(6)
    assert anna.hears == {"line1"}
    return anna


def test_the_only_line_is_taken_from_the_call_that_has_it() -> None:
    async def story(here: CopperHouse) -> None:
        anna = await outside_call(here)
        here.media.said.clear()
        ben = here.dials("104", "112")
        await is_put_back_and_seized(here)
        assert WHY in here.media.said
        await asyncio.sleep(5)
        assert anna.state is LegState.GONE
        assert ben.hears == {"line1"}
        assert anna.party.number not in here.exchange.live().calls
        ben.leaves()

    here = play_on_copper(SITE, story)
    seized = next(deed for deed in here.deeds if deed.act is Act.SEIZED)
    assert (seized.who, seized.about) == ("104", "line1")
    assert "103" in seized.detail
    record = next(one for one in here.records if one.call_to == "9030123456")
    assert "the line is needed: it is taken away" in record.trace.as_text()


def test_an_analog_telephone_hears_why_too() -> None:
    async def story(here: CopperHouse) -> None:
        reception = here.people["101"]
        await reception.dials("9030123456")
        await asyncio.sleep(8)
        assert reception.hears == {"line1"}
        ben = here.dials("104", "112")
        await asyncio.sleep(0.5)
        assert reception.hears == {WHY}
        await asyncio.sleep(3)
        assert reception.hears <= {"congestion", "busy"} and reception.hears
        ben.leaves()

    play_on_copper(SITE, story)


def test_who_hangs_up_while_it_is_explained_is_spared_the_rest() -> None:
    async def story(here: CopperHouse) -> None:
        anna = await outside_call(here)
        ben = here.dials("104", "112")
        await asyncio.sleep(0.5)
        assert anna.hears == {WHY}
        anna.leaves()
        await asyncio.sleep(5)
        assert ben.hears == {"line1"}
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_page_beeps_into_a_call_though_its_owner_wants_no_second_one() -> None:
    """He flashes, hears who has called for help, and has his call again."""
    text = reception.SITE.replace("port: fxs1}", "port: fxs1, call_waiting: false}")

    async def story(here: CopperHouse) -> None:
        front, ben = await reception.talking(here)
        anna = here.dials("103", "112")
        await asyncio.sleep(1)
        assert "call_waiting" in here.media.said
        here.media.said.clear()
        await front.flashes()
        await asyncio.sleep(1)
        assert "emergency-alert" in here.media.said
        assert ben.hears == {"music"}
        await asyncio.sleep(8)
        assert ben.hears == {"101"}
        anna.leaves()
        ben.leaves()

    play_on_copper(text, story)


TWO_WAYS = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
trunks:
  - {name: first, type: sip, host: 192.0.2.20, register: false}
  - {name: second, type: sip, host: 192.0.2.21, register: false}
outbound:
  - {name: outside, prefix: "9", trunks: [first, second]}
inbound:
  - {to: "103"}
emergency: {trunks: [first]}
"""


def play(story: Callable[[House], Awaitable[None]], text: str = TWO_WAYS) -> None:
    async def main() -> None:
        async with house(text) as here:
            await story(here)

    run_virtual(main)


@pytest.mark.parametrize("second_is_free", [True, False])
def test_a_call_that_still_rings_gets_another_line_or_hears_that_all_are_busy(second_is_free: bool) -> None:
    async def story(here: House) -> None:
        here.single_lines.add("first")
        if not second_is_free:
            here.lines_busy.add("second")
        anna = here.dials("103", "9030123456")
        (await here.telephone("first")).rings()
        await asyncio.sleep(1)
        ben = here.dials("104", "112")
        emergency = await here.telephone("first", 1)
        emergency.pick_up()
        if second_is_free:
            await answers(here, "second")
            assert anna.hears == {"030123456"}
            anna.leaves()
        else:
            await asyncio.sleep(0.5)
            assert anna.hears == {"line-busy"}
        assert ben.hears == {"112"}
        ben.leaves()

    play(story)


ALIKE = TWO_WAYS.replace("emergency: {trunks: [first]}", "emergency: {notify: []}")  # no trunk is meant for it


def test_a_free_line_is_taken_before_a_call_has_to_end() -> None:
    async def story(here: House) -> None:
        here.single_lines.update(("first", "second"))
        anna = here.dials("103", "9030123456")
        await answers(here, "first")
        ben = here.dials("104", "112")
        await answers(here, "second")
        assert ben.hears == {"112"}
        assert anna.hears == {"030123456"}
        anna.leaves()
        ben.leaves()

    play(story, ALIKE)


def test_of_several_calls_the_longest_loses_its_line() -> None:
    async def story(here: House) -> None:
        here.single_lines.update(("first", "second"))
        here.lines_busy.add("first")
        ben = here.dials("104", "9030123456")
        await answers(here, "second")
        await asyncio.sleep(60)
        here.lines_busy.clear()
        anna = here.dials("103", "9030123457")
        await answers(here, "first")
        workshop = here.dials("105", "112")
        await answers(here, "second", 1)
        assert workshop.hears == {"112"}
        assert anna.hears == {"030123457"}
        assert ben.signals.gone
        anna.leaves()
        workshop.leaves()

    play(story, ALIKE.replace("trunks:", '  - {number: "105", name: Workshop, port: fxs1}\ntrunks:', 1))


def test_a_trunk_that_seems_to_be_down_is_tried_at_last() -> None:
    """Though it is meant for emergency calls: what works comes first; no call has to end for it."""

    async def story(here: House) -> None:
        here.trunks_down.add("first")
        ben = here.dials("104", "112")
        (await here.telephone("second")).leaves(Cause.FAILED)
        await answers(here, "first")
        assert ben.hears == {"112"}
        ben.leaves()

    play(story)


@pytest.mark.parametrize("cause", [Cause.BUSY, Cause.REJECTED, Cause.NOT_FOUND])
def test_a_trunk_that_refuses_has_not_the_last_word(cause: Cause) -> None:
    async def story(here: House) -> None:
        ben = here.dials("104", "112")
        (await here.telephone("first")).leaves(cause)
        await answers(here, "second")
        assert ben.hears == {"112"}
        ben.leaves()

    play(story)


def test_who_was_called_from_outside_hears_why_too() -> None:
    async def story(here: House) -> None:
        outside = here.outside_calls("first", "0301234")
        anna = await answers(here, "103")
        here.lines_busy.update(("first", "second"))
        outside.signals.watch(lambda _event: here.lines_busy.discard("first"))
        ben = here.dials("104", "112")
        (await here.telephone("first")).pick_up()
        await asyncio.sleep(0.5)
        assert outside.signals.gone
        assert anna.hears == {WHY}
        await asyncio.sleep(2)
        assert anna.signals.gone
        ben.leaves()

    play(story)


def test_another_emergency_call_is_left_alone() -> None:
    async def story(here: CopperHouse) -> None:
        anna = here.dials("103", "112")
        await asyncio.sleep(6)
        assert anna.hears == {"line1"}
        ben = here.dials("104", "112")
        await asyncio.sleep(6)
        assert anna.hears == {"line1"}
        assert ben.signals.gone
        anna.leaves()

    here = play_on_copper(SITE, story)
    assert [deed.who for deed in here.deeds if deed.act is Act.CALLED_FOR_HELP] == ["103", "104"]
    assert not [deed for deed in here.deeds if deed.act is Act.SEIZED]


def test_a_line_is_dialled_on_only_when_the_network_has_seen_it_put_back() -> None:
    """Sooner, the digits would go to the far end of the call before."""

    async def story(here: CopperHouse) -> None:
        anna = await outside_call(here)
        anna.leaves()
        ben = here.dials("104", "9030999999")
        await is_put_back_and_seized(here)
        await asyncio.sleep(5)
        assert ben.hears == {"line1"}
        ben.leaves()

    play_on_copper(SITE, story)


def rings_in(here: CopperHouse, number: str = "0301234567") -> None:
    here.box.office("fxo1").ring(number, "", datetime(2026, 1, 5, 9, 0))


async def is_dialled_on(here: CopperHouse) -> None:
    """Whoever called was hung up on, and the network takes digits now."""
    phases = []
    for _ in range(60):
        await here.box.after(0.1)
        phases.append(here.box.office("fxo1").phase)
    assert phases[-1] in (Phase.DIAL_TONE, Phase.DIALLING, Phase.RINGBACK)
    assert phases.index(Phase.IDLE) < phases.index(Phase.DIALLING)


@pytest.mark.parametrize("after_s", [1, 4, 12])
def test_a_caller_on_the_only_line_is_turned_away(after_s: float) -> None:
    """Before his number has come, while the reception rings for him, between two rings; 112 is not dialled at him."""

    async def story(here: CopperHouse) -> None:
        rings_in(here)
        await here.box.after(after_s)
        ben = here.dials("104", "112")
        await is_dialled_on(here)
        assert ben.hears == {"line1"}
        assert not here.people["101"].rings
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_caller_who_is_left_ringing_is_not_answered_by_a_call_out() -> None:
    """He is blocked and hears it ring: an ordinary call finds the line busy, an emergency call turns him away."""
    text = SITE.replace("port: fxo1}", "port: fxo1, answer_blocked: false}") + 'blacklist: ["0301234567"]\n'

    async def story(here: CopperHouse) -> None:
        rings_in(here)
        await here.box.after(8)
        assert here.box.office("fxo1").phase is Phase.RINGING
        anna = here.dials("103", "9030765")
        await here.box.after(3)
        assert anna.signals.gone
        assert here.box.office("fxo1").phase is Phase.RINGING
        ben = here.dials("104", "112")
        await is_dialled_on(here)
        assert ben.hears == {"line1"}
        ben.leaves()

    play_on_copper(text, story)
