"""Leaving messages (F4): told as the people at the telephones notice it."""

import asyncio
import random

import pytest

from firmware.calls.lamps import Waiting
from firmware.calls.leg import Cause
from firmware.media import ProgressTone, Silence
from firmware.store.sound import sound_s
from tests.component.house import House
from tests.component.story import answers
from tests.scenarios.mailbox import GREETING, SITE, boxes_of, leaves_message, logged_in, messages, play, press, speaking


def test_a_caller_leaves_a_message_and_the_lamp_is_lit() -> None:
    """F1-F3: nobody answers: greeting, tone, recording; the record names the mailbox."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        await speaking(here)
        assert here.media.said == [GREETING, "beep"]
        await asyncio.sleep(10)
        ben.leaves()
        await asyncio.sleep(0.1)
        assert here.exchange.lamps.messages("103") == Waiting(new=1, old=0)

    here = play(story)
    assert messages(here) == [("104", pytest.approx(10, abs=0.2), False)]
    assert (here.records[0].call_to, here.records[0].final_callee) == ("103", "vm-103")
    assert "message of 10 s" not in here.records[0].trace.as_text()  # the caller left first
    (file,) = here.folder.glob("voicemail/103/*.wav")
    assert sound_s(file) == pytest.approx(10, abs=0.2)


def test_a_message_under_three_seconds_is_dropped() -> None:
    """F1-F3: the shortest message has 3 s; nothing of a shorter one stays."""
    here = play(lambda here: leaves_message(here, 2))
    assert messages(here) == []
    assert not list(here.folder.glob("voicemail/103/*"))


def test_hash_skips_the_greeting_and_ends_the_message() -> None:
    """F1-F3: `#` ends."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*6*103")
        await asyncio.sleep(0.2)
        ben.press("#")
        await asyncio.sleep(1.3)
        assert here.media.tapes
        await asyncio.sleep(5)
        ben.press("#")
        await here.settled()
        assert here.media.said[-2:] == ["vm-message-saved", "goodbye"]

    assert messages(play(story)) == [("104", pytest.approx(5.2, abs=0.2), False)]


def test_other_keys_do_not_disturb_the_greeting() -> None:
    """F1-F3: only `#`, `*` and `0` mean something there."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*6*103")
        await asyncio.sleep(0.2)
        ben.press("57")
        await asyncio.sleep(0.5)
        assert ben.hears == {GREETING}
        ben.leaves()

    play(story)


def test_a_message_ends_after_ten_seconds_of_silence_which_are_cut_off() -> None:
    """F1-F3: silence end 10 s."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*6*103")
        await speaking(here)
        await asyncio.sleep(20)
        ben.sounds(Silence(True))
        await here.settled()

    assert messages(play(story)) == [("104", pytest.approx(20 - 10 + 0.5, abs=0.2), False)]


def test_silence_alone_is_no_message() -> None:
    """F1-F3: nothing but silence is shorter than 3 s."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*6*103")
        await speaking(here)
        await asyncio.sleep(10)
        ben.sounds(Silence(True))
        await here.settled()
        assert "vm-too-short" in here.media.said

    assert messages(play(story)) == []


def test_a_caller_who_says_nothing_leaves_nothing() -> None:
    """F1-F3: neither by hanging up nor by `#`."""

    async def story(here: House) -> None:
        for key in ("", "#"):
            ben = here.dials("104", "*6*103")
            await asyncio.sleep(0.5)
            here.media.speechless.add(ben.slot)
            await speaking(here)
            await asyncio.sleep(8)
            ben.press(key)
            await asyncio.sleep(0.5)
            ben.leaves()
            await here.settled()
        assert here.media.said[-1] == "vm-too-short"

    assert messages(play(story)) == []


def test_a_message_ends_after_three_minutes() -> None:
    """F1-F3: at most 180 s."""

    async def story(here: House) -> None:
        here.dials("104", "*6*103")
        await speaking(here)
        await here.settled()

    assert messages(play(story)) == [("104", pytest.approx(180, abs=0.2), False)]


def test_the_busy_tone_of_a_line_is_cut_off() -> None:
    """F1-F3: an outside caller who hangs up is heard no further than the last word."""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234")
        await speaking(here)
        await asyncio.sleep(10)
        caller.sounds(ProgressTone("busy"))
        await here.settled()

    busy_s = 3 * 0.96 + 0.48
    assert messages(play(story)) == [("0301234", pytest.approx(10 - busy_s, abs=0.2), False)]


def test_the_busy_tone_by_which_a_line_ends_its_call_is_cut_off_too() -> None:
    """F1-F3: the line itself notices the tone, and hangs up."""

    async def story(here: House) -> None:
        caller = here.outside_calls("line1", "0301234")
        await speaking(here)
        await asyncio.sleep(10)
        caller.signals.tone_s = 3.4
        caller.leaves()
        await here.settled()
        await asyncio.sleep(1)

    assert messages(play(story)) == [("0301234", pytest.approx(6.7, abs=0.2), False)]


def test_a_mailbox_that_is_off_says_so() -> None:
    """F1-F3: no mailbox, or a disabled one."""

    async def story(here: House) -> None:
        for number in ("*6*105", "*6*104", "*6*999"):
            here.dials("103", number)
            await here.settled()
        for extension in ("105", "104"):
            here.dials(extension, "*61")
            await here.settled()
        assert here.media.said == ["vm-off"] * 5

    play(story)


def test_a_busy_extension_is_said_to_be_on_the_phone() -> None:
    """F1-F3: busy and unavailable greetings."""

    async def story(here: House) -> None:
        ben = here.dials("104", "103")
        anna = await here.telephone("103")
        anna.leaves(Cause.BUSY)
        await asyncio.sleep(0.5)
        assert here.media.said == ["vm-the-person+103+vm-on-phone+vm-intro"]
        ben.leaves()

    play(story)


def test_zero_leads_to_the_operator_and_star_lets_the_owner_in() -> None:
    """F1-F3: keys during the greeting."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*6*103")
        await asyncio.sleep(0.5)
        ben.press("0")
        reception = await answers(here, "101")
        assert ben.hears == {"101"}
        reception.leaves()
        await here.settled()
        assert here.records[-1].final_callee == "101"
        outside = here.outside_calls("line1", "0301234")
        await here.telephone("103")
        await asyncio.sleep(20.5)
        outside.press("*8215#")
        await asyncio.sleep(0.5)
        assert here.media.said[-1].startswith("vm-you-have")
        outside.leaves()

    play(story)


def test_an_operator_who_does_not_answer_leaves_the_caller_to_the_mailbox() -> None:
    """F1-F3: the caller of `0` is not lost."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*6*103")
        await asyncio.sleep(0.5)
        ben.press("0")
        await here.telephone("101")
        await asyncio.sleep(30)
        await speaking(here)
        await asyncio.sleep(4)
        ben.leaves()

    assert len(messages(play(story))) == 1


def test_a_mailbox_takes_a_hundred_messages() -> None:
    """F1-F3: 100 messages in a mailbox, then it is full."""

    async def story(here: House) -> None:
        for _ in range(100):
            await leaves_message(here, 3)
        here.media.said.clear()
        here.dials("104", "*6*103")
        await here.settled()
        assert here.media.said == ["vm-the-person+103+vm-unavailable+vm-full", "goodbye"]

    assert len(messages(play(story))) == 100


def test_the_oldest_heard_message_of_all_mailboxes_makes_room() -> None:
    """F1-F3: flash quota; new messages are never removed for others: then the mailbox is full."""

    async def story(here: House) -> None:
        await leaves_message(here, 100, box="102")
        await leaves_message(here, 100)
        boxes = boxes_of(here)
        boxes.mark(boxes.messages("102")[0], read=True)
        boxes.quota_bytes = 16_000 * (180 + 110)
        await leaves_message(here, 5)
        assert messages(here, "102") == []
        assert len(messages(here)) == 2
        boxes.quota_bytes = 16_000 * 180
        here.media.said.clear()
        here.dials("104", "*6*103")
        await here.settled()
        assert here.media.said == ["vm-the-person+103+vm-unavailable+vm-full", "goodbye"]

    assert len(messages(play(story))) == 2


@pytest.mark.parametrize("seed", range(40))
def test_whenever_somebody_hangs_up_nothing_is_left_over(seed: int) -> None:
    """F1-F3: hang-up at any moment of leaving, hearing, recording: no sound, file in the making or task stays."""
    chance = random.Random(seed)

    async def story(here: House) -> None:
        for _ in range(6):
            caller = here.dials("104", chance.choice(("103", "*6*103")))
            keys = chance.choice(("", "#", "##", "0", "*8215#1", "*8215#01", "5", "###"))
            await asyncio.sleep(chance.uniform(0, 26))
            await press(caller, keys, chance.choice((0.0, 0.3, 1.1)))
            await asyncio.sleep(chance.uniform(0, 8))
            caller.leaves()
            owner = await logged_in(here)
            for key in chance.choices("123456789*0#", k=8):
                await press(owner, key, chance.choice((0.0, 0.2, 1.4)))
            await asyncio.sleep(chance.uniform(0, 3))
            owner.leaves()
        await here.settled()

    here = play(story)
    assert not list(here.folder.glob("voicemail/**/*.part"))
    assert not list(here.folder.glob("voicemail/**/*.fresh"))
    assert all(one.length_s >= 3 for one in here.kept["voicemail"].values())


def test_without_an_operator_zero_does_not_disturb_the_greeting() -> None:
    """F1-F3: nobody to lead the caller to."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*6*103")
        await asyncio.sleep(0.2)
        ben.press("0")
        await asyncio.sleep(0.3)
        assert ben.hears == {GREETING}
        ben.leaves()
        await here.settled()
        assert "101" not in here.rung

    play(story, SITE.replace('numbering: {operator: "101"}\n', ""))
