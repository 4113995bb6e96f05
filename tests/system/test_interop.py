"""IP phones that move, are silent, ring with audio, or press keys; and who else is not heard in their calls."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import yaml

from tests.system.box import Box, End, has_tone
from tests.system.negotiation import change, progress
from tests.system.rtp import Audio, Samples, strength
from tests.system.services import ANNA_HZ, Calling, connected, dials, put_back
from tests.system.sipclient import Dialog, Phone

SITE = """
version: 1
site: {name: Test, country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "144", name: Hall}
limits: {sources: [{name: tests, network: 127.0.0.0/8, per_s: 1000}]}
"""
RECEPTION_HZ, MOVED_HZ, RINGBACK_HZ = 700, 1500, 425


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def is_loud(samples: Samples) -> bool:
    return float(np.sqrt(np.mean(samples.astype(float) ** 2))) > 100


def says(telephone: End, audio: Audio) -> bool:
    """Whether what the analog telephone says is heard by the IP phone."""
    telephone.begin_to_say(RECEPTION_HZ, 1.5)
    time.sleep(1.2)
    heard = strength(audio.heard(0.5), RECEPTION_HZ)
    telephone.finish()
    return heard > 0.8


@contextmanager
def talking(box: Box, anna: Phone, audio: Audio) -> Iterator[tuple[End, Dialog]]:
    """Anna has called the analog telephone."""
    reception = box.end("fxs1")
    call = Calling(anna, "101", audio.port)
    reception.until(ringing=True)
    reception.do("lift")
    connected(call.dialog(), audio)
    time.sleep(0.5)
    try:
        yield reception, call.dialog()
    finally:
        anna.bye(call.dialog())
        put_back(box, reception)


def test_a_phone_moves_to_another_port(box: Box, anna: Phone) -> None:
    """as a telephone does whose docking station changes, or a provider's media server"""
    with Audio(ANNA_HZ) as audio, Audio(MOVED_HZ) as moved, talking(box, anna, audio) as (reception, dialog):
        answer = change(anna, dialog, anna.sdp(moved.port).replace(" 1 IN", " 2 IN"))
        moved.connect(answer.body)
        time.sleep(0.7)
        audio.to = None
        time.sleep(0.5)
        assert has_tone(reception.hears(0.5), MOVED_HZ)
        assert says(reception, moved)


@pytest.mark.parametrize("ip", ["127.0.0.1", "127.0.0.8"])
def test_nobody_else_is_heard_in_a_call(box: Box, anna: Phone, ip: str) -> None:
    """Another source sends to the call's port: from the telephone's host, and from elsewhere"""
    with Audio(ANNA_HZ) as audio, Audio(MOVED_HZ, ip) as stranger, talking(box, anna, audio) as (reception, dialog):
        assert dialog.answer is not None
        stranger.connect(dialog.answer.body)
        time.sleep(0.5)
        assert strength(reception.hears(1), ANNA_HZ) > 0.99
        assert says(reception, audio) and not len(stranger.heard())


def test_nobody_else_is_heard_before_the_phone_is(box: Box, anna: Phone) -> None:
    audio, stranger = Audio(ANNA_HZ), Audio(MOVED_HZ, "127.0.0.8")
    with audio, stranger, talking(box, anna, audio) as (reception, dialog):
        assert dialog.answer is not None
        audio.to = None
        change(anna, dialog, anna.sdp(audio.port).replace(" 1 IN", " 2 IN"))  # a new stream: nobody is known yet
        stranger.connect(dialog.answer.body)
        time.sleep(0.5)
        assert not is_loud(reception.hears(0.5))
        audio.connect(dialog.answer.body)
        time.sleep(0.5)
        assert strength(reception.hears(1), ANNA_HZ) > 0.99
        assert says(reception, audio) and not len(stranger.heard())


def test_a_phone_that_sends_nothing_is_talked_to(box: Box, anna: Phone) -> None:
    """muted, or with silence suppression: the call stays, the other way is heard"""
    with Audio() as audio, talking(box, anna, audio) as (reception, _dialog):
        audio.to = None
        assert says(reception, audio)
        assert not is_loud(reception.hears(0.5))


def test_a_phone_that_sends_audio_while_it_rings(box: Box, anna: Phone) -> None:
    """180 with SDP: the caller hears ringback and nothing else, for many a telephone sends one and no audio"""
    reception = box.end("fxs1")
    with Audio(ANNA_HZ) as audio:
        dials(reception, "103")
        dialog = anna.incoming()
        assert dialog.invite is not None
        progress(anna, dialog, 180, audio.port)
        audio.connect(dialog.invite.body)
        time.sleep(0.7)
        heard = reception.hears(5)
        assert strength(heard, RINGBACK_HZ) > 0.8 and strength(heard, ANNA_HZ) < 0.01
        put_back(box, reception)
        assert anna.wire.receive().method == "CANCEL"


def test_a_phone_that_rings_reliably(box: Box, anna: Phone) -> None:
    """100rel: each provisional answer is acknowledged by PRACK, if the box says that it can"""
    reception = box.end("fxs1")
    with Audio(ANNA_HZ) as audio:
        dials(reception, "103")
        dialog = anna.incoming()
        assert dialog.invite is not None and "100rel" in dialog.invite.get("Supported")
        ringing = anna.reply_to(dialog.invite, 180, "Ringing", dialog.local)
        anna.wire.send(ringing.replace("Content-Length", "Require: 100rel\r\nRSeq: 1\r\nContent-Length"))
        prack = anna.wire.receive()
        assert prack.method == "PRACK" and prack.get("RAck").startswith("1 ")
        anna.wire.send(anna.reply_to(prack, 200))
        anna.reply(dialog, 200, "OK", audio.port)
        audio.connect(dialog.invite.body)
        time.sleep(0.7)
        assert has_tone(reception.hears(0.5), ANNA_HZ)
        put_back(box, reception)


def by_events(_phone: Phone, _dialog: Dialog, audio: Audio, keys: str) -> None:
    audio.press(keys)


def by_info(phone: Phone, dialog: Dialog, _audio: Audio, keys: str) -> None:
    for key in keys:
        text = phone.in_dialog(
            dialog, "INFO", "Content-Type: application/dtmf-relay", body=f"Signal={key}\r\nDuration=160\r\n"
        )
        assert phone._exchange("INFO", text).status == 200
        time.sleep(0.2)


def by_sound(_phone: Phone, _dialog: Dialog, audio: Audio, keys: str) -> None:
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
    for key in keys:
        row, column = divmod("123A456B789C*0#D".index(key), 4)
        audio.say((rows[row], columns[column]), 0.1)
        time.sleep(0.15)


@pytest.mark.parametrize("press", [by_events, by_info, by_sound])
def test_keys_that_a_service_asks_for(box: Box, anna: Phone, press) -> None:  # type: ignore[no-untyped-def]
    """F33: each key counts once, also one that is pressed twice"""
    if press is by_sound:
        usual = anna.sdp
        anna.sdp = lambda port=0: re.sub("(a=(rtpmap|fmtp):101[^\r]*\r\n)| 101(?=\r)", "", usual(port))  # type: ignore[method-assign]
    with Audio() as audio:
        call = Calling(anna, "*72", audio.port)
        connected(call.dialog(), audio)
        time.sleep(4.5)
        press(anna, call.dialog(), audio, "144#")
        time.sleep(1.5)
        anna.bye(call.dialog())
    site = yaml.safe_load(box.fxbox("site", "export", "-"))
    (found,) = (one for one in site["extensions"] if one["number"] == "103")
    assert found["forward"]["busy"] == "144", found
    call = Calling(anna, "*072", 9)
    anna.bye(call.dialog())
