"""Parked calls that nobody fetches (F9): who rings for them, in which order, and what is shown."""

import asyncio
import random

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.features.alarms.board import Board
from tests.component.house import House, Telephone
from tests.component.story import answers, talking
from tests.scenarios.parkings import parking, play


def test_a_call_nobody_fetches_comes_back_to_the_parker() -> None:
    """F9: after 120 s"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*4")
        back = await here.telephone("103", 1)
        assert 119 < asyncio.get_running_loop().time() - 1 < 125
        back.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"103"}
        back.leaves()

    play(story)


def test_a_parker_who_does_not_answer_leaves_the_call_to_the_operator() -> None:
    """F9: parked once more before that"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*4")
        reception = await here.telephone("101")
        assert len(here.rung["103"]) == 3  # the call itself and two recalls
        reception.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"101"}
        reception.leaves()

    play(story)


def test_the_recall_shows_that_it_is_a_parked_call_and_rings_for_half_a_minute() -> None:
    """F9: Park 41 and who it is; the caller hears it ring, not the music."""

    async def story(here: House) -> None:
        ben, _anna = await parking(here)
        back = await here.telephone("103", 1)
        back.rings()
        began_s = asyncio.get_running_loop().time()
        assert back.display is not None
        assert (back.display.number, back.display.name) == ("104", "Park 41: Ben")
        await asyncio.sleep(1)
        assert ben.hears == {"ringback"}
        await back.signals.until(LegState.GONE)
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(30, abs=0.5)
        await asyncio.sleep(0.1)
        assert ben.hears == {"music"}
        again = await answers(here, "103", 2)
        assert again.display is not None and again.display.name == "Ben"
        ben.leaves()

    assert play(story).records[0].final_callee == "103"


def test_a_call_without_a_name_comes_back_with_its_number() -> None:
    """F9"""

    async def story(here: House) -> None:
        outside = here.outside_calls("line1", "0301234567")
        (await answers(here, "103")).press("*4")
        back = await here.telephone("103", 1)
        assert back.display is not None and back.display.name == "Park 41: 0301234567"
        outside.leaves()

    play(story)


def test_the_recall_is_not_forwarded() -> None:
    """F9: it rings the parker, whatever its forwards say."""

    async def story(here: House) -> None:
        away = here.dials("106", "104")
        ben = await answers(here, "104")
        away.press("*4")
        await answers(here, "106")
        assert ben.hears == {"106"}
        assert "101" not in here.rung
        ben.leaves()

    play(story)


@pytest.mark.parametrize("rings", [1, 2])
def test_a_busy_parker_is_rung_once_more_two_minutes_later(rings: int) -> None:
    """F9: busy counts like no answer."""

    async def story(here: House) -> None:
        ben, _anna = await parking(here)
        for turn in range(rings):
            (await here.telephone("103", turn + 1)).leaves(Cause.BUSY)
            await asyncio.sleep(1)
        if rings == 1:
            assert ben.hears == {"music"}
            await answers(here, "103", 2)
            assert ben.hears == {"103"}
        else:
            await answers(here, "101")
            assert ben.hears == {"101"}
        ben.leaves()

    play(story)


def test_a_parker_who_is_not_there_any_more_leaves_the_call_to_the_operator_at_once() -> None:
    """F9: an unregistered telephone will not be there in two minutes either."""

    async def story(here: House) -> None:
        ben, _anna = await parking(here)
        here.plugs("103", 0)
        parked_s = asyncio.get_running_loop().time()
        await answers(here, "101")
        assert asyncio.get_running_loop().time() - parked_s == pytest.approx(120, abs=6)
        assert ben.hears == {"101"}
        ben.leaves()

    play(story)


def test_whom_nobody_wants_back_may_leave_a_message_to_the_parker() -> None:
    """F9: neither the parker nor the operator answers."""

    async def story(here: House) -> None:
        ben, _boxed = await parking(here, "105")
        reception = await here.telephone("101")
        reception.rings()
        await reception.signals.until(LegState.GONE)
        await asyncio.sleep(5)
        assert here.media.tapes
        here.dials("102", "41")
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "no-parked-call"
        ben.leaves()

    here = play(story)
    assert [record.final_callee for record in here.records if record.call_from == "104"] == ["vm-105"]


def test_without_a_mailbox_the_call_ends_then() -> None:
    """F9: and the operator's own parked call rings the operator no third time."""

    async def story(here: House) -> None:
        ben, _reception = await parking(here, "101")
        await here.settled()
        assert ben.state is LegState.GONE
        assert len(here.rung["101"]) == 3  # the call itself and two recalls

    play(story)


@pytest.mark.parametrize("where", ["103", "101"])
def test_the_slot_can_be_fetched_while_somebody_rings_for_it(where: str) -> None:
    """F8 F9: as if picked up; the telephone that rang is told so."""

    async def story(here: House) -> None:
        ben, _anna = await parking(here)
        ringing = await here.telephone(where, 1 if where == "103" else 0)
        ringing.rings()
        await asyncio.sleep(1)
        workshop = here.dials("102", "41")
        await asyncio.sleep(0.5)
        assert ben.hears == {"102"}
        assert workshop.hears == {"104"}
        assert ringing.signals.cause is Cause.ELSEWHERE
        workshop.leaves()

    records = play(story).records
    assert [record.final_callee for record in records if record.call_from == "104"] == ["102"]


@pytest.mark.parametrize("first", ["parker", "fetchers"])
def test_of_all_who_want_it_at_once_one_gets_the_call(first: str) -> None:
    """F8 F9: the parker answers in the moment in which two others dial the slot."""

    async def story(here: House) -> None:
        ben, _anna = await parking(here)
        back = await here.telephone("103", 1)
        back.rings()
        await asyncio.sleep(1)
        if first == "parker":
            back.pick_up()
        fetchers = [here.dials(extension, "41") for extension in ("102", "105")]
        await asyncio.sleep(0)
        back.pick_up()
        await asyncio.sleep(3)
        talks = [leg for leg in (back, *fetchers) if leg.hears == {"104"}]
        assert len(talks) == 1
        assert ben.hears == {talks[0].party.number}
        assert all(leg.signals.gone for leg in (back, *fetchers) if leg not in talks)
        ben.leaves()

    play(story)


def test_a_parked_call_that_a_crash_has_cut_off_is_told() -> None:
    """F7: once, with the number that can be called back; calls that have left their slot are not."""
    waiting: dict[tuple[str, ...], object] = {}

    async def before(here: House) -> None:
        outside = here.outside_calls("line1", "0301234567")
        (await answers(here, "103")).press("*4")
        await asyncio.sleep(5)
        waiting.update(here.kept["parked"])
        outside.leaves()

    async def nothing(here: House) -> None:
        pass

    crashed = play(before)
    assert crashed.kept["parked"] == {}
    crashed.kept["parked"].update(waiting)
    started = play(nothing, before=crashed)
    told = "the call of 0301234567, parked on 41 by 103, was cut off by a restart"
    assert [deed.detail for deed in started.deeds] == [told]
    board = started.exchange.features.offers["alarms"]
    assert isinstance(board, Board)
    assert [one.text for one in board.alarms] == [told]
    assert play(nothing, before=started).deeds == []


@pytest.mark.parametrize("seed", range(60))
def test_whatever_people_do_about_a_parked_call_nothing_is_left_over(seed: int) -> None:
    """F7-F10: answer, refuse, fetch, pick up, hang up, unplug, at any moment."""
    dice = random.Random(seed)

    async def story(here: House) -> None:
        by = dice.choice(("101", "103", "105"))
        ben, parker = await talking(here, called=by)
        parker.press("*4")
        others: list[Telephone] = []
        for _ in range(8):
            await asyncio.sleep(dice.choice((0.0, 0.001, 1.0, 30.0, 60.0, 120.0)))
            for leg in (leg for legs in tuple(here.rung.values()) for leg in tuple(legs)):
                if leg.state in (LegState.NEW, LegState.RINGING):
                    dice.choice((leg.rings, leg.pick_up, leg.leaves))()
            match dice.randrange(6):
                case 0 | 1:
                    others.append(here.dials(dice.choice(("102", by)), dice.choice(("41", f"**{by}"))))
                case 2:
                    dice.choice((ben, parker)).leaves()
                case 3:
                    here.plugs(by, dice.randrange(2))
                case 4 if others:
                    dice.choice(others).leaves()
                case 5 if others:
                    dice.choice(others).press(dice.choice(("*4", "#101", "#45#")))
        for leg in (ben, parker, *others, *(leg for legs in here.rung.values() for leg in legs)):
            leg.leaves()
            await asyncio.sleep(0)

    here = play(story)
    assert here.kept["parked"] == {}
    assert not any(here.exchange.lamps.place(number) for number in ("41", "45"))
