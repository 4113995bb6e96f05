"""What an IP telephone offers, how it calls step by step, and how it changes its mind in a call."""

import re
import time

from tests.system.rtp import Audio, strength
from tests.system.sipclient import Dialog, Phone
from tests.system.sipwire import CRLF, Message, token

SDP_TYPE = "Content-Type: application/sdp"


def offer(
    port: int, direction: str = "sendrecv", ip: str = "127.0.0.1", codecs: str = "8", version: int = 2, ptime: int = 20
) -> str:
    return CRLF.join((
        "v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", f"c=IN IP4 {ip}", "t=0 0",
        f"m=audio {port} RTP/AVP {codecs} 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", f"a=ptime:{ptime}", f"a={direction}", "",
    ))  # fmt: skip


def begin(phone: Phone, number: str, body: str, *extra: str) -> Dialog:
    """Send an INVITE that is authenticated and taken up; the answer is still to come."""
    uri, call_id = f"sip:{number}@{phone.domain}:{phone.wire.server[1]}", f"{token()}@test"
    local, remote = f"<sip:{phone.user}@{phone.domain}>;tag={token()}", f"<sip:{number}@{phone.domain}>"
    headers = [f"Contact: <{phone.contact}>", f"Allow: {phone.allows}", *extra, *([SDP_TYPE] if body else [])]
    while True:
        known = [phone.credentials.header("INVITE", uri)] if phone.credentials.challenge else []
        branch = token(16)
        phone.wire.send(phone.request("INVITE", uri, *headers, *known, sender=local, to=remote, call_id=call_id,
                                      branch=branch, body=body))  # fmt: skip
        answer = phone.wire.receive(5)
        dialog = Dialog(call_id, local, answer.get("To"), uri, phone.cseq, branch=branch, answer=answer)
        if answer.status != 401:
            return dialog
        phone.wire.send(phone.in_dialog(dialog, "ACK", cseq=phone.cseq, branch=branch))
        phone.credentials.learn(answer)


def follow(dialog: Dialog, answer: Message) -> None:
    """Take tag and target from an answer."""
    dialog.answer, dialog.remote = answer, answer.get("To")
    if found := re.search(r"<([^>]+)>", answer.get("Contact")):
        dialog.target = found[1]


def complete(phone: Phone, dialog: Dialog, body: str = "") -> Message:
    """Wait for the final answer and acknowledge it; `body` answers a late offer."""
    assert dialog.answer is not None
    cseq = dialog.cseq
    answer = dialog.answer if dialog.answer.status >= 200 else phone.final("INVITE", 10)
    follow(dialog, answer)
    headers = [SDP_TYPE] if body else []
    branch = "" if answer.status < 300 else dialog.branch
    phone.wire.send(phone.in_dialog(dialog, "ACK", *headers, cseq=cseq, branch=branch, body=body))
    return answer


def change(phone: Phone, dialog: Dialog, body: str, method: str = "INVITE", *extra: str, answer: str = "") -> Message:
    """Send a request that may change the audio; `answer` is that to an offer of the box."""
    headers = [f"Contact: <{phone.contact}>", *extra, *([SDP_TYPE] if body else [])]
    done = phone._exchange(method, phone.in_dialog(dialog, method, *headers, body=body))
    if method == "INVITE":
        ack = [SDP_TYPE] if answer else []
        phone.wire.send(phone.in_dialog(dialog, "ACK", *ack, cseq=dialog.cseq, body=answer))
    return done


def progress(phone: Phone, dialog: Dialog, status: int, rtp_port: int) -> None:
    """A provisional answer with SDP."""
    assert dialog.invite is not None
    phone.wire.send(phone.reply_to(dialog.invite, status, "Progress", dialog.local, phone.sdp(rtp_port)))


def both_heard(a: Audio, b: Audio) -> bool:
    """Whether each hears the other's tone, and nothing else, within a second."""
    time.sleep(1)
    return strength(a.heard(0.5), b.freq_hz) > 0.9 and strength(b.heard(0.5), a.freq_hz) > 0.9
