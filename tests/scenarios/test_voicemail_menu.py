"""The owner's menu (F3): told as the people at the telephones notice it."""

import asyncio

import pytest

from firmware.calls.lamps import Waiting
from tests.component.house import House
from tests.component.story import answers
from tests.scenarios.mailbox import boxes_of, leaves_message, logged_in, messages, play, press, speaking


def test_hearing_a_message_puts_the_lamp_out_at_once() -> None:
    """F3: 1 plays the first message: which one, from whom, when, then its sound."""

    async def story(here: House) -> None:
        await leaves_message(here)
        anna = await logged_in(here)
        here.media.said.clear()
        await press(anna, "1")
        await asyncio.sleep(1)
        assert here.media.said[-2:] == [
            "vm-first+vm-message+vm-from-extension+104+vm-received+01-05+10:00", "(message)",
        ]  # fmt: skip
        assert here.exchange.lamps.messages("103") == Waiting(new=0, old=1)
        await asyncio.sleep(10)
        assert here.media.said[-1] == "vm-message-menu"
        anna.leaves()

    assert messages(play(story))[0][2] is True


def test_previous_repeat_next() -> None:
    """F3: 4, 5, 6; nothing before the first and after the last."""

    async def story(here: House) -> None:
        for _ in range(3):
            await leaves_message(here)
        anna = await logged_in(here)
        for key, expected in ("1", "first"), ("6", "vm-message+2"), ("5", "vm-message+2"), ("6", "last"), ("4", "+2"):
            here.media.said.clear()
            await press(anna, key)
            assert expected in here.media.said[0], key
            await asyncio.sleep(1)
        for key in "44":
            here.media.said.clear()
            await press(anna, key, 1.2)
        assert here.media.said[0] == "vm-no-more"
        anna.leaves()

    play(story)


def test_a_message_is_wound_while_it_plays() -> None:
    """F3: `#` three seconds on, `*` three seconds back."""

    async def story(here: House) -> None:
        await leaves_message(here, 20)
        anna = await logged_in(here)
        await press(anna, "1", 1.6)
        assert anna.hears == {"(message)"}
        await press(anna, "######", 0.01)
        await asyncio.sleep(2)
        assert anna.hears == {"vm-message-menu"}
        await press(anna, "5", 6.5)
        await press(anna, "*", 16.5)
        assert anna.hears == {"(message)"}
        await asyncio.sleep(2)
        assert anna.hears == {"vm-message-menu"}
        anna.leaves()

    play(story)


def test_a_deleted_message_can_be_brought_back_until_the_end_of_the_visit() -> None:
    """F3: 7 deletes, and undeletes."""

    async def story(here: House) -> None:
        for _ in range(2):
            await leaves_message(here)
        anna = await logged_in(here)
        await press(anna, "1", 1.5)
        await press(anna, "7", 1.2)
        assert here.media.said[-2] == "vm-deleted"
        await press(anna, "7", 1.2)
        assert here.media.said[-2] == "vm-undeleted"
        await press(anna, "6", 1.5)
        await press(anna, "7", 1.2)
        anna.leaves()
        await here.settled()
        assert len(messages(here)) == 1
        assert here.exchange.lamps.messages("103") == Waiting(new=0, old=1)

    assert len(list(play(story).folder.glob("voicemail/103/*.wav"))) == 1


def test_a_message_that_is_removed_in_the_portal_while_it_plays() -> None:
    """F1-F3: the sound plays on, then it is gone for every key."""

    async def story(here: House) -> None:
        for _ in range(2):
            await leaves_message(here)
        anna = await logged_in(here)
        await press(anna, "1", 1.5)
        boxes = boxes_of(here)
        boxes.remove(boxes.messages("103")[0])
        await asyncio.sleep(0.1)
        for key in "789":
            await press(anna, key, 1.2)
            assert here.media.said[-2] == "vm-no-more"
        await press(anna, "3", 1.2)
        assert here.media.said[-2] == "vm-no-more"
        await press(anna, "4", 1.2)
        assert here.media.said[-2] == "vm-no-more"
        await press(anna, "6", 1.5)
        assert here.media.said[-1] == "(message)"
        anna.press("7")
        await asyncio.sleep(0.1)
        boxes.remove(boxes.messages("103")[0])
        anna.leaves()
        await asyncio.sleep(0.1)
        assert here.exchange.lamps.messages("103") == Waiting()

    assert messages(play(story)) == []


def test_folders_save_and_help() -> None:
    """F3: 2 changes the folder, 9 saves, `*` helps, `#` ends."""

    async def story(here: House) -> None:
        for _ in range(2):
            await leaves_message(here)
        anna = await logged_in(here)
        await press(anna, "9", 0.5)  # nothing was heard that could be saved
        assert here.media.said[-1] == "vm-menu"
        await press(anna, "1", 1.5)
        await press(anna, "9", 1.2)
        assert "vm-message+vm-saved" in here.media.said
        await press(anna, "2", 0.5)
        assert here.media.said[-1] == "vm-folder-menu"
        await press(anna, "1", 0.5)
        assert here.media.said[-1] == "vm-you-have+1+vm-new+vm-message+and+1+vm-old+vm-message"
        await press(anna, "1", 1.5)
        assert here.media.said[-1] == "(message)"
        await press(anna, "6", 1.2)  # the other one is not in this folder
        assert "vm-no-more" in here.media.said
        await press(anna, "*", 0.5)
        assert here.media.said[-1] == "vm-help"
        anna.press("#")
        await here.settled()
        assert here.media.said[-1] == "goodbye"

    here = play(story)
    assert [one.saved for one in sorted(here.kept["voicemail"].values(), key=lambda one: one.at)] == [True, False]


def test_a_message_is_forwarded() -> None:
    """F3: 8 and an extension with a mailbox; not the own one, not an unknown one, not a code."""

    async def story(here: House) -> None:
        await leaves_message(here)
        anna = await logged_in(here)
        await press(anna, "1", 1.5)
        for wrong in ("103#", "777#", "*60#", "#", "105#"):
            await press(anna, "8", 0.5)
            anna.press(wrong)
            await asyncio.sleep(0.5)
            assert here.media.said[-1] == "invalid", wrong
        await asyncio.sleep(1)
        await press(anna, "8", 0.5)
        anna.press("102#")
        await asyncio.sleep(1)
        assert "vm-forwarded" in here.media.said
        assert here.exchange.lamps.messages("102") == Waiting(new=1)
        await press(anna, "7", 1.2)
        anna.leaves()

    here = play(story)
    assert messages(here) == []
    assert messages(here, "102") == [("104", pytest.approx(10, abs=0.2), False)]
    assert len(list(here.folder.glob("voicemail/102/*.wav"))) == 1


def test_envelope_and_reply() -> None:
    """F3: 3 3 tells who and when, 3 1 leaves a message in the caller's mailbox."""

    async def story(here: House) -> None:
        await leaves_message(here, 100, caller="102")
        await leaves_message(here, 10, caller="104")
        anna = await logged_in(here)
        await press(anna, "1", 1.5)
        await press(anna, "33", 0.5)
        assert "vm-from-extension+102" in here.media.said[-1]
        assert here.media.said[-1].endswith("vm-duration+2+vm-minutes")
        await asyncio.sleep(1)
        await press(anna, "31", 0.1)
        await speaking(here)
        await asyncio.sleep(5)
        await press(anna, "#", 1.2)
        assert "vm-message-saved" in here.media.said
        assert here.exchange.lamps.messages("102") == Waiting(new=1)
        await press(anna, "6", 1.5)
        await press(anna, "31", 0.5)
        assert here.media.said[-1] == "vm-off"  # Ben has no mailbox
        anna.leaves()

    assert messages(play(story), "102") == [("103", pytest.approx(5, abs=0.2), False)]


def test_call_back_reaches_extensions_from_the_own_telephone_and_nobody_else() -> None:
    """F1-F3: no dial-out from voicemail (toll fraud)."""

    async def story(here: House) -> None:
        await leaves_message(here, caller="104")
        outside = here.outside_calls("line1", "0301234")
        await speaking(here)
        await asyncio.sleep(5)
        outside.leaves()
        await asyncio.sleep(0.1)
        stranger = await logged_in(here, "102", "*60", "103#8215#")
        await press(stranger, "132", 1.5)
        assert "not-allowed" in here.media.said
        stranger.leaves()
        here.rung.clear()
        anna = await logged_in(here)
        here.media.said.clear()
        await press(anna, "21", 0.5)  # the folder of old messages
        await press(anna, "1", 1.5)
        await press(anna, "32", 0.5)
        ben = await answers(here, "104")
        assert anna.hears == {"104"}
        ben.leaves()
        await here.settled()
        assert here.records[-1].final_callee == "104"
        again = await logged_in(here)
        await press(again, "1", 1.5)
        await press(again, "32", 0.5)
        assert here.media.said[-1] == "not-allowed"
        assert "line1" not in here.rung
        again.leaves()

    play(story)


def test_neither_a_forward_nor_a_reply_goes_into_a_full_mailbox() -> None:
    """F3: mailbox full; the message stays where it is."""

    async def story(here: House) -> None:
        await leaves_message(here, caller="102")
        anna = await logged_in(here)
        await press(anna, "1", 1.5)
        boxes_of(here).quota_bytes = 16_000 * 20
        await press(anna, "8", 0.5)
        anna.press("102#")
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "vm-full"
        await asyncio.sleep(1)
        await press(anna, "31", 0.5)
        assert here.media.said[-1] == "vm-full"
        anna.leaves()

    here = play(story)
    assert len(messages(here)) == 1
    assert messages(here, "102") == []
