"""Greetings of menus, queues and groups, and recording them: told as the operator and the callers notice them."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.media import MediaError, Recorder
from firmware.media.prompts import NoSuchPrompt
from firmware.store.sound import sound_s
from firmware.telephony.records import Status
from tests.component.house import House, Telephone
from tests.component.story import answers, heard, play_in_house
from tests.scenarios.mailbox import press, speaking

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, may_record_greetings: true}
trunks: [{name: line1, type: fxo, port: fxo1}]
inbound: [{trunk: line1, to: queue/631}]
queues:
  - {number: "631", name: Sales, agents: ["103"], greeting: sales, max_callers: 1, max_wait_s: 10, on_full: "102"}
  - {number: "632", name: Support, dynamic_agents: ["103"], greeting: support}
  - {number: "633", name: Plain, agents: ["103"]}
ring_groups:
  - {number: "620", name: House, members: ["103"], greeting: sales}
  - {number: "621", name: Plain, members: ["103"]}
menus:
  - {number: "640", name: Welcome, greeting: welcome, keys: {"1": "103"}}
  - {number: "641", name: Shop, greeting: shop, keys: {"1": "103"}}
  - {number: "642", name: Shop too, greeting: shop, keys: {"1": "103"}}
"""
play = partial(play_in_house, SITE)


async def at_the_menu(here: House, extension: str = "101", dialled: str = "*77641") -> Telephone:
    """Where one chooses what to do about the greeting."""
    leg = here.dials(extension, dialled)
    await asyncio.sleep(0.5)
    assert leg.hears == {"greet-menu"}
    return leg


async def records(here: House, leg: Telephone, seconds: float, keys: str) -> None:
    """One greeting, from the menu; `keys` are those from its end on."""
    leg.press("1")
    await asyncio.sleep(0.5)
    assert leg.hears == {"greet-record"}
    await speaking(here)
    await asyncio.sleep(seconds)
    await press(leg, keys)


async def calls(here: House, number: str) -> str:
    caller = here.dials("102", number)
    await asyncio.sleep(0.5)
    heard = here.media.said[-1]
    caller.leaves()
    await here.settled()
    return heard


def test_the_operator_records_a_greeting_and_listens_to_it() -> None:
    """A6 A12: record, listen, accept; every menu that names the greeting plays it"""

    async def story(here: House) -> None:
        assert await calls(here, "641") == "shop"
        reception = await at_the_menu(here)
        await records(here, reception, 5, "#2")
        assert reception.hears == {"(message)"}
        await asyncio.sleep(5)
        await press(reception, "1")
        assert here.media.said[-1] == "vm-message+vm-saved"
        await asyncio.sleep(1)
        await press(reception, "2")
        assert reception.hears == {"shop"}
        reception.leaves()
        await here.settled()
        assert [await calls(here, number) for number in ("641", "642", "640")] == ["shop", "shop", "welcome"]

    here = play(story)
    (file,) = here.folder.glob("greetings/*")
    assert file.name == "shop.wav"
    assert sound_s(file) == pytest.approx(5, abs=0.2)


def test_a_recorded_greeting_takes_the_place_of_the_box_s_words_until_it_is_removed() -> None:
    """A6 A12"""

    async def story(here: House) -> None:
        played: list[list[Path]] = []
        real = here.media.play
        here.media.play = lambda files, **more: (played.append(list(files)), real(files, **more))[1]  # type: ignore[method-assign]
        anna = await at_the_menu(here, "103", "*77640")
        await records(here, anna, 3, "#1")
        anna.leaves()
        await here.settled()
        await calls(here, "640")
        assert played[-1] == [here.folder / "greetings" / "welcome.wav"]
        anna = await at_the_menu(here, "103", "*77640")
        await press(anna, "3")
        assert anna.hears == {"greet-removed"}
        anna.leaves()
        await here.settled()
        await calls(here, "640")
        assert played[-1] == [Path("welcome.wav")]

    assert not list(play(story).folder.glob("greetings/*"))


@pytest.mark.parametrize("keys", ["", "#", "#3", "#2"])
def test_what_is_not_accepted_changes_nothing(keys: str) -> None:
    """A6 A12: hanging up while recording, in the review, while recording anew"""

    async def story(here: House) -> None:
        reception = await at_the_menu(here)
        await records(here, reception, 3, keys)
        reception.leaves()

    assert not list(play(story).folder.glob("greetings/*"))


async def greeted(here: House, caller: Telephone, name: str) -> None:
    """Until it has heard the greeting to its end; nobody's telephone has rung meanwhile."""
    await asyncio.sleep(0.5)
    assert caller.state is LegState.UP
    assert caller.hears == {name}
    assert "103" not in here.rung
    await asyncio.sleep(1)


def test_a_queue_greets_before_agents_ring() -> None:
    """F24 A12: answered once, the greeting, then music; the record counts from the agent's answer"""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234567")
        await greeted(here, caller, "sales")
        anna = await here.telephone("103")
        assert caller.hears == {"music"}
        await asyncio.sleep(2)
        anna.pick_up()
        await asyncio.sleep(5)
        assert caller.hears == {"103"}
        assert here.media.said.count("sales") == 1
        caller.leaves()

    (record,) = play(story).records
    assert record.talk_s == pytest.approx(5, abs=0.1)
    assert "queue 631       Sales: plays the greeting sales" in record.trace.as_text()


def test_the_longest_wait_begins_after_the_greeting() -> None:
    """F24 A12"""

    async def story(here: House) -> None:
        caller = here.dials("102", "631")
        await greeted(here, caller, "sales")
        await asyncio.sleep(9)
        assert caller.hears == {"music"}
        await here.settled()

    (record,) = play(story).records
    assert "has waited too long" in record.trace.as_text()


def test_who_is_greeted_has_a_place_and_loses_it_by_hanging_up() -> None:
    """F24 A12: the queue is full meanwhile"""

    async def story(here: House) -> None:
        first = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(0.5)
        second = here.dials("101", "631")
        await here.telephone("102")
        assert first.hears == {"sales"}
        first.leaves()
        second.leaves()
        await here.settled()
        assert "103" not in here.rung
        third = here.dials("101", "631")
        await asyncio.sleep(3)
        assert third.hears == {"music"}
        third.leaves()

    play(story)


def test_nobody_is_greeted_where_nobody_is_there() -> None:
    """F24 A12: a queue without agents, a group whose members are all spared"""

    async def story(here: House) -> None:
        assert await heard(here, "102", "632") == ["queue-empty"]
        here.plugs("103", 0)
        await heard(here, "102", "620")
        assert "sales" not in here.media.said

    play(story)


def test_the_last_agent_leaves_during_the_greeting() -> None:
    """F24 A12"""

    async def story(here: House) -> None:
        here.dials("103", "*62")
        await here.settled()
        caller = here.dials("102", "632")
        await asyncio.sleep(0.2)
        assert caller.hears == {"support"}
        here.plugs("103", 0)
        await here.settled()
        assert here.media.said[-1] == "queue-empty"

    play(story)


def test_a_group_greets_before_it_rings() -> None:
    """A7 A12: then ringback from the box, since the caller has been answered"""

    async def story(here: House) -> None:
        caller = here.dials("102", "620")
        await greeted(here, caller, "sales")
        anna = await here.telephone("103")
        anna.rings()
        await asyncio.sleep(0.1)
        assert caller.hears == {"ringback"}
        await asyncio.sleep(1)
        anna.pick_up()
        await asyncio.sleep(4)
        assert caller.hears == {"103"}
        caller.leaves()

    (record,) = play(story).records
    assert record.talk_s == pytest.approx(4, abs=0.1)
    assert "group 620       House: plays the greeting sales" in record.trace.as_text()


def test_nobody_answers_in_a_group_that_has_greeted() -> None:
    """A7 A12: the call was not answered by anybody"""

    async def story(here: House) -> None:
        here.dials("102", "620")
        await here.settled()

    (record,) = play(story).records
    assert record.status is Status.NO_ANSWER


def test_who_asks_for_somebody_in_a_group_is_not_greeted_but_a_caller_who_is_sent_there_is() -> None:
    """F11 F13 A12"""

    async def story(here: House) -> None:
        reception = here.dials("101", "102")
        workshop = await answers(here, "102")
        workshop.press("*2")
        await asyncio.sleep(1.5)
        workshop.press("620#")
        anna = await here.telephone("103")
        assert "sales" not in here.media.said
        anna.leaves(Cause.BUSY)
        await asyncio.sleep(4)
        assert workshop.hears == {"101"}
        workshop.press("#")
        await asyncio.sleep(1.5)
        workshop.press("620#")
        await asyncio.sleep(0.5)
        assert reception.hears == {"sales"}
        reception.leaves()

    play(story)


def test_no_greeting_is_no_answer() -> None:
    """A7: a group without one only rings"""

    async def story(here: House) -> None:
        caller = here.dials("102", "621")
        (await here.telephone("103")).rings()
        await asyncio.sleep(1)
        assert caller.state is LegState.RINGING
        caller.leaves()

    play(story)


def test_the_greeting_of_a_queue_is_recorded_by_telephone() -> None:
    """A12: `*77` and its number; the group that names the same one has it too"""

    async def story(here: House) -> None:
        reception = await at_the_menu(here, dialled="*77631")
        await records(here, reception, 5, "#1")
        reception.leaves()
        await here.settled()
        played: list[list[Path]] = []
        real = here.media.play
        here.media.play = lambda files, **more: (played.append(list(files)), real(files, **more))[1]  # type: ignore[method-assign]
        for number in ("631", "620"):
            await calls(here, number)
            assert played[-1] == [here.folder / "greetings" / "sales.wav"]

    play(story)


def test_a_greeting_that_was_never_recorded_and_is_no_prompt_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A12: the queue serves its callers all the same"""

    async def story(here: House) -> None:
        def phrase(_language: str, id: str) -> list[Path]:
            if id == "sales":
                raise NoSuchPrompt(id)
            return [Path(f"{id}.wav")]

        monkeypatch.setattr(here.exchange.phrases, "phrase", phrase)
        caller = here.dials("102", "631")
        await asyncio.sleep(0.5)
        assert caller.hears == {"music"}
        assert "103" in here.rung
        caller.leaves()

    play(story)


def test_an_extension_without_the_permission() -> None:
    """A6 A12: the operator and whom the site allows"""

    async def story(here: House) -> None:
        assert await heard(here, "102", "*77641") == ["feature-off"]

    play(story)


@pytest.mark.parametrize("after_s", [0.1, 1.6, 2.2, 2.8, 3.5])
def test_hanging_up_at_any_moment_leaves_nothing_over(after_s: float) -> None:
    """A6 A12"""

    async def story(here: House) -> None:
        reception = await at_the_menu(here)
        reception.press("1")
        await asyncio.sleep(after_s)
        reception.leaves()

    assert not list(play(story).folder.glob("greetings/*"))


def test_a_number_without_a_greeting_is_asked_for_again() -> None:
    """A6 A12: bad input"""

    async def story(here: House) -> None:
        reception = here.dials("101", "*77")
        for number in ("103", "633", "621"):
            await asyncio.sleep(1.5)
            assert here.media.said[-1] == "pls-enter-number"
            reception.press(f"{number}#")
            await asyncio.sleep(0.5)
            assert here.media.said[-1] == "invalid"
        await here.settled()
        reception = here.dials("101", "*77")
        await asyncio.sleep(1.5)
        reception.press("640#")
        await asyncio.sleep(0.5)
        assert reception.hears == {"greet-menu"}
        await press(reception, "*")
        assert here.media.said[-1] == "goodbye"

    play(story)


def test_an_analog_telephone_dials_code_and_menu_at_once() -> None:
    """A6 A12"""

    async def story(here: House) -> None:
        reception = here.lifts("101")
        await asyncio.sleep(1)
        reception.press("*77641#")
        await asyncio.sleep(0.5)
        assert reception.hears == {"greet-menu"}
        reception.leaves()

    play(story)


def test_a_failing_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A6 A12, S13"""

    async def story(here: House) -> None:
        def fails(_file: Path) -> Recorder:
            raise MediaError("cannot be recorded")

        monkeypatch.setattr(here.media, "recorder", fails)
        reception = await at_the_menu(here)
        reception.press("1")
        await here.settled()
        assert here.media.said[-1] == "rec-disk-full"

    play(story)


def test_a_crash_leaves_the_old_greeting() -> None:
    """A6 A12: what was not finished or not accepted is gone at the next start"""

    async def before(here: House) -> None:
        reception = await at_the_menu(here)
        await records(here, reception, 4, "#1")
        reception.leaves()

    async def after(here: House) -> None:
        assert [file.name for file in here.folder.glob("greetings/*")] == ["shop.wav"]
        assert await calls(here, "641") == "shop"

    crashed = play(before)
    for name in ("shop-1a2b3c4d.part", "shop-1a2b3c4d.fresh"):
        (crashed.folder / "greetings" / name).write_bytes(bytes(20_000))
    play(after, before=crashed)
