"""IP phones as they are: how they hold, offer late, move, cut packets and send keys. What is heard at both ends."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import yaml

from tests.system.box import Box, End, has_tone
from tests.system.rtp import PCMU, Audio, Samples, strength, tone
from tests.system.services import ANNA_HZ, Calling, connected, dials, hears, put_back
from tests.system.sipclient import Dialog, Phone, Wire
from tests.system.sipwire import Message

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
RECEPTION_HZ, MOVED_HZ = 700, 1500


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


def reinvite(phone: Phone, dialog: Dialog, sdp: str) -> Message:
    """The answer to an INVITE within the call."""
    headers = (f"Contact: <{phone.contact}>", "Content-Type: application/sdp")
    answer = phone._exchange("INVITE", phone.in_dialog(dialog, "INVITE", *headers, body=sdp))
    phone.wire.send(phone.in_dialog(dialog, "ACK", cseq=dialog.cseq))
    return answer


@pytest.mark.parametrize(("usual", "held", "answer"), [
    ("a=sendrecv", "a=sendonly", "a=recvonly"),
    ("a=sendrecv", "a=inactive", "a=inactive"),
    ("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", "a=sendrecv|a=recvonly|a=inactive"),
])  # fmt: skip
def test_a_phone_holds_and_takes_back(box: Box, anna: Phone, usual: str, held: str, answer: str) -> None:
    """the held one hears music, the holder nothing"""
    with Audio(ANNA_HZ) as audio, talking(box, anna, audio) as (reception, dialog):
        assert has_tone(reception.hears(0.5), ANNA_HZ)
        sdp = anna.sdp(audio.port)
        assert re.search(answer, reinvite(anna, dialog, sdp.replace(" 1 IN", " 2 IN").replace(usual, held)).body)
        time.sleep(0.5)
        music = reception.hears(2)
        assert is_loud(music) and strength(music, ANNA_HZ) < 0.1
        reception.begin_to_say(RECEPTION_HZ, 1)
        audio.forget()
        reception.finish()
        assert not len(audio.heard()) or not is_loud(audio.heard())
        reinvite(anna, dialog, sdp.replace(" 1 IN", " 3 IN"))
        time.sleep(0.5)
        assert has_tone(reception.hears(0.5), ANNA_HZ)
        assert says(reception, audio)


def test_a_phone_offers_late(box: Box, anna: Phone) -> None:
    """an INVITE without SDP: the box offers in its answer, the telephone answers in the ACK"""
    reception = box.end("fxs1")
    anna.offers_late = True
    with Audio(ANNA_HZ) as audio:
        call = Calling(anna, "101", audio.port)
        reception.until(ringing=True)
        reception.do("lift")
        connected(call.dialog(), audio)
        time.sleep(0.7)
        assert has_tone(reception.hears(0.5), ANNA_HZ)
        assert says(reception, audio)
        anna.bye(call.dialog())
        put_back(box, reception)


@pytest.mark.parametrize("ms", [10, 30, 40, 60])
def test_a_phone_with_packets_of_another_length(box: Box, anna: Phone, ms: int) -> None:
    usual = anna.sdp
    anna.sdp = lambda port=0: usual(port) + f"a=ptime:{ms}\r\n"  # type: ignore[method-assign]
    with Audio(ANNA_HZ, frame=8 * ms) as audio, talking(box, anna, audio) as (reception, _dialog):
        heard = reception.hears(2)
        assert strength(heard, ANNA_HZ) > 0.99
        assert says(reception, audio) and audio.gaps == 0


def test_a_phone_moves_to_another_port(box: Box, anna: Phone) -> None:
    """as a telephone does whose docking station changes, or a provider's media server"""
    with Audio(ANNA_HZ) as audio, Audio(MOVED_HZ) as moved, talking(box, anna, audio) as (reception, dialog):
        answer = reinvite(anna, dialog, anna.sdp(moved.port).replace(" 1 IN", " 2 IN"))
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
        reinvite(anna, dialog, anna.sdp(audio.port).replace(" 1 IN", " 2 IN"))  # a new stream: nobody is known yet
        stranger.connect(dialog.answer.body)
        time.sleep(0.5)
        assert not is_loud(reception.hears(0.5))
        audio.connect(dialog.answer.body)
        time.sleep(0.5)
        assert strength(reception.hears(1), ANNA_HZ) > 0.99
        assert says(reception, audio) and not len(stranger.heard())


def test_a_phone_changes_its_codec(box: Box, anna: Phone) -> None:
    with Audio(ANNA_HZ) as audio, Audio(MOVED_HZ, law=PCMU) as other, talking(box, anna, audio) as (reception, dialog):
        audio.to = None
        anna.codecs = "0"
        answer = reinvite(anna, dialog, anna.sdp(other.port).replace(" 1 IN", " 2 IN"))
        other.connect(answer.body)
        time.sleep(0.7)
        assert has_tone(reception.hears(0.5), MOVED_HZ)
        assert says(reception, other)


def test_a_phone_that_sends_nothing_is_talked_to(box: Box, anna: Phone) -> None:
    """muted, or with silence suppression: the call stays, the other way is heard"""
    with Audio() as audio, talking(box, anna, audio) as (reception, _dialog):
        audio.to = None
        assert says(reception, audio)
        assert not is_loud(reception.hears(0.5))


@pytest.mark.parametrize("status", [183, 180])
def test_a_phone_is_heard_before_it_answers(box: Box, anna: Phone, status: int) -> None:
    """An answer with SDP: the caller hears the far end's own announcement or ringback, and no other"""
    reception = box.end("fxs1")
    with Audio(ANNA_HZ) as audio:
        dials(reception, "103")
        dialog = anna.incoming()
        assert dialog.invite is not None
        anna.wire.send(anna.reply_to(dialog.invite, status, "Early", dialog.local, anna.sdp(audio.port)))
        audio.connect(dialog.invite.body)
        time.sleep(0.7)
        assert has_tone(reception.hears(0.5), ANNA_HZ)
        put_back(box, reception)
        assert anna.wire.receive().method == "CANCEL"


def test_a_phone_hears_another_before_it_answers(box: Box, anna: Phone, ben: Phone) -> None:
    with Audio(ANNA_HZ) as annas, Audio(MOVED_HZ) as bens:
        call = Calling(ben, "103", bens.port)
        incoming = anna.incoming()
        assert incoming.invite is not None
        anna.wire.send(anna.reply_to(incoming.invite, 183, "Early", incoming.local, anna.sdp(annas.port)))
        annas.connect(incoming.invite.body)
        assert hears(bens, ANNA_HZ)
        anna.reply(incoming, 200, "OK", annas.port)
        connected(call.dialog(), bens)
        assert hears(bens, ANNA_HZ) and hears(annas, MOVED_HZ)
        ben.bye(call.dialog())


def test_a_phone_that_wants_its_session_refreshed(box: Box, anna: Phone) -> None:
    """RFC 4028: agreed on, and refreshed by UPDATE, which changes nothing that is heard"""
    anna.allows += "\r\nSupported: timer\r\nSession-Expires: 90;refresher=uac"
    with Audio(ANNA_HZ) as audio, talking(box, anna, audio) as (reception, dialog):
        assert dialog.answer is not None and dialog.answer.get("Session-Expires").startswith("90")
        headers = (f"Contact: <{anna.contact}>", "Supported: timer", "Session-Expires: 90;refresher=uac")
        assert anna._exchange("UPDATE", anna.in_dialog(dialog, "UPDATE", *headers)).status == 200
        assert has_tone(reception.hears(0.5), ANNA_HZ) and says(reception, audio)


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


def test_two_phones_over_tcp_and_udp(box: Box, anna: Phone) -> None:
    ben = Phone(Wire(box.sip, transport="tcp"), "104", "ben-secret-104")
    assert ben.register().status == 200
    with Audio(ANNA_HZ) as annas, Audio(MOVED_HZ) as bens:
        call = Calling(anna, "104", annas.port)
        incoming = ben.incoming()
        assert incoming.invite is not None
        ben.reply(incoming, 200, "OK", bens.port)
        bens.connect(incoming.invite.body)
        connected(call.dialog(), annas)
        assert hears(annas, MOVED_HZ) and hears(bens, ANNA_HZ)
        assert ben.bye(incoming).status == 200
    ben.register(0)
    ben.wire.close()


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
        audio.say(tone((rows[row], columns[column]), 800, 4000))
        time.sleep(0.25)


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
