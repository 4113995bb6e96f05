"""Recording calls (F43): told as the people at the telephones notice it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from firmware.calls.leg import LegState
from firmware.media import MediaError, Recorder
from firmware.store import recordings
from firmware.store.sound import sound_s
from firmware.telephony.records import CallRecord
from tests.component.house import House, Telephone
from tests.component.story import answers, play_in_house, talking
from tests.virtual import START, VirtualClock

SITE = """
version: 1
site: {country: GB, language: en}
recording: {announce: never}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2, record: {on_demand: false}}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Sales, sip: {secret: sales-secret-105}, record: {automatic: outside}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
outbound:
  - {name: outside, prefix: "9", trunks: [line1]}
inbound:
  - {trunk: line1, to: "105"}
emergency: {trunks: [line1]}
"""
TOLD = SITE.replace("announce: never", "announce: country").replace("country: GB", "country: DE")


def play(
    story: Callable[[House], Awaitable[None]], text: str = SITE, *, before: House | None = None,
    clock: VirtualClock | None = None,
) -> House:  # fmt: skip
    return play_in_house(text, story, before=before, clock=clock)


def recorded_s(here: House, record: CallRecord) -> float:
    assert record.recording
    return sound_s(here.folder / "recordings" / record.recording)


async def switch(leg: Telephone) -> None:
    """`*1`, and the beep or the words that follow."""
    leg.press("*1")
    await asyncio.sleep(1.05)


def test_a_recording_is_started_and_stopped_in_a_call() -> None:
    """F43: `*1`: a beep to the one who pressed; both sides in one file, which the call record names."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*1")
        await asyncio.sleep(0.5)
        assert anna.hears == {"beep"}
        assert ben.hears == set()
        await asyncio.sleep(0.6)
        (tape,) = here.media.tapes
        assert here.media.hears(tape.slot) == {"103", "104"}
        assert anna.hears == {"104"}
        await asyncio.sleep(9.9)
        await switch(anna)
        assert here.media.said == ["beep", "rec-off"]
        await asyncio.sleep(5)
        ben.leaves()

    here = play(story)
    (record,) = here.records
    assert recorded_s(here, record) == pytest.approx(10, abs=0.2)
    assert record.recording.startswith("2026-01/20260105-0900")
    assert "starts" in record.trace.as_text() and "stops" in record.trace.as_text()


def test_recorded_again_in_one_call_it_is_one_file() -> None:
    """F43: two files merge."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        for _ in range(2):
            await switch(anna)
            await asyncio.sleep(5)
            await switch(anna)
            await asyncio.sleep(5)
        ben.leaves()

    here = play(story)
    assert recorded_s(here, here.records[0]) == pytest.approx(10, abs=0.2)
    assert len(list(here.folder.glob("recordings/*/*"))) == 1


def test_either_of_two_people_of_the_house_stops_it() -> None:
    """F43: a toggle of the call, whoever presses."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        await switch(anna)
        await switch(ben)
        assert here.media.said == ["beep", "rec-off"]
        ben.leaves()

    play(story)


def test_the_trunk_side_cannot_record() -> None:
    """F43, N8: the keys of an outside caller go to the other end."""

    async def story(here: House) -> None:
        outside, sales = await talking_outside(here)
        outside.press("*1")
        await asyncio.sleep(2)
        assert sales.got_keys == "*1"
        assert "beep" not in here.media.said
        outside.leaves()

    play(story, SITE.replace("automatic: outside", "automatic: none"))


async def talking_outside(here: House) -> tuple[Telephone, Telephone]:
    outside = here.outside_calls("line1", "0301234")
    sales = await answers(here, "105")
    return outside, sales


def test_a_full_disk_refuses_and_the_talk_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """F43: less than 10 % free: a prompt."""
    monkeypatch.setattr(recordings, "free_share", lambda _folder: 0.09)

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        await switch(anna)
        assert here.media.said == ["rec-disk-full"]
        assert anna.hears == {"104"}
        ben.leaves()

    assert play(story).records[0].recording == ""


def test_a_disk_that_fails_costs_the_recording_and_not_the_call() -> None:
    """F43, S13: neither a recording on demand nor one by a rule."""

    async def story(here: House) -> None:
        def fails(_file: Path) -> Recorder:
            raise MediaError("cannot be recorded")

        here.media.recorder = fails  # type: ignore[method-assign]
        ben, anna = await talking(here)
        await switch(anna)
        assert here.media.said == ["rec-disk-full"]
        assert anna.hears == {"104"}
        ben.leaves()
        outside, sales = await talking_outside(here)
        assert sales.hears == {"line1"}
        outside.leaves()

    assert [one.recording for one in play(story).records] == ["", ""]


def test_who_may_not_record_is_told_so() -> None:
    """F43: permission by extension."""

    async def story(here: House) -> None:
        workshop, anna = await talking(here, "102")
        await switch(workshop)
        assert here.media.said == ["feature-off"]
        anna.leaves()

    assert play(story).records[0].recording == ""


def test_a_transfer_ends_the_recording_of_the_one_who_leaves() -> None:
    """F43: survives transfer: it is stopped and kept."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        await switch(anna)
        await asyncio.sleep(5)
        anna.press("#")
        await asyncio.sleep(1)
        anna.press("101")
        reception = await here.telephone("101")
        reception.pick_up()
        await asyncio.sleep(10)
        assert ben.hears == {"101"}
        (tape,) = here.media.tapes
        assert here.media.hears(tape.slot) == set()
        reception.leaves()

    here = play(story)
    record = next(one for one in here.records if one.recording)
    assert 5 <= recorded_s(here, record) < 7.5
    assert "has left: it stops" in record.trace.as_text()


def test_parking_is_left_out_and_fetching_goes_on_recording() -> None:
    """F43: survives park; who fetches it is the same extension."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        await switch(anna)
        await asyncio.sleep(5)
        anna.press("*4")
        await asyncio.sleep(20)
        again = here.dials("103", "41")
        await asyncio.sleep(0.1)
        await asyncio.sleep(5)
        again.leaves()
        await asyncio.sleep(0.1)
        assert ben.state is LegState.GONE

    here = play(story)
    record = next(one for one in here.records if one.recording)
    assert recorded_s(here, record) == pytest.approx(10, abs=1.2)


def test_hold_is_left_out() -> None:
    """F43: what is said while nobody listens is not recorded."""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        await switch(anna)
        await asyncio.sleep(5)
        anna.hold(True)
        await asyncio.sleep(20)
        anna.hold(False)
        await asyncio.sleep(5)
        ben.leaves()

    here = play(story)
    assert recorded_s(here, here.records[0]) == pytest.approx(10, abs=0.2)


def test_a_rule_records_by_itself_and_the_code_changes_nothing() -> None:
    """F43: automatic recording by extension; already auto-recorded: ignored."""

    async def story(here: House) -> None:
        outside, sales = await talking_outside(here)
        await switch(sales)
        await asyncio.sleep(9)
        assert here.media.said == []
        outside.leaves()
        await here.settled()
        ben, inside = await talking_with(here, "104", "105")
        await asyncio.sleep(5)
        inside.leaves()
        ben.leaves()

    here = play(story)
    assert recorded_s(here, here.records[0]) == pytest.approx(11, abs=0.5)
    assert here.records[1].recording == ""


async def talking_with(here: House, caller: str, callee: str) -> tuple[Telephone, Telephone]:
    return await talking(here, caller, callee)


def test_everybody_is_told_where_that_is_the_law() -> None:
    """F43: consent prompt per country, before anything is recorded; those who come later are told too."""

    async def story(here: House) -> None:
        outside = here.outside_calls("line1", "0301234")
        sales = await here.telephone("105")
        sales.pick_up()
        await asyncio.sleep(0.5)
        assert outside.hears == sales.hears == {"rec-consent"}
        assert all(here.media.hears(tape.slot) == set() for tape in here.media.tapes)
        await asyncio.sleep(5.5)
        outside.leaves()
        await here.settled()
        ben, anna = await talking(here)
        anna.press("*1")
        await asyncio.sleep(1.5)
        assert anna.hears == ben.hears == {"rec-consent"}
        await asyncio.sleep(1)
        await switch(anna)
        await switch(anna)
        assert here.media.said.count("rec-consent") == 4  # who was told once is not told again
        anna.leaves()

    here = play(story, TOLD)
    assert recorded_s(here, here.records[0]) == pytest.approx(5, abs=0.2)


def test_recordings_are_removed_after_ninety_days() -> None:
    """F43: retention days, `retention.recording_days`."""

    async def before(here: House) -> None:
        ben, anna = await talking(here)
        await switch(anna)
        await asyncio.sleep(5)
        ben.leaves()

    async def after(here: House) -> None:
        await asyncio.sleep(1)

    async def two_days(here: House) -> None:
        await asyncio.sleep(2 * 86_400)

    recorded = play(before)
    (file,) = recorded.folder.glob("recordings/*/*.wav")
    age_s = file.stat().st_mtime - START.timestamp()  # files have the machine's own time
    play(after, before=recorded, clock=VirtualClock(START + timedelta(seconds=age_s, days=89)))
    assert file.exists()
    play(after, before=recorded, clock=VirtualClock(START + timedelta(seconds=age_s, days=91)))
    assert not list(recorded.folder.glob("recordings/*"))


def test_what_a_crash_has_cut_off_is_finished_at_start() -> None:
    """F43: a recording without its end is kept; one without sound is not."""

    async def nothing(here: House) -> None:
        await asyncio.sleep(1)

    crashed = play(nothing)
    folder = crashed.folder / "recordings" / "2026-01"
    folder.mkdir(parents=True)
    (folder / "20260105-090000-a.part").write_bytes(bytes(44 + 32_000))
    (folder / "20260105-090000-b.part").write_bytes(b"")
    play(nothing, before=crashed)
    (file,) = folder.iterdir()
    assert (file.name, sound_s(file)) == ("20260105-090000-a.wav", 2.0)


@pytest.mark.parametrize("seed", range(30))
def test_whenever_somebody_does_something_nothing_is_left_over(seed: int) -> None:
    """F43: `*1`, hold, park and hang-up at any moment; each file that is named is there and whole."""
    chance = random.Random(seed)

    async def story(here: House) -> None:
        for _ in range(8):
            outside = chance.random() < 0.3
            ben, anna = await (talking_outside(here) if outside and not here.rung.get("105") else talking(here))
            for _ in range(chance.randrange(5)):
                who = chance.choice((ben, anna))
                chance.choice(
                    (
                        lambda w=who: w.press("*1"),
                        lambda w=who: w.hold(chance.random() < 0.5),
                        lambda w=who: w.press("*4"),
                    )
                )()
                await asyncio.sleep(chance.choice((0.0, 0.2, 1.1, 3.0)))
            chance.choice((ben, anna)).leaves()
            await asyncio.sleep(chance.choice((0.0, 0.5)))
            for leg in (ben, anna):
                leg.leaves()
        await asyncio.sleep(5)

    here = play(story, chance.choice((SITE, TOLD)))
    assert not list(here.folder.glob("recordings/*/*.part"))
    assert {file.name for file in here.folder.glob("recordings/*/*.wav")} <= {
        Path(one.recording).name for one in here.records if one.recording
    }
