"""Greetings, password, letters, restarts and lamps of mailboxes (F3, F4)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from firmware.calls.lamps import Waiting
from firmware.calls.leg import Cause
from firmware.media import MediaError, Recorder
from firmware.store.sound import sound_s
from firmware.telephony.site import Voicemail
from tests.component.house import House, Telephone
from tests.scenarios.mailbox import SITE, boxes_of, leaves_message, logged_in, messages, play, press, speaking
from tests.virtual import START, VirtualClock


async def records(here: House, anna: Telephone, key: str, seconds: float, review: str = "1") -> None:
    """One greeting, from the menu of options."""
    await press(anna, key, 0.5)
    await speaking(here)
    await asyncio.sleep(seconds)
    await press(anna, f"#{review}", 0.5)
    await asyncio.sleep(0.5)


def test_own_greetings_take_the_place_of_the_boxs_words() -> None:
    """F3: busy, unavailable and name, each reviewed: 1 accept, 2 listen, 3 anew."""

    async def story(here: House) -> None:
        anna = await logged_in(here)
        await press(anna, "0", 0.5)
        assert here.media.said[-1] == "vm-options"
        await records(here, anna, "3", 2)
        assert "vm-message+vm-saved" in here.media.said
        await press(anna, "#", 0.1)
        caller = here.dials("104", "*6*103")
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "name+vm-unavailable+vm-intro"
        caller.leaves()
        await records(here, anna, "1", 5, review="2")
        assert anna.hears == {"(message)"}
        await asyncio.sleep(5)
        await press(anna, "3", 0.1)  # once more, now accepted
        await speaking(here)
        await asyncio.sleep(3)
        await press(anna, "#1", 0.5)
        await asyncio.sleep(1)
        await records(here, anna, "2", 4)
        anna.leaves()
        await asyncio.sleep(0.1)
        here.dials("104", "*6*103")
        await asyncio.sleep(0.1)
        assert here.media.said[-1] == "unavailable+vm-intro"
        here.dials("102", "103")
        (await here.telephone("103", 0)).leaves(Cause.BUSY)
        await asyncio.sleep(0.1)
        assert here.media.said[-1] == "busy+vm-intro"

    here = play(story)
    assert sound_s(here.folder / "voicemail/103/greetings/unavailable.wav") == pytest.approx(3, abs=0.2)


def test_the_temporary_greeting_takes_every_call_until_it_is_removed() -> None:
    """F3: 0 4; once there, it can be recorded anew or removed."""

    async def story(here: House) -> None:
        anna = await logged_in(here)
        await press(anna, "0", 0.5)
        await records(here, anna, "4", 2)
        await asyncio.sleep(1)
        caller = here.dials("104", "*6*103")
        await asyncio.sleep(0.1)
        assert here.media.said[-1] == "temporary+vm-intro"
        caller.leaves()
        await press(anna, "4", 0.5)
        assert here.media.said[-1] == "vm-temp-menu"
        await press(anna, "2", 0.5)
        assert here.media.said[-1] == "vm-temp-removed"
        await press(anna, "*", 0.5)
        assert here.media.said[-1] == "vm-menu"
        anna.leaves()

    assert not list(play(story).folder.glob("voicemail/103/greetings/*"))


def test_a_greeting_that_is_not_accepted_changes_nothing() -> None:
    """F1-F3: hang-up while recording, in the review, too short, silence."""

    async def story(here: House) -> None:
        for keys in ("", "#", "#2"):
            anna = await logged_in(here)
            await press(anna, "0", 0.5)
            await press(anna, "1", 0.5)
            await speaking(here)
            await asyncio.sleep(2)
            await press(anna, keys, 0.5)
            anna.leaves()
            await here.settled()
        anna = await logged_in(here)
        await press(anna, "01", 0.5)
        await speaking(here)
        await press(anna, "#", 0.2)
        assert here.media.said[-1] == "vm-too-short"
        anna.leaves()

    assert not list(play(story).folder.glob("voicemail/103/greetings/*"))


def test_a_greeting_has_a_minute() -> None:
    """F1-F3: greeting at most 60 s."""

    async def story(here: House) -> None:
        anna = await logged_in(here)
        await press(anna, "01", 0.5)
        await speaking(here)
        await asyncio.sleep(60.5)
        assert here.media.said[-1] == "vm-review"
        anna.leaves()

    play(story)


def test_the_password_is_changed_when_given_twice_and_good() -> None:
    """F3, F4: mismatch, too short, the extension itself and rows are refused; the portal has the same password."""

    async def story(here: House) -> None:
        anna = await logged_in(here)
        await press(anna, "0", 0.5)
        for keys, answer in (("103#", "refused"), ("123456#", "refused"), ("26079#11111#", "mismatch")):
            await press(anna, "5", 0.5) if keys == "103#" else None
            anna.press(keys)
            await asyncio.sleep(0.5)
            assert here.media.said[-1] == f"vm-pin-{answer}"
            await asyncio.sleep(1)
        await press(anna, "5", 0.5)
        anna.press("260791#260791#")
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "vm-pin-changed"
        anna.leaves()
        await here.settled()
        again = await logged_in(here, keys="260791#")
        assert here.media.said[-1].startswith("vm-you-have")
        again.leaves()
        await here.settled()
        owner = here.settings.site.extension("103")
        assert owner is not None and owner.voicemail is not None and owner.voicemail.pin == "260791"
        here.settings.change_extension("103", voicemail=Voicemail(pin="5309"))
        changed = await logged_in(here, keys="5309#")
        assert here.media.said[-1].startswith("vm-you-have")
        changed.leaves()

    play(story)


# -- letters, restarts, lamps -------------------------------------------------------------------------------------

MAIL = SITE.replace('{pin: "8215"}', '{pin: "8215", email: anna@example.test, delete_after_email: true}')


def test_a_message_is_sent_by_mail_and_then_removed_if_that_is_wanted() -> None:
    """F1-F3: WAV attached; option delete after e-mail."""

    async def story(here: House) -> None:
        await leaves_message(here)
        (letter,) = here.post.letters
        assert (letter.to, letter.subject) == ("anna@example.test", "Voice message from Ben 104")
        assert sound_s(Path(letter.attachment)) == pytest.approx(10, abs=0.2)
        assert len(messages(here)) == 1
        here.post.is_sent(letter)
        await asyncio.sleep(0.1)
        assert here.exchange.lamps.messages("103") == Waiting()

    assert messages(play(story, MAIL)) == []


def test_without_a_mail_server_or_an_address_nothing_is_sent() -> None:
    """F1-F3: the message stays."""

    async def story(here: House) -> None:
        here.post.ready = False
        await leaves_message(here)
        await leaves_message(here, box="102")

    here = play(story, MAIL)
    assert here.post.letters == []
    assert len(messages(here)) == 1


def test_messages_and_lamps_are_there_again_after_a_restart() -> None:
    """F1-F3: index and files survive."""

    async def before(here: House) -> None:
        await leaves_message(here)

    async def after(here: House) -> None:
        assert here.exchange.lamps.messages("103") == Waiting(new=1)
        anna = await logged_in(here)
        await press(anna, "1", 1.5)
        assert here.media.said[-1] == "(message)"
        anna.leaves()

    play(after, before=play(before))


def test_a_message_that_a_crash_cut_off_is_recovered_and_an_empty_one_removed() -> None:
    """F1-F3: a partial file is recovered or removed, never a 0-s message; who called is still known."""

    async def before(here: House) -> None:
        await leaves_message(here)

    async def after(here: House) -> None:
        assert here.exchange.lamps.messages("103") == Waiting(new=2)
        assert [one.subject for one in here.post.letters] == ["Voice message from Ben 0307"]

    crashed = play(before)
    folder = crashed.folder / "voicemail" / "103"
    draft = replace(next(iter(crashed.kept["voicemail"].values())), id="20260105100000-cut", number="0307", length_s=0)
    crashed.kept["voicemail"]["103", draft.id] = draft
    crashed.kept["voicemail"]["103", "gone"] = replace(draft, id="gone")
    (folder / f"{draft.id}.part").write_bytes(bytes(44 + 16_000 * 5))
    (folder / "short.part").write_bytes(bytes(44 + 1000))
    (folder / "empty.part").write_bytes(b"")
    assert messages(play(after, MAIL, before=crashed)) == [
        ("104", pytest.approx(10, abs=0.2), False), ("0307", 5.0, False),
    ]  # fmt: skip
    assert len(list(folder.glob("*.wav"))) == 2
    assert not list(folder.glob("*.part"))


def test_a_greeting_that_a_crash_cut_off_leaves_the_old_one() -> None:
    """F3: what was not accepted is gone, what was is still played."""

    async def before(here: House) -> None:
        anna = await logged_in(here)
        await press(anna, "0", 0.5)
        await records(here, anna, "1", 5)
        anna.leaves()

    async def after(here: House) -> None:
        caller = here.dials("104", "*6*103")
        await asyncio.sleep(0.1)
        assert here.media.said[-1] == "unavailable+vm-intro"
        caller.leaves()

    crashed = play(before)
    greetings = crashed.folder / "voicemail" / "103" / "greetings"
    (greetings / "busy.part").write_bytes(bytes(44 + 16_000))
    (greetings / "unavailable.fresh").write_bytes(bytes(44 + 16_000))
    play(after, before=crashed)
    assert [file.name for file in greetings.iterdir()] == ["unavailable.wav"]


def test_a_disk_that_fails_is_said_to_be_full() -> None:
    """F1-F3, S13: leaving a message and recording a greeting end with words, not with silence."""

    async def story(here: House) -> None:
        def fails(_file: Path) -> Recorder:
            raise MediaError("cannot be recorded")

        here.media.recorder = fails  # type: ignore[method-assign]
        here.dials("104", "*6*103")
        await here.settled()
        assert here.media.said[-2:] == ["vm-full", "goodbye"]
        anna = await logged_in(here)
        await press(anna, "01", 0.5)
        await asyncio.sleep(2)
        assert "rec-disk-full" in here.media.said
        await press(anna, "#", 1)

    assert messages(play(story)) == []


def test_messages_are_removed_after_half_a_year() -> None:
    """F1-F3: retention by setting, `retention.voicemail_days`."""

    async def before(here: House) -> None:
        await leaves_message(here)

    async def after(here: House) -> None:
        await asyncio.sleep(1)
        assert here.exchange.lamps.messages("103") == Waiting()

    play(after, before=play(before), clock=VirtualClock(START + timedelta(days=181)))


def test_the_dial_tone_stutters_while_there_are_new_messages() -> None:
    """F1-F3: message waiting on an analog telephone."""

    async def story(here: House) -> None:
        await leaves_message(here, box="102")
        workshop = here.lifts("102")
        await asyncio.sleep(0.5)
        assert workshop.hears == {"stutter"}
        workshop.leaves()

    play(story)


def test_the_lamp_follows_what_is_done_in_the_portal_at_once() -> None:
    """F1: marked as heard, as new again, removed; lamp and dial tone alike."""

    async def story(here: House) -> None:
        await leaves_message(here, box="102")
        boxes = boxes_of(here)

        async def dial_tone() -> set[str]:
            workshop = here.lifts("102")
            await asyncio.sleep(0.5)
            heard = workshop.hears
            workshop.leaves()
            return heard

        (message,) = boxes.messages("102")
        boxes.mark(message, read=True)
        assert here.exchange.lamps.messages("102") == Waiting(new=0, old=1)
        assert await dial_tone() == {"dial"}
        boxes.mark(message, read=False)
        assert here.exchange.lamps.messages("102") == Waiting(new=1)
        assert await dial_tone() == {"stutter"}
        boxes.remove(message)
        assert here.exchange.lamps.messages("102") == Waiting()
        assert await dial_tone() == {"dial"}

    play(story)
