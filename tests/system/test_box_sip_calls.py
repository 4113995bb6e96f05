"""Calls of IP telephones as they differ: who offers, who holds, who moves, who gives up, who refreshes."""

import time
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from tests.system.box import Box, has_tone
from tests.system.negotiation import SDP_TYPE, begin, both_heard, change, complete, follow, offer
from tests.system.rtp import PCMU, Audio, Samples, strength
from tests.system.services import ANNA_HZ, BEN_HZ, PROVIDER_PORT, SITE, Calling, answered, connected, put_back, talking
from tests.system.sipclient import Dialog, Phone, Wire
from tests.system.sipwire import token

TALK_HZ, NEW_HZ = 700, 1900
FRAMES = {ptime: 8 * ptime for ptime in (10, 30, 40)}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def is_music(heard: Samples) -> bool:
    """Loud enough, and no tone of those who talk."""
    loud = np.sqrt(np.mean(heard.astype(float) ** 2)) > 100
    return bool(loud) and all(strength(heard, freq_hz) < 0.3 for freq_hz in (ANNA_HZ, BEN_HZ, TALK_HZ))


@pytest.mark.parametrize(
    ("direction", "ip", "answers"),
    [
        ("sendonly", "127.0.0.1", "recvonly"),
        ("inactive", "127.0.0.1", "inactive"),
        ("sendonly", "0.0.0.0", "recvonly"),
        ("sendrecv", "0.0.0.0", "sendrecv"),  # RFC 2543
    ],
)
def test_hold_and_resume(box: Box, anna: Phone, direction: str, ip: str, answers: str) -> None:
    """the one on hold hears music, the one who holds hears nothing; then they talk again"""
    workshop = box.end("fxs2")
    with Audio(ANNA_HZ) as annas:
        call = Calling(anna, "102", annas.port)
        workshop.until(ringing=True)
        workshop.do("lift")
        connected(call.dialog(), annas)
        time.sleep(0.5)
        assert has_tone(workshop.hears(0.5), ANNA_HZ)
        held = change(anna, call.dialog(), offer(annas.port, direction, ip))
        assert held.status == 200 and f"a={answers}" in held.body
        time.sleep(0.5)
        annas.forget()
        assert is_music(workshop.hears(2))  # although she is still sending
        assert not len(annas.heard())
        annas.connect(change(anna, call.dialog(), offer(annas.port, version=3)).body)
        workshop.begin_to_say(TALK_HZ, 2)
        time.sleep(1)
        assert strength(annas.heard(0.5), TALK_HZ) > 0.8
        workshop.finish()
        assert has_tone(workshop.hears(0.5), ANNA_HZ)
        anna.bye(call.dialog())
        put_back(box, workshop)


def test_another_codec_and_another_place_during_the_call(box: Box, anna: Phone, ben: Phone) -> None:
    """the lock on the source of audio opens for a re-INVITE, and for nothing less"""
    with (
        Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens,
        Audio(NEW_HZ, law=PCMU) as other, Audio(2100, "127.0.0.77") as elsewhere,
    ):  # fmt: skip
        call = Calling(ben, "103", bens.port)
        answered(anna, annas)
        connected(call.dialog(), bens)
        assert both_heard(annas, bens)
        moved = change(ben, call.dialog(), offer(other.port, codecs="0"))
        bens.to = None
        other.connect(moved.body)
        assert both_heard(annas, other)
        moved = change(ben, call.dialog(), offer(elsewhere.port, ip="127.0.0.77", version=3))
        other.to = None
        elsewhere.connect(moved.body)
        assert both_heard(annas, elsewhere)
        other.connect(moved.body)  # a stranger now
        assert both_heard(annas, elsewhere)
        ben.bye(call.dialog())


def test_an_invite_without_an_offer(box: Box, anna: Phone, ben: Phone) -> None:
    """the box offers, at the beginning and during the call"""
    with Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens:
        dialog = begin(ben, "103", "")
        answered(anna, annas)
        bens.connect(complete(ben, dialog, offer(bens.port)).body)
        assert both_heard(annas, bens)
        bens.connect(change(ben, dialog, "", answer=offer(bens.port, version=3)).body)
        assert both_heard(annas, bens)
        ben.bye(dialog)


def test_a_telephone_that_wants_reliable_ringing(box: Box, anna: Phone, ben: Phone) -> None:
    """RFC 3262: 180 with RSeq, PRACK"""
    with Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens:
        dialog = begin(ben, "103", offer(bens.port), "Require: 100rel", "Supported: 100rel")
        called, cseq = anna.incoming(), dialog.cseq
        assert called.invite is not None
        anna.reply(called, 180)
        ringing = ben.wire.receive()
        assert ringing.status == 180 and "100rel" in ringing.get("Require")
        follow(dialog, ringing)
        assert change(ben, dialog, "", "PRACK", f"RAck: {ringing.get('RSeq')} {cseq} INVITE").status == 200
        dialog.cseq = cseq
        anna.reply(called, 200, "OK", annas.port)
        annas.connect(called.invite.body)
        bens.connect(complete(ben, dialog).body)
        assert both_heard(annas, bens)
        ben.bye(dialog)


def test_a_session_that_is_refreshed(box: Box, anna: Phone, ben: Phone) -> None:
    """RFC 4028: by UPDATE and by INVITE, which leave the audio as it is; less than 90 s are too few"""
    timer = ("Supported: timer", "Session-Expires: 90;refresher=uac")
    with Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens:
        dialog = begin(ben, "103", offer(bens.port), *timer)
        answered(anna, annas)
        answer = complete(ben, dialog)
        assert answer.get("Session-Expires") == "90;refresher=uac"
        bens.connect(answer.body)
        for method, body in (("UPDATE", ""), ("INVITE", offer(bens.port))):
            done = change(ben, dialog, body, method, *timer)
            assert (done.status, done.get("Session-Expires")) == (200, "90;refresher=uac")
            assert both_heard(annas, bens)
        assert annas.gaps == bens.gaps == 0
        ben.bye(dialog)
    refused = complete(ben, begin(ben, "103", offer(30000), timer[0], "Session-Expires: 30;refresher=uac"))
    assert (refused.status, refused.get("Min-SE")) == (422, "90")


def test_a_caller_who_gives_up(box: Box, anna: Phone, ben: Phone) -> None:
    """CANCEL: 487 to him, CANCEL to the one who rings, and not as answered elsewhere"""
    dialog = begin(ben, "103", offer(30000))
    called = anna.incoming()
    anna.reply(called, 180)
    assert ben.wire.receive().status == 180
    ben.wire.send(ben.request("CANCEL", dialog.target, sender=dialog.local, to=f"<sip:103@{ben.domain}>",
                              call_id=dialog.call_id, cseq=dialog.cseq, branch=dialog.branch))  # fmt: skip
    assert ben.final("CANCEL").status == 200
    assert complete(ben, dialog).status == 487
    cancel = anna.wire.receive()
    assert cancel.method == "CANCEL" and "elsewhere" not in cancel.get("Reason")
    anna.wire.send(anna.reply_to(cancel, 200))
    anna.reply(called, 487)
    box.until(lambda: not box.status()["calls"])


@pytest.mark.parametrize("status", [302, 404, 408, 486, 500, 603])
def test_one_device_refuses_while_the_other_rings(box: Box, anna: Phone, ben: Phone, status: int) -> None:
    """the other one can still answer"""
    with closing(Wire(box.sip)) as wire, Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens:
        desk = Phone(wire, "103", "anna-secret-103")
        assert desk.register().status == 200
        call = Calling(ben, "103", bens.port)
        first, second = anna.incoming(), desk.incoming()
        assert first.invite is not None and second.invite is not None
        anna.reply(first, 180)
        desk.reply(second, 180)
        refusal = anna.reply_to(first.invite, status, "Test", first.local)
        anna.wire.send(refusal.replace(f"<{anna.contact}>", f"<sip:101@{anna.domain}>") if status == 302 else refusal)
        time.sleep(1)
        desk.reply(second, 200, "OK", annas.port)
        annas.connect(second.invite.body)
        connected(call.dialog(), bens)
        assert both_heard(annas, bens)
        ben.bye(call.dialog())
        desk.register(0)


def test_telephones_of_tcp_and_udp(box: Box, anna: Phone) -> None:
    """either way"""
    with closing(Wire(box.sip, transport="tcp")) as wire:
        ben = Phone(wire, "104", "ben-secret-104")
        assert ben.register().status == 200
        with talking(anna, ben) as (annas, bens):
            assert both_heard(annas, bens)
        with Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens:
            call = Calling(anna, "104", annas.port)
            answered(ben, bens)
            connected(call.dialog(), annas)
            assert both_heard(annas, bens)
            anna.bye(call.dialog())
        ben.register(0)


@pytest.mark.parametrize("ptime", FRAMES)
def test_packets_of_other_lengths(box: Box, anna: Phone, ben: Phone, ptime: int) -> None:
    """without a gap"""
    with Audio(ANNA_HZ) as annas, Audio(BEN_HZ, frame=FRAMES[ptime]) as bens:
        dialog = begin(ben, "103", offer(bens.port, ptime=ptime))
        answered(anna, annas)
        bens.connect(complete(ben, dialog).body)
        time.sleep(2)
        assert strength(annas.heard(1.5), BEN_HZ) > 0.95
        assert strength(bens.heard(1.5), ANNA_HZ) > 0.95
        ben.bye(dialog)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('"Jürgen Müller-Ëß"', "Juergen Mueller-Ess"),
        ('"Anna \\"A\\" B"', 'Anna "A" B'),
        ('"' + "Long " * 60 + '"', "Long " * 10),
    ],
    ids=["UTF-8", "quotes", "long"],
)
def test_names_on_a_copper_display(box: Box, name: str, shown: str) -> None:
    """as far as its letters and its room go"""
    reception = box.end("fxs1")
    with closing(Wire(box.sip, "127.0.0.9", port=PROVIDER_PORT)) as wire:
        far = Phone(wire, "branch", "", domain="127.0.0.9")
        to, branch = f"sip:101@{box.sip[0]}", token(16)
        dialog = Dialog(f"{token()}@test", f"{name} <sip:030123@127.0.0.9>;tag={token()}", f"<{to}>", to, 0)
        invite = (f"Contact: <{far.contact}>", SDP_TYPE)
        wire.send(far.in_dialog(dialog, "INVITE", *invite, branch=branch, body=offer(30000)))
        reception.until(ringing=True, caller={"number": "030123", "name": shown})
        wire.send(far.in_dialog(dialog, "CANCEL", cseq=dialog.cseq, branch=branch))
        reception.until(ringing=False)
