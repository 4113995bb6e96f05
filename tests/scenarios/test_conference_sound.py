"""What is heard and recorded of a conference beside its talk: noise, busy tones, the announcement of a recording."""

import asyncio

import pytest

from firmware.calls.doubt import AGAIN_S, ASIDE_S
from firmware.calls.leg import Cause, LegState
from firmware.media import ProgressTone
from firmware.store import recordings
from firmware.store.sound import sound_s
from tests.component.copper_house import CopperHouse, play_on_copper
from tests.component.house import House, Telephone
from tests.scenarios.meeting import SITE, enters, invites, play, the_room

NEVER = "recording: {announce: never}\n"
RECORDED = SITE.replace('{number: "91"}', '{number: "91", record: true}')
BUSY = ProgressTone("busy")


def test_from_three_on_everybody_is_heard_through_a_noise_gate() -> None:
    """F26: an option, on by default; the words are the same"""

    async def story(here: House) -> None:
        anna, ben = await enters(here, "103", "91"), await enters(here, "104", "91")
        assert not here.media.gates
        carla = await enters(here, "105", "91")
        assert len(here.media.gates) == 3
        assert anna.hears == {"104", "105"}
        ben.hold(True)
        assert anna.hears == {"105"}
        ben.hold(False)
        assert anna.hears == {"104", "105"}
        carla.leaves()
        await asyncio.sleep(2)
        assert not here.media.gates
        assert anna.hears == {"104"}
        for leg in (anna, ben):
            leg.leaves()

    play(story)


def test_a_room_without_noise_gates() -> None:
    """F26: the option"""

    async def story(here: House) -> None:
        legs = [await enters(here, number, "91") for number in ("103", "104", "105")]
        assert not here.media.gates
        for leg in legs:
            leg.leaves()

    play(story, SITE.replace('{number: "91"}', '{number: "91", noise_gate: false}'))


async def three_with_a_line(here: CopperHouse) -> tuple[Telephone, Telephone]:
    """Somebody outside, Anna and Ben are in room 91."""
    here.box.office("fxo1").ring("0301234567", "", here.clock.now())
    await asyncio.sleep(12)
    anna, ben = await enters(here, "103", "91"), await enters(here, "104", "91")
    assert anna.hears == {"104", "line1"}
    return anna, ben


def test_a_busy_tone_of_somebody_else_ends_no_line_in_company() -> None:
    """F26 H7: the line hears nobody for a moment, then goes on; not again within a minute"""

    async def story(here: CopperHouse) -> None:
        anna, ben = await three_with_a_line(here)
        line = here.analog["line1"]
        for pause_s in (0.0, AGAIN_S):
            here.media.hear(line, BUSY)
            await asyncio.sleep(pause_s)
            await asyncio.sleep(0.1)
            assert here.media.hears(line) == set()
            assert anna.hears == {"104", "line1"}
            await asyncio.sleep(ASIDE_S)
            assert here.media.hears(line) == {"103", "104"}
        for leg in (anna, ben):
            leg.leaves()
        here.media.hear(line, BUSY)  # now it is alone

    play_on_copper(SITE, story)


def test_a_line_whose_far_end_has_gone_leaves_the_company() -> None:
    """F26 H7: its busy tone goes on while it hears nobody"""

    async def story(here: CopperHouse) -> None:
        anna, ben = await three_with_a_line(here)
        here.media.hear(here.analog["line1"], BUSY)
        await asyncio.sleep(3)
        here.media.hear(here.analog["line1"], BUSY)
        await asyncio.sleep(2)
        assert anna.hears == {"104"}
        for leg in (anna, ben):
            leg.leaves()

    play_on_copper(SITE, story)


# -- recording ----------------------------------------------------------------------------------------------------


def test_a_room_whose_conferences_are_recorded_says_so_to_each_who_comes() -> None:
    """F26 F43: from two on, all voices in one file that everybody's call record names"""

    async def story(here: House) -> None:
        anna = await enters(here, "103", "91")
        assert here.media.said == ["conf-only-person", "conf-recorded"]
        assert not here.media.tapes
        ben = await enters(here, "104", "91")
        assert here.media.said.count("conf-recorded") == 2
        (tape,) = here.media.tapes
        assert here.media.hears(tape.slot) == {"103", "104"}
        carla = await enters(here, "105", "91")
        assert here.media.said.count("conf-recorded") == 3
        assert here.media.hears(tape.slot) == {"103", "104", "105"}
        for leg in (anna, ben, carla):
            leg.leaves()
        await here.settled()
        again = await enters(here, "104", "91")
        again.leaves()

    here = play(story, RECORDED)
    *names, alone = [record.recording for record in here.records]
    assert len(set(names)) == 1 and "room-91-" in names[0]
    assert alone == ""
    assert sound_s(here.folder / "recordings" / names[0]) == pytest.approx(9.5, abs=1.5)
    assert not list(here.folder.glob("recordings/*/*.part"))


def test_the_operator_has_a_conference_recorded_and_stops_it_again() -> None:
    """F26 F43: all are told first; it goes on in the same file; the next conference is not recorded"""

    async def story(here: House) -> None:
        anna, ben = await enters(here, "103", "91"), await enters(here, "104", "91")
        assert "conf-recorded" not in here.media.said
        room = the_room(here)
        for on in (True, False, True):
            room.record(on)
            await asyncio.sleep(0.5)
            if on and "conf-recorded" in anna.hears:
                assert "conf-recorded" in ben.hears
                assert not any(here.media.hears(tape.slot) for tape in here.media.tapes)
            await asyncio.sleep(5)
            assert [here.media.hears(tape.slot) for tape in here.media.tapes] == [{"103", "104"} if on else set()]
        assert here.media.said.count("conf-recorded") == 2
        for leg in (anna, ben):
            leg.leaves()
        await here.settled()
        legs = [await enters(here, number, "91") for number in ("103", "104")]
        assert not here.media.tapes
        for leg in legs:
            leg.leaves()

    here = play(story)
    assert len(list(here.folder.glob("recordings/*/*"))) == 1
    assert [bool(record.recording) for record in here.records] == [True, True, False, False]


def test_where_one_need_not_be_told_nobody_is() -> None:
    """F43: `recording.announce`"""

    async def story(here: House) -> None:
        legs = [await enters(here, number, "91") for number in ("103", "104")]
        assert len(here.media.tapes) == 1
        assert "conf-recorded" not in here.media.said
        for leg in legs:
            leg.leaves()

    play(story, RECORDED + NEVER)


def test_an_administrator_who_was_outside_is_told_before_coming_back() -> None:
    """F27 F43"""

    async def story(here: House) -> None:
        guest = await enters(here, "103", "90", "1234#")
        admin, other = await enters(here, "104", "90", "9876#"), await enters(here, "105", "90", "1234#")
        await invites(here, admin, "102")
        workshop = await here.telephone("102")
        the_room(here).record(True)
        await asyncio.sleep(5)
        (tape,) = here.media.tapes
        assert here.media.hears(tape.slot) == {"103", "105"}
        workshop.leaves(Cause.BUSY)
        await asyncio.sleep(1.5)
        assert admin.hears == {"conf-recorded"}
        await asyncio.sleep(2)
        assert here.media.hears(tape.slot) == {"103", "104", "105"}
        for leg in (guest, admin, other):
            leg.leaves()

    play(story)


def test_a_full_disk_does_not_end_a_conference(monkeypatch: pytest.MonkeyPatch) -> None:
    """F26 F43, S13: somebody responsible is told"""
    monkeypatch.setattr(recordings, "free_share", lambda _folder: 0.09)
    alarms: list[str] = []

    async def story(here: House) -> None:
        here.exchange.watch_alarms(alarms.append)
        legs = [await enters(here, number, "91") for number in ("103", "104")]
        assert legs[0].hears == {"104"}
        assert legs[1].state is LegState.UP
        for leg in legs:
            leg.leaves()

    play(story, RECORDED)
    assert alarms == ["Room 91 is not recorded: the disk has no room."]


@pytest.mark.parametrize("after_s", [0.0, 0.3, 1.0, 1.1, 2.0])
def test_everybody_may_leave_while_the_recording_begins(after_s: float) -> None:
    """F26 F43"""

    async def story(here: House) -> None:
        anna, ben = await enters(here, "103", "91"), await enters(here, "104", "91")
        the_room(here).record(True)
        await asyncio.sleep(after_s)
        anna.leaves()
        await asyncio.sleep(after_s / 2)
        ben.leaves()

    here = play(story)
    assert not here.media.tapes
    assert not list(here.folder.glob("recordings/*/*.part"))
