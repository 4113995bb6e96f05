"""What an analog line does beside the calls (H1, H7, H8): pulses, forgotten handsets, lamps, signals to machines."""

import asyncio

import pytest

from firmware.calls.leg import LegState
from firmware.chips.si3210.registers import LineFeed
from firmware.media import ProgressTone
from firmware.simboard.ends import ignore
from firmware.telephony.callerid import message_waiting_bits
from tests.component.copper_house import CopperHouse, Person, play_on_copper
from tests.scenarios.reception import SITE, consulting, talking


def feed(here: CopperHouse, port: str) -> LineFeed:
    return here.box.lines.fxs[port].chip.commanded


@pytest.mark.parametrize("open_ms", [20, 60])
def test_a_short_break_holds_nothing(open_ms: int) -> None:
    """H1: below the country's window it is bounce or a dial pulse."""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        here.box.telephone("fxs1").flash(ignore, open_ms)
        await here.box.after(1)
        assert reception.hears == {"104"}
        assert ben.hears == {"101"}
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_break_longer_than_any_flash_is_a_hang_up() -> None:
    """H1: over 1.2 s."""

    async def story(here: CopperHouse) -> None:
        _reception, ben = await talking(here)
        here.box.telephone("fxs1").flash(ignore, 1300)
        await here.box.after(1.35)
        assert ben.state is LegState.GONE

    play_on_copper(SITE, story)


def test_a_rotary_dial_calls() -> None:
    """H1: ten pulses a second are digits, and no flash."""

    async def story(here: CopperHouse) -> None:
        reception = here.people["101"]
        await reception.lifts()
        assert reception.hears == {"dial"}
        await reception.pulses("104")
        ben = await here.telephone("104")
        ben.pick_up()
        await asyncio.sleep(0.2)
        assert reception.hears == {"104"}
        ben.leaves()

    play_on_copper(SITE, story)


def test_a_tap_at_a_busy_tone_gives_dial_tone_anew() -> None:
    """H8: as on any line, nobody has to put the handset back first."""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        ben.leaves()
        await asyncio.sleep(2)
        assert reception.hears == {"busy"}
        await reception.flashes()
        assert reception.hears == {"dial"}
        await reception.dials("777")
        await asyncio.sleep(0.5)
        await reception.flashes()  # while it is said that there is no such number
        assert reception.hears == {"dial"}

    play_on_copper(SITE, story)


def test_a_forgotten_handset_hears_busy_then_the_howler_then_nothing() -> None:
    """H8: no other telephone notices, and once it is put back all is well."""

    async def story(here: CopperHouse) -> None:
        reception = here.people["101"]
        await reception.lifts()
        for after_s, heard in ((10, {"dial"}), (10, {"busy"}), (30, {"howler"}), (60, set[str]())):
            await asyncio.sleep(after_s)
            assert reception.hears == heard
        assert not reception.telephone.free
        assert reception.telephone.leg is None
        ben = here.dials("104", "101")
        await asyncio.sleep(1)
        assert ben.state is LegState.GONE
        workshop = here.people["102"]
        await workshop.dials("103")
        (await here.telephone("103")).leaves()
        await reception.puts_back()
        assert reception.telephone.free

    play_on_copper(SITE, story)


async def three_way(here: CopperHouse) -> Person:
    """The reception, the workshop and an outside line hear each other."""
    reception, workshop = here.people["101"], here.people["102"]
    await reception.dials("9030123456")
    await asyncio.sleep(5)
    assert reception.hears == {"line1"}
    await reception.flashes()
    await reception.dials("102")
    await asyncio.sleep(3)
    await workshop.lifts()
    await reception.flashes()
    assert workshop.hears == {"101", "line1"}
    return reception


def line_hears(here: CopperHouse, tone: str) -> None:
    """The tone is on the outside line, if anybody listens for it there."""
    for ear in tuple(here.media.ears):
        if ear.of == here.analog["line1"] and any(name == tone for name, _ in ear.what.progress):
            ear.heard(ProgressTone(tone))


def test_somebody_elses_busy_tone_does_not_end_a_three_way_call() -> None:
    """H7: the detector is off while more than two talk, and on again afterwards."""

    async def story(here: CopperHouse) -> None:
        reception = await three_way(here)
        line_hears(here, "busy")
        await asyncio.sleep(0.2)
        assert reception.hears == {"102", "line1"}
        await reception.flashes()
        assert reception.hears == {"line1"}
        line_hears(here, "busy")
        await asyncio.sleep(0.2)
        assert reception.hears == {"busy"}

    play_on_copper(SITE, story)


def test_messages_make_the_dial_tone_stutter_and_light_the_lamp() -> None:
    """H8, F4: the lamp is lit at once, or after the call that is going on, and put out when they are heard."""

    async def story(here: CopperHouse) -> None:
        reception = here.people["101"]
        reception.telephone.light(True)
        await asyncio.sleep(5)
        assert here.media.sent == [message_waiting_bits(True)]
        await reception.lifts()
        reception.telephone.light(False)
        await asyncio.sleep(5)
        assert len(here.media.sent) == 1
        await reception.puts_back()
        await asyncio.sleep(5)
        assert here.media.sent[1:] == [message_waiting_bits(False)]
        assert feed(here, "fxs1") is LineFeed.ON_HOOK_TRANSMISSION
        await asyncio.sleep(6)
        assert feed(here, "fxs1") is LineFeed.ACTIVE

    play_on_copper(SITE, story)


@pytest.mark.parametrize("setting", ["dnd: true", 'forward: {always: "103"}'])
def test_dial_tone_stutters_while_calls_do_not_come(setting: str) -> None:
    """H8, F33, F39: nobody forgets do-not-disturb or a forward."""

    async def story(here: CopperHouse) -> None:
        reception = here.people["101"]
        await reception.lifts()
        assert reception.hears == {"stutter"}

    play_on_copper(SITE.replace("port: fxs1}", f"port: fxs1, {setting}}}"), story)


def test_a_call_stops_the_message_to_the_lamp_which_is_sent_again() -> None:
    """H8: the bell comes first."""

    async def story(here: CopperHouse) -> None:
        reception = here.people["101"]
        reception.telephone.light(True)
        await asyncio.sleep(0.5)
        ben = here.dials("104", "101")
        await asyncio.sleep(2)
        ben.leaves()
        await asyncio.sleep(5)
        assert here.media.sent[-1] == message_waiting_bits(True)

    play_on_copper(SITE, story)


def test_the_line_loses_its_current_for_a_moment_when_the_far_end_hangs_up() -> None:
    """H8: so an answering machine knows that it is over."""

    async def story(here: CopperHouse) -> None:
        reception, ben = await talking(here)
        ben.leaves()
        await asyncio.sleep(0.2)
        assert feed(here, "fxs1") is LineFeed.OPEN
        await asyncio.sleep(0.5)
        assert feed(here, "fxs1") is LineFeed.ACTIVE
        assert reception.hears == {"busy"}

    play_on_copper(SITE, story)


def test_the_line_says_nothing_of_hang_up_and_answer_unless_it_is_wanted() -> None:
    """H8: `line_signals`."""

    async def story(here: CopperHouse) -> None:
        _reception, ben = await talking(here)
        ben.leaves()
        await asyncio.sleep(0.2)
        assert feed(here, "fxs1") is LineFeed.ACTIVE

    play_on_copper(SITE.replace("port: fxs1}", "port: fxs1, line_signals: []}"), story)


def test_polarity_is_reversed_on_answer_where_it_is_wanted() -> None:
    """H8: `line_signals`; straight again afterwards."""

    async def story(here: CopperHouse) -> None:
        reception = here.people["101"]
        await reception.dials("104")
        ben = await here.telephone("104")
        assert feed(here, "fxs1") is LineFeed.ACTIVE
        ben.pick_up()
        await asyncio.sleep(0.2)
        assert feed(here, "fxs1") is LineFeed.REVERSE_ACTIVE
        ben.leaves()
        await asyncio.sleep(0.2)
        assert feed(here, "fxs1") is LineFeed.ACTIVE

    play_on_copper(SITE.replace("port: fxs1}", "port: fxs1, line_signals: [answer-reversal]}"), story)


def test_a_line_that_fails_in_a_call_ends_it() -> None:
    """H8: held call and consultation too; the other telephones are unaffected."""

    async def story(here: CopperHouse) -> None:
        _reception, ben, anna = await consulting(here)
        here.box.lines.fxs["fxs1"].upkeep.lost(RuntimeError("the chip has gone"))
        await asyncio.sleep(0.2)
        assert ben.state is anna.state is LegState.GONE

    play_on_copper(SITE, story)
