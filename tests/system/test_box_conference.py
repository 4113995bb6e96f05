"""Conferences of analog telephones, IP telephones and an outside line: what is heard and recorded, and who goes."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.system.box import Box, has_tone, read_wav, says
from tests.system.rtp import PCMA, PCMU, Audio, strength
from tests.system.services import ANNA_HZ, BEN_HZ, connected, dials, phrases, put_back
from tests.system.sipclient import Phone, Wire

SITE = """
version: 1
site: {name: Test, country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
trunks: [{name: line1, type: fxo, port: fxo1}]
inbound: [{trunk: line1, to: room/91}]
rooms: [{number: "90"}, {number: "91", record: true}]
limits: {sources: [{name: tests, network: 127.0.0.0/8, per_s: 1000}]}
"""
TALK_HZ, BUSY_HZ = 700, 425
SECRETS = {"103": "anna-secret-103", "104": "ben-secret-104"}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def test_a_recorded_conference_that_an_outside_line_leaves(box: Box) -> None:
    """F26 F43 H7: everybody hears who speaks; a busy tone in company is the line's own, so it goes"""
    reception, workshop, line = box.end("fxs1"), box.end("fxs2"), box.end("fxo1")
    line.do("ring", number="0301234567")
    line.until(phase="talking")
    for telephone in (reception, workshop):
        dials(telephone, "91")
    box.until(lambda: len(box.status()["calls"]) == 3)
    time.sleep(8)  # announcements and beeps
    reception.begin_to_say(TALK_HZ, 4)
    time.sleep(0.5)
    assert has_tone(workshop.hears(1), TALK_HZ)
    assert has_tone(line.hears(1), TALK_HZ)
    reception.finish()
    time.sleep(1.5)  # until the gates have closed
    assert not workshop.hears(0.5).any()
    line.do("hang-up", by="busy")
    time.sleep(1)
    assert strength(workshop.hears(2), BUSY_HZ) > 0.3
    box.until(lambda: len(box.status()["calls"]) == 2, 20)
    time.sleep(1.5)
    assert not has_tone(workshop.hears(1.5), BUSY_HZ)
    reception.do("hang-up")
    put_back(box, workshop)
    box.until(lambda: len(list((box.data / "media/recordings").glob("*/*room-91-*.wav"))) == 1)
    (file,) = (box.data / "media/recordings").glob("*/*.wav")
    heard = read_wav(file)
    spoken = [has_tone(part, TALK_HZ) for part in np.array_split(heard, len(heard) // 4000)]
    assert 5 <= sum(spoken) <= 9  # four seconds in halves


def test_who_comes_into_a_recorded_conference_is_told(box: Box) -> None:
    """F43: in words, before being heard"""
    reception = box.end("fxs1")
    dials(reception, "91")
    heard = reception.hears(9)
    put_back(box, reception)
    assert says(heard, phrases("conf-only-person", "conf-recorded"))


def test_telephones_of_different_codecs_hear_each_other(box: Box) -> None:
    """F26: A-law, µ-law and copper in one room"""
    workshop = box.end("fxs2")
    anna, ben = [Phone(Wire(box.sip), number, secret) for number, secret in SECRETS.items()]
    anna.codecs, ben.codecs = f"{PCMA}", f"{PCMU}"
    with Audio(ANNA_HZ, law=PCMA) as annas, Audio(BEN_HZ, law=PCMU) as bens:
        calls = []
        for phone, audio in ((anna, annas), (ben, bens)):
            calls.append(phone.invite("90", audio.port))
            connected(calls[-1], audio)
        dials(workshop, "90#")
        time.sleep(7)  # who is there, and the beeps
        workshop.begin_to_say(TALK_HZ, 3)
        time.sleep(1)
        for heard, others in (
            (annas.heard(1), (BEN_HZ, TALK_HZ)),
            (bens.heard(1), (ANNA_HZ, TALK_HZ)),
            (box.end("fxs2", 2).hears(1), (ANNA_HZ, BEN_HZ)),
        ):
            assert all(strength(heard, freq_hz) > 0.2 for freq_hz in others)
        workshop.finish()
        for phone, dialog in zip((anna, ben), calls, strict=True):
            phone.bye(dialog)
    put_back(box, workshop)
    for phone in (anna, ben):
        phone.wire.close()
