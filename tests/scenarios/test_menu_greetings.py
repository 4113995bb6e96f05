"""Greetings of voice menus recorded by telephone: told as the operator and the callers notice them."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from firmware.media import MediaError, Recorder
from firmware.store.sound import sound_s
from tests.component.house import House, Telephone
from tests.component.story import heard, play_in_house
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
inbound: [{trunk: line1, to: menu/640}]
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


def test_a_number_that_is_no_menu_is_asked_for_again() -> None:
    """A6 A12: bad input"""

    async def story(here: House) -> None:
        reception = here.dials("101", "*77")
        for number in ("103", "900"):
            await asyncio.sleep(1.5)
            assert here.media.said[-1] == "pls-enter-number"
            reception.press(f"{number}#")
            await asyncio.sleep(0.5)
            assert here.media.said[-1] == "invalid"
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
