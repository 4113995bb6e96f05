"""Messages as unpleasant as those of RFC 4475 and worse. They come from a trunk's address, so that they get as far as
pjsua: nothing may crash, hang or disturb a registered telephone.
"""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.system.sip_harness import HOST, SipBox, sip_box
from tests.system.sipclient import CRLF, Phone, token

TRUNK, PHONE = "127.3.1.1", "127.3.1.2"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipBox]:
    with sip_box(tmp_path_factory.mktemp("sip") / "state.json") as running:
        row = {"name": "hostile", "addresses": [TRUNK], "transports": ["udp", "tcp"], "rate_per_s": 100_000}
        running.do("trunks", rows=[row])
        yield running


@pytest.fixture(scope="module")
def good(box: SipBox) -> Phone:
    return box.phone(PHONE)


def invite(phone: Phone, *extra: str, body: str | None = None) -> str:
    headers = (f"Contact: <{phone.contact}>", "Content-Type: application/sdp", *extra)
    uri = f"sip:600@{HOST}:{phone.wire.server[1]}"
    return phone.request("INVITE", uri, *headers, call_id=token(), body=phone.sdp() if body is None else body)


def without(text: str, name: str) -> str:
    return CRLF.join(line for line in text.split(CRLF) if not line.startswith(f"{name}:"))


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def line(name: str, value: str) -> Callable[[str], str]:
    """The header replaced by another value."""
    return lambda text: CRLF.join(f"{name}: {value}" if x.startswith(f"{name}:") else x for x in text.split(CRLF))


def insert(*lines: str) -> Callable[[str], str]:
    """More headers."""
    return swap("Max-Forwards", CRLF.join((*lines, "Max-Forwards")))


# Section of RFC 4475 whose trick it is (or what it is), and the change to an ordinary INVITE.
TRICKS: dict[str, Callable[[str], str]] = {
    "3.1.1.1 folding, odd space": lambda t: t.replace("CSeq: ", "CSeq\t :\r\n  \t").replace("From: ", "fRoM :\r\n "),
    "3.1.1.2 wide characters": swap("INVITE sip", "!interesting-Method0123456789_*+`.%indeed'~ sip"),
    "3.1.1.3 escapes": swap("sip:600@", "sip:sips%3Auser%40example.com@"),
    "3.1.1.4 escaped nul": swap("sip:600@", "sip:null-%00-null@"),
    "3.1.1.5 percent that is no escape": swap("INVITE sip", "RE%47IST%45R sip"),
    "3.1.1.6 no space before the address": swap("From: <", 'From: "caller"<'),
    "3.1.1.7 long values": swap("Max-Forwards: 70", f"Max-Forwards: 70\r\nX-Long: {'long ' * 1000}"),
    "3.1.1.7 long call-id": line("Call-ID", "x" * 3000),
    "3.1.1.7 long tag": lambda t: t.replace(";tag=", f";tag={'y' * 3000}", 1),
    "3.1.1.7 long branch": swap("branch=z9hG4bK", "branch=z9hG4bK" + "b" * 3000),
    "3.1.1.8 extra octets": lambda t: t + CRLF + "INVITE sip:x@y SIP/2.0" + CRLF,
    "3.1.1.9 semicolon in the user": swap("sip:600@", "sip:user;par=u%40example.net@"),
    "3.1.1.10 many transports": lambda t: t.replace(
        "Max-Forwards", "Via: SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bKa\r\nVia: SIP/2.0/TLS t3\r\nMax-Forwards", 1
    ),
    "3.1.1.11 multipart": lambda t: line("Content-Type", 'multipart/mixed;boundary="7a9cbec02ceef655"')(t)
    + "--7a9cbec02ceef655\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--7a9cbec02ceef655\r\n",
    "multipart without end": line("Content-Type", "multipart/mixed;boundary="),
    "3.1.2.1 extra separators": lambda t: t.replace(";rport;", ";;,;,;", 1),
    "3.1.2.2 content-length too long": line("Content-Length", "9999"),
    "3.1.2.3 content-length negative": line("Content-Length", "-999"),
    "content-length absurd": line("Content-Length", "99999999999999999999"),
    "3.1.2.4 scalars overflow": lambda t: line("CSeq", "36893488147419103232 INVITE")(line("Max-Forwards", "300")(t)),
    "cseq of a 32 bit limit": line("CSeq", "4294967296 INVITE"),
    "3.1.2.6 unterminated quotes": line("To", '"Mr. J. User <sip:j.user@example.com>'),
    "3.1.2.7 <> around the uri": swap("INVITE sip:600@", "INVITE <sip:600@"),
    "3.1.2.8 space in the uri": swap("INVITE sip:600@", "INVITE sip:6 0 0@"),
    "3.1.2.9 many spaces": swap("INVITE sip", "INVITE   sip"),
    "3.1.2.10 space at the end": swap("SIP/2.0\r\n", "SIP/2.0  \r\n"),
    "3.1.2.11 escaped headers in the uri": swap(" SIP/2.0\r\n", "?Route=%3Csip:example.com%3E SIP/2.0\r\n"),
    "3.1.2.12 bad date": insert("Date: Fri, 01 Jan 2010 16:00:00 EST"),
    "3.1.2.13 bare uri with parameters": line("Contact", "sip:caller@127.3.1.1;transport=udp?a=b"),
    "3.1.2.14 quotes in the display name": line("From", "Bell, Alexander <sip:a.g.bell@example.com>;tag=43"),
    "3.1.2.15 unknown protocol": swap("SIP/2.0\r\n", "SIP/7.0\r\n"),
    "3.1.2.16 methods differ": lambda t: t.replace(" INVITE\r\n", " OPTIONS\r\n"),
    "3.2.1 no branch": lambda t: t.replace("branch=z9hG4bK", "x="),
    "3.2.1 empty branch": lambda t: t.replace("branch=z9hG4bK", "branch=z9hG4bK;x="),
    "3.3.1 nothing but the first line": lambda t: t.split(CRLF)[0] + CRLF * 2,
    "3.3.2 unknown scheme": swap("INVITE sip:600@", "INVITE nobodyKnowsThisScheme:totallyopaquecontent@"),
    "3.3.3 scheme without sense": swap("INVITE sip:600@", "INVITE soap.beep://192.0.2.103:3002?"),
    "3.3.4 unknown scheme in to": line("To", "isbn:2983792873"),
    "3.3.4 tel in from": line("From", "<tel:+49301234>;tag=1"),
    "3.3.5 requires": insert("Require: nothingSupportsThis", "Proxy-Require: norThis"),
    "3.3.6 unknown body": line("Content-Type", "application/unknownformat"),
    "3.3.7 unknown authorization": insert("Authorization: NoOneKnowsThisScheme opaque-data=here"),
    "3.3.8 headers twice": insert("CSeq: 5 INVITE", "Call-ID: second", "To: sip:other@x"),
    "3.3.9 several content-lengths": insert("Content-Length: 8", "Content-Length: 5"),
    "3.3.13 overlarge answer": insert("Expires: 1", "Session-Expires: 0;refresher=x", "Min-SE: 99999999999"),
    "3.3.15 no forwards left": line("Max-Forwards", "0"),
    "record-route absurd": insert("Record-Route: <>", "Record-Route: <sip:;lr>"),
    "route to nowhere": insert("Route: <sip:256.256.256.256:99999;lr>"),
    "contact nowhere": line("Contact", "<sip:x@[::ffff:999]:0>"),
    "contact star": line("Contact", "*"),
    "two contacts": lambda t: t.replace("Contact: ", "Contact: <sip:a@127.3.1.1>, ", 1),
    "sdp of nothing": lambda t: t.split("v=0")[0],
    "sdp absurd": lambda t: t.replace("m=audio 30000 RTP/AVP 8 0 101", f"m=audio 99999999 RTP/AVP {'8 ' * 500}"),
    "sdp media without end": lambda t: t + "m=audio 1 RTP/AVP 0\r\n" * 40,
    "sdp attributes": lambda t: t + CRLF.join(
        ("a=rtpmap:", "a=fmtp:101", "a=rtpmap:101 x/0/0/0", "a=ptime:-1", "a=crypto:x", "a=candidate:", "")
    ),
    "sdp text and video": lambda t: t + "m=text 1 RTP/AVP 98\r\nm=video 1 RTP/AVP 31\r\nm=image 1 udptl t38\r\n",
    "replaces nobody": insert("Replaces: a;to-tag=b;from-tag=c"),
    "replaces nothing": insert("Replaces: "),
    "refer by invite": insert("Refer-To: <sip:a?Replaces=%00%0d%0a>"),
    "join": insert("Join: a;to-tag=b;from-tag=c", "Event: x", "Subscription-State: "),
    "raw bytes": lambda t: t.replace("fxbox-test", "\x01\x02\x7f\x85ä"),
    "answer that nobody asked for": lambda t: "SIP/2.0 200 OK" + t[t.index(CRLF) :],
    "answer of no class": lambda t: "SIP/2.0 4294967301 better not break the receiver" + t[t.index(CRLF) :],
    **{f"without {name}": (lambda t, name=name: without(t, name))  # type: ignore[misc]
       for name in ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Type",
                    "Content-Length")},
}  # fmt: skip


def still_serves(good: Phone) -> None:
    assert good.register().status == 200


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("trick", TRICKS)
def test_trick(box: SipBox, good: Phone, trick: str, transport: str) -> None:
    hostile = Phone(box.wire(TRUNK, transport), "4930111", "", domain=HOST)
    hostile.wire.send(TRICKS[trick](invite(hostile)).encode("latin-1", "replace"))
    hostile.wire.silent(0.02)
    still_serves(good)
    hostile.wire.close()


TEXT = "INVITE/BYE/sip:/;=,<>\"'\\%00[]@:?&\t \r\n\r\n\0\x85branch=z9hG4bK;tag=;lr SIP/2.0 *-1 99999999999 a=m=c=o="
SPLICE = st.tuples(st.floats(0, 1), st.integers(0, 40), st.text(st.sampled_from(TEXT), max_size=30))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE", "BYE"]), st.lists(SPLICE, max_size=4))
def test_spliced(box: SipBox, good: Phone, method: str, splices: list[tuple[float, int, str]]) -> None:
    """Ordinary messages with pieces cut out and others put in, wherever it falls."""
    hostile = Phone(box.wire(TRUNK), "4930111", "", domain=HOST)
    text = invite(hostile).replace("INVITE", method)
    for where, cut, new in splices:
        at = int(where * len(text))
        text = text[:at] + new + text[at + cut :]
    for _ in range(2):
        hostile.wire.send(text.encode("latin-1", "replace")[:60_000])
    hostile.wire.close()
    if len(splices) == 4:
        still_serves(good)
    assert box.process.poll() is None
