"""N5: an emergency call takes the line of somebody else's call, who hears why; nothing takes the line of an emergency
call."""

import asyncio

from firmware.calls.leg import LegState
from firmware.simboard.office import Phase
from firmware.telephony.deeds import Act
from tests.component.copper_house import CopperHouse, play_on_copper
from tests.component.house import House, Telephone
from tests.scenarios import reception

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
    assert "the line is needed: the call ends" in record.trace.as_text()


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
