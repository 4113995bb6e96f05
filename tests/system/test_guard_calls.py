"""Who may speak in a call: requests from elsewhere are refused, whichever end began the call."""

from collections.abc import Iterator

import pytest

from tests.system.sip_harness import HOST, SipBox
from tests.system.sipclient import Message, NoAnswer, Phone, Wire, token


def forged(dialog_phone: Phone, stranger: Wire, text: str) -> Message | None:
    """Send what belongs to somebody else's call from another address; None when nothing is answered."""
    stranger.send(
        text.replace(f"{dialog_phone.wire.host}:{dialog_phone.wire.port}", f"{stranger.host}:{stranger.port}")
    )
    try:
        return stranger.receive(0.4)
    except NoAnswer:
        return None


@pytest.mark.parametrize("from_box", [False, True])
@pytest.mark.parametrize("method", ["BYE", "INVITE", "UPDATE", "INFO", "REFER", "CANCEL", "ACK"])
def test_forged_request_in_a_call(box: SipBox, phone: Phone, method: str, from_box: bool, hosts: Iterator[str]) -> None:
    phone.register()
    if from_box:
        box.do("call", uri=phone.contact)
        dialog = phone.incoming()
        phone.reply(dialog, 200)
        dialog.cseq = 10
    else:
        dialog = phone.invite("600")
    before, stranger = box.count("forged"), box.wire(next(hosts))
    answer = forged(phone, stranger, phone.in_dialog(dialog, method))
    if method in ("CANCEL", "ACK"):
        assert answer is None or answer.status == 481
    else:
        assert answer is not None and answer.status == 401
    if method != "CANCEL":
        assert box.count("forged") == before + 1
    assert phone.bye(dialog).status == 200  # the call was still there


def test_telephone_that_moved_proves_itself(box: SipBox, phone: Phone, hosts: Iterator[str]) -> None:
    phone.register()
    dialog = phone.invite("600")
    moved = box.phone(next(hosts))
    moved.wire.send(moved.in_dialog(dialog, "BYE"))
    moved.credentials.learn(moved.final("BYE"))
    moved.wire.send(moved.in_dialog(dialog, "BYE", moved.credentials.header("BYE", dialog.target)))
    assert moved.final("BYE").status == 200


def test_another_extension_cannot_prove_itself_into_a_call(box: SipBox, phone: Phone, hosts: Iterator[str]) -> None:
    phone.register()
    dialog = phone.invite("600")
    other = box.phone(next(hosts), "104")
    other.wire.send(other.in_dialog(dialog, "BYE"))
    other.credentials.learn(other.final("BYE"))
    other.wire.send(other.in_dialog(dialog, "BYE", other.credentials.header("BYE", dialog.target)))
    assert other.final("BYE").status == 401
    assert phone.bye(dialog).status == 200


def test_forged_cancel_of_a_ringing_call(fresh: SipBox, hosts: Iterator[str]) -> None:
    fresh.do("answering", on=False)
    phone, stranger = fresh.phone(next(hosts)), fresh.wire(next(hosts))
    uri, call_id, branch = f"sip:600@{HOST}:{fresh.port}", token(), token(16)
    headers = (f"Contact: <{phone.contact}>", "Content-Type: application/sdp")
    phone.wire.send(phone.request("INVITE", uri, *headers, call_id=call_id, body=phone.sdp()))
    phone.credentials.learn(phone.final("INVITE"))
    header = phone.credentials.header("INVITE", uri)
    text = phone.request("INVITE", uri, *headers, header, call_id=call_id, body=phone.sdp(), branch=branch)
    phone.wire.send(text)
    while phone.wire.receive().status != 180:
        pass
    cancel = phone.request("CANCEL", uri, call_id=call_id, cseq=phone.cseq, branch=branch)
    stranger.send(cancel)  # with the victim's Via: the answer would go there
    assert stranger.silent() and phone.wire.silent(0.2)
    assert fresh.count("forged") == 1
    phone.wire.send(cancel)
    assert phone.final("CANCEL").status == 200
    assert phone.final("INVITE").status == 487


def test_wrong_call_id_in_a_call(box: SipBox, phone: Phone, hosts: Iterator[str]) -> None:
    """pjsip itself looks at the tags only."""
    phone.register()
    dialog = phone.invite("600")
    stranger = box.wire(next(hosts))
    answer = forged(phone, stranger, phone.in_dialog(dialog, "BYE").replace(dialog.call_id, token()))
    assert answer is not None and answer.status == 481
    assert phone.bye(dialog).status == 200
