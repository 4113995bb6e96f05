"""Hook flash, call waiting and the message lamp on a whole box: heard on copper telephones by their audio."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.system.box import Box, End, has_tone, read_wav
from tests.system.rtp import strength

SITE = """
version: 1
site: {name: Test, country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Store, port: fxs3}
  - {number: "104", name: Office, port: fxs4, ring_s: 5, voicemail: {pin: "8215"}}
"""
NAMES = ("fxs1", "fxs2", "fxs3", "fxs4")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("flash"), SITE) as running:
        yield running


@pytest.fixture(autouse=True)
def put_back(box: Box) -> Iterator[None]:
    yield
    for name in NAMES:
        box.end(name).do("hang-up")
    box.until(lambda: all(line["state"] == "Ready" for line in box.status()["lines"]), 30)


def lift_and_dial(phone: End, digits: str) -> None:
    phone.do("lift")
    time.sleep(0.5)
    phone.do("dial", digits=digits)


def talking(box: Box) -> tuple[End, End]:
    """The workshop has called the reception."""
    reception, workshop = box.end("fxs1"), box.end("fxs2")
    lift_and_dial(workshop, "101")
    reception.until(ringing=True)
    reception.do("lift")
    time.sleep(0.5)
    return reception, workshop


def heard_by(box: Box, name: str, speaker: End, freq_hz: float) -> float:
    """How much of what a telephone hears is the tone that somebody says into another."""
    speaker.begin_to_say(freq_hz, 1.5)
    time.sleep(0.5)
    found = strength(box.end(name, 2).hears(0.6), freq_hz)
    speaker.finish()
    return found


def test_consult_three_way_and_leave(box: Box) -> None:
    """H2, H3, H5: music for who is held, all three hear each other, and the two who are left talk on."""
    reception, workshop = talking(box)
    store = box.end("fxs3")
    reception.do("flash")
    time.sleep(1.5)
    assert has_tone(reception.hears(0.5), 425)
    music = workshop.hears(1)
    assert float(np.abs(music.astype(float)).mean()) > 50
    assert strength(music, 425) < 0.5
    reception.do("dial", digits="103")
    store.until(ringing=True)
    store.do("lift")
    time.sleep(0.5)
    assert heard_by(box, "fxs3", reception, 700) > 0.8
    reception.do("flash")
    time.sleep(0.7)
    assert heard_by(box, "fxs2", store, 900) > 0.8
    assert heard_by(box, "fxs1", store, 900) > 0.8
    assert heard_by(box, "fxs3", workshop, 1100) > 0.8
    reception.do("hang-up")
    time.sleep(2)
    assert heard_by(box, "fxs2", store, 900) > 0.8


def test_a_waiting_call_is_heard_and_taken(box: Box) -> None:
    """H6: the beep, then the new caller, while the first one hears music."""
    reception, workshop = talking(box)
    store = box.end("fxs3")
    ear = box.end("fxs1", 2)
    ear.begin("record", file=str(box.folder / "beep.wav"), seconds=3)
    lift_and_dial(store, "101")
    ear.finish()
    heard = read_wav(box.folder / "beep.wav")
    assert max(strength(heard[at : at + 800], 425) for at in range(0, len(heard) - 800, 400)) > 0.8
    reception.do("flash")
    time.sleep(0.7)
    assert heard_by(box, "fxs1", store, 900) > 0.8
    assert heard_by(box, "fxs1", workshop, 1100) < 0.2
    reception.do("flash")
    time.sleep(0.7)
    assert heard_by(box, "fxs1", workshop, 1100) > 0.8


def test_the_display_shows_who_waits_during_the_call(box: Box) -> None:
    """H6, type 2: the alerting signal, the telephone's key and the number go over the line's audio."""
    reception, workshop = talking(box)
    lift_and_dial(box.end("fxs3"), "101")
    reception.until(caller={"number": "103", "name": "Store"})
    time.sleep(0.5)
    assert heard_by(box, "fxs1", workshop, 1100) > 0.8
    assert heard_by(box, "fxs2", reception, 900) > 0.8


def test_a_message_lights_the_lamp_of_a_copper_telephone(box: Box) -> None:
    """F4: by FSK, read from the line's audio by the telephone."""
    workshop, office = box.end("fxs2"), box.end("fxs4")
    lift_and_dial(workshop, "104")
    office.until(ringing=True)
    office.until(ringing=False)
    time.sleep(12)  # the greeting and its beep
    workshop.begin_to_say(700, 5)
    workshop.finish()
    workshop.do("hang-up")
    office.until(message_lamp=True)
    office.do("lift")
    time.sleep(0.3)
    assert strength(office.hears(1), 425) < 0.95  # it stutters
