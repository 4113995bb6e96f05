"""Voicemail, recording and wake-up calls on a whole box, on copper telephones and lines, heard by their audio."""

import io
import os
import signal
import sys
import time
import wave
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from firmware.media.prompts import Prompts
from firmware.store.history import History, Query
from tests.system.box import Box, End, has_tone, read_wav, says
from tests.system.mail_server import MailServer
from tests.system.rtp import Audio, Samples, strength
from tests.system.sipclient import Dialog, Phone, Wire

MAIL = MailServer()
SITE = f"""
version: 1
site: {{name: Test, country: DE, language: en, timezone: Europe/Berlin}}
mail: {{host: 127.0.0.1, port: {MAIL.port}, tls: none, sender: box@example.test}}
recording: {{announce: never}}
extensions:
  - number: "101"
    name: Reception
    port: fxs1
    ring_s: 5
    voicemail: {{pin: "8215", email: reception@example.test}}
  - {{number: "102", name: Workshop, port: fxs2}}
  - {{number: "103", name: Anna, sip: {{secret: anna-secret-103}}}}
trunks:
  - {{name: line1, type: fxo, port: fxo1}}
inbound:
  - {{trunk: line1, to: "101"}}
emergency: {{trunks: [line1]}}
limits: {{sources: [{{name: tests, network: 127.0.0.0/8, per_s: 1000}}]}}
"""
PROMPTS = Prompts(Path(sys.prefix) / "share" / "fxbox" / "prompts")
BEEP_HZ = 1000


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("voicemail"), SITE) as running:
        yield running


@pytest.fixture(autouse=True)
def put_back(box: Box) -> Iterator[None]:
    yield
    for name in ("fxs1", "fxs2"):
        box.end(name).do("hang-up")
    box.until(lambda: all(line["state"] == "Ready" for line in box.status()["lines"]))


def dial(phone: End, digits: str) -> None:
    phone.do("lift")
    time.sleep(0.5)
    phone.do("dial", digits=digits)


def phrase(*ids: str) -> list[Path]:
    return [file for id in ids for file in PROMPTS.phrase("en", id)]


def leave_message(box: Box, freq_hz: float, seconds: float) -> Samples:
    """102 speaks a tone into the mailbox of 101 and hangs up. Returns what was heard before."""
    workshop = box.end("fxs2")
    dial(workshop, "*6*101#")
    time.sleep(1)
    heard = workshop.hears_after("#", 1.5)  # past the greeting
    workshop.begin_to_say(freq_hz, seconds)
    workshop.finish()
    workshop.do("hang-up")
    return heard


def middle(sound: Samples) -> Samples:
    return sound[len(sound) * 2 // 5 : len(sound) * 3 // 5]


def sounds_somewhere(sound: Samples, freq_hz: float, seconds: float = 1.0) -> bool:
    size = round(seconds * 8000)
    return any(has_tone(sound[at : at + size], freq_hz) for at in range(0, len(sound) - size, size // 2))


def messages(box: Box) -> list[Path]:
    return sorted((box.data / "media" / "voicemail" / "101").glob("*.wav"))


def test_a_message_is_left_lights_the_lamp_is_heard_and_deleted(box: Box) -> None:
    """F2-F4: greeting, beep, message with the content that was said; stutter tone; `*61`, 1, 7."""
    workshop = box.end("fxs2")
    workshop.do("lift")
    greeting = phrase("vm-the-person", "n-1", "n-0", "n-1", "vm-unavailable", "vm-intro")
    assert says(workshop.hears_after("*6*101#", 14), greeting)
    workshop.do("hang-up")
    heard = leave_message(box, 700, 5)
    assert sounds_somewhere(heard, BEEP_HZ, 0.1)
    box.until(lambda: len(messages(box)) == 1)
    sound = read_wav(messages(box)[0])
    assert 5 < len(sound) / 8000 < 9
    assert has_tone(middle(sound), 700)
    reception = box.end("fxs1")
    reception.do("lift")
    assert has_tone(reception.hears(1)[1600:], 425, 400)  # Germany's special dial tone
    assert says(reception.hears_after("*61#", 4), phrase("vm-enter-pin"))
    assert says(reception.hears_after("8215#", 6), phrase("vm-you-have", "n-1", "vm-new", "vm-message"))
    assert sounds_somewhere(reception.hears_after("1", 20), 700)
    assert says(reception.hears_after("7", 3), phrase("vm-deleted"))
    reception.do("hang-up")
    box.until(lambda: messages(box) == [])


def test_a_message_is_mailed_when_the_server_is_back(box: Box) -> None:
    """F4: e-mail with the WAV through a queue that survives a down server."""
    before = len(MAIL.letters)
    leave_message(box, 900, 4)
    box.until(lambda: "is tried again" in (box.data / "log" / "core.log").read_text())
    MAIL.open()
    try:
        box.until(lambda: len(MAIL.letters) > before, within_s=90)
    finally:
        MAIL.close()
    letter = MAIL.letters[-1]
    assert letter["To"] == "reception@example.test"
    (attached,) = letter.iter_attachments()
    with wave.open(io.BytesIO(attached.get_content())) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    assert has_tone(middle(samples), 900)


def test_an_ip_phone_leaves_a_message_and_hears_it(box: Box) -> None:
    """F1: `*60#` with its `#`, as some telephones send it; keys by RFC 4733."""
    anna, before = Phone(Wire(box.sip), "103", "anna-secret-103"), len(messages(box))
    assert anna.register().status == 200
    with Audio(1300) as audio:
        dialog = called(anna, "*6*101", audio)
        time.sleep(1)
        audio.press("#")
        time.sleep(6)
        anna.bye(dialog)
    box.until(lambda: len(messages(box)) > before)
    assert has_tone(middle(read_wav(messages(box)[-1])), 1300)
    with Audio(0) as audio:
        dialog = called(anna, "*60%23", audio)
        time.sleep(1.5)
        audio.press("101#8215#")
        time.sleep(5)
        assert says(audio.heard(), phrase("vm-you-have"))
        audio.press("1")
        time.sleep(20)
        assert any(sounds_somewhere(audio.heard(), freq_hz) for freq_hz in (700, 900, 1300))
        audio.press("7")
        time.sleep(1)
        anna.bye(dialog)
    box.until(lambda: len(messages(box)) == before)
    anna.register(0)
    anna.wire.close()


@pytest.mark.parametrize("number", ["*60", "*60#", "*60%23"])
def test_a_hash_after_the_code_is_no_answer_to_what_it_asks(box: Box, number: str) -> None:
    """F1: whatever the telephone sends of `*60#`, and whether it comes as a key too."""
    anna = Phone(Wire(box.sip), "103", "anna-secret-103")
    assert anna.register().status == 200
    with Audio(0) as audio:
        dialog = called(anna, number, audio)
        time.sleep(0.7)
        audio.press("#")
        time.sleep(1)
        audio.press("101#8215#")
        time.sleep(4)
        assert says(audio.heard(), phrase("vm-you-have"))
        anna.bye(dialog)
    anna.register(0)
    anna.wire.close()


def called(phone: Phone, number: str, audio: Audio) -> Dialog:
    dialog = phone.invite(number, audio.port)
    assert dialog.answer is not None and dialog.answer.status == 200
    audio.connect(dialog.answer.body)
    return dialog


def test_the_busy_tone_of_the_exchange_is_not_in_the_message(box: Box) -> None:
    """F4: FXO caller hangs up: trailing busy tone cut."""
    line, before = box.end("fxo1"), len(messages(box))
    line.do("ring", **{"from": "03012345"})
    box.until(lambda: box.end("fxo1", hand=2).state()["state"] == "seized", within_s=30)
    time.sleep(14)  # greeting and tone
    line.begin_to_say(600, 5)
    line.finish()
    line.do("hang-up", by="busy")
    box.until(lambda: len(messages(box)) > before, within_s=20)
    sound = read_wav(messages(box)[-1])
    assert strength(sound[8000 : 5 * 8000], 600) > 0.5
    assert not sounds_somewhere(sound, 425, 0.3)


def test_a_recording_has_both_sides_and_stands_in_the_call_record(box: Box) -> None:
    """F43: `*1` twice."""
    reception, workshop = box.end("fxs1"), box.end("fxs2")
    dial(workshop, "101")
    reception.until(ringing=True)
    reception.do("lift")
    time.sleep(1)
    reception.do("dial", digits="*1")
    time.sleep(1.5)
    reception.begin_to_say(500, 4)
    workshop.begin_to_say(1200, 4)
    reception.finish()
    workshop.finish()
    assert says(reception.hears_after("*1", 4), phrase("rec-off"))
    workshop.do("hang-up")
    files = box.data / "media" / "recordings"
    box.until(lambda: list(files.glob("*/*.wav")))
    (file,) = files.glob("*/*.wav")
    sound = read_wav(file)
    middle = sound[len(sound) // 3 : len(sound) // 3 + 8000]
    assert strength(middle, 500) > 0.2 and strength(middle, 1200) > 0.2
    history = History(box.data)
    try:
        box.until(lambda: any(one.recording for one in history.find_now(Query())))
        assert [one.recording for one in history.find_now(Query()) if one.recording] == [str(file.relative_to(files))]
    finally:
        history.close()


def test_a_message_survives_the_death_of_the_core(box: Box) -> None:
    """F4: power loss while recording: the partial file is recovered."""
    before = len(messages(box))
    workshop = box.end("fxs2")
    dial(workshop, "*6*101#")
    time.sleep(1)
    workshop.do("dial", digits="#")
    time.sleep(1)
    workshop.begin_to_say(800, 6)
    time.sleep(5)
    shown = len(box.log.read_text())
    os.kill(box.core_pid(), signal.SIGKILL)
    box.wait_for("core is back", shown)
    box.until(lambda: len(messages(box)) > before)
    sound = read_wav(messages(box)[-1])
    assert 3 < len(sound) / 8000 < 7
    assert has_tone(middle(sound), 800)
    assert not list((box.data / "media" / "voicemail").glob("**/*.part"))
    workshop.finish()


def test_a_wake_up_call_comes(box: Box) -> None:
    """F31: `*55*HHMM`, read back; at that minute the telephone rings and the time is said."""
    zone = ZoneInfo("Europe/Berlin")
    at = datetime.now(zone) + timedelta(seconds=70)  # the next minute, and time enough to dial
    reception = box.end("fxs1")
    reception.do("lift")
    assert says(reception.hears_after(f"*55*{at:%H%M}#", 6), phrase("wake-set-for"))
    reception.do("hang-up")
    box.until(lambda: reception.state()["ringing"], within_s=80)
    assert datetime.now(zone).strftime("%H%M") == f"{at:%H%M}"
    reception.do("lift")
    assert says(reception.hears(8), [*phrase("wake-this-is"), *PROMPTS.time("en", at.time())])
