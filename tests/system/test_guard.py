"""The guard over real UDP and TCP: what is dropped, what is limited, who is banned, who may speak in a call."""

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.system.sip_harness import HOST, SipBox, sip_box
from tests.system.sipclient import Message, NoAnswer, Phone, Wire, challenges, token

_hosts = (f"127.2.{n // 250}.{n % 250 + 1}" for n in count())
URI = f"sip:{HOST}"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipBox]:
    with sip_box(tmp_path_factory.mktemp("sip") / "state.json") as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[SipBox]:
    """A box of one's own, for what would disturb others."""
    with sip_box(tmp_path / "state.json") as running:
        yield running


@pytest.fixture(autouse=True)
def _closed(box: SipBox) -> Iterator[None]:
    yield
    box.close_wires()


@pytest.fixture
def host() -> str:
    return next(_hosts)


@pytest.fixture
def phone(box: SipBox, host: str) -> Iterator[Phone]:
    made = box.phone(host)
    yield made
    made.register(0, "*")


def answered(phone: Phone) -> bool:
    """Whether the box speaks to this phone at all."""
    phone.wire.send(phone.request("OPTIONS", URI))
    return not phone.wire.silent(1.0)


@pytest.mark.parametrize(
    ("counter", "extra", "body"),
    [
        ("oversized", (), "x" * 8000),
        ("headers", ("X-Padding: 1",) * 64, ""),
        ("vias", ("Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa",) * 4, ""),
        ("crypto_lines", (), "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n" * 65),
        ("xml_depth", (), "<x>" * 300),
        ("scanner", ("User-Agent: friendly-scanner",), ""),
    ],
)
def test_dropped_in_silence(box: SipBox, phone: Phone, counter: str, extra: tuple[str, ...], body: str) -> None:
    before = box.count(counter)
    phone.wire.send(phone.request("REGISTER", URI, *extra, body=body))
    assert phone.wire.silent()
    assert box.count(counter) == before + 1
    assert answered(phone)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_garbage(box: SipBox, host: str, transport: str) -> None:
    before = box.count("malformed")
    wire = box.wire(host, transport)
    wire.send(b"\x16\x03\x01" + b"\xff" * 100 + b"\r\n\r\n")
    assert wire.silent()
    assert box.count("malformed") == before + 1


def test_a_stream_in_pieces_and_in_one_piece(box: SipBox, host: str) -> None:
    phone = box.phone(host, transport="tcp")
    text = phone.request("OPTIONS", URI)
    for at in range(0, len(text), 50):
        phone.wire.send(text[at : at + 50])
        time.sleep(0.005)
    assert phone.final("OPTIONS").status == 401
    phone.wire.send(phone.request("OPTIONS", URI) + "\r\n\r\n" + phone.request("OPTIONS", URI))
    assert [phone.final("OPTIONS").status for _ in range(2)] == [401, 401]
    phone.wire.send(phone.request("OPTIONS", URI, "User-Agent: sipvicious") + phone.request("OPTIONS", URI))
    assert phone.final("OPTIONS").status == 401


def test_a_stream_that_never_ends_a_message(box: SipBox, host: str) -> None:
    wire = box.wire(host, "tcp")
    wire.send(b"REGISTER sip:x SIP/2.0\r\n" + b"X-A: 1\r\n" * 1100)
    with pytest.raises(ConnectionError):
        wire.receive(3.0)


@pytest.mark.parametrize("method", ["REFER", "MESSAGE", "PUBLISH"])
def test_methods_that_are_never_served(phone: Phone, method: str) -> None:
    phone.wire.send(phone.request(method, URI))
    assert phone.final(method).status == 405


@pytest.mark.parametrize("method", ["BYE", "UPDATE", "INFO", "NOTIFY", "PRACK", "WHATEVER"])
@pytest.mark.parametrize("tag", ["", ";tag=made-up"])
def test_requests_of_no_call(phone: Phone, method: str, tag: str) -> None:
    phone.wire.send(phone.request(method, URI, to=f"<sip:box@{HOST}>{tag}"))
    assert phone.final(method).status == 481


def test_every_request_is_challenged(phone: Phone) -> None:
    for method in ("REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE"):
        phone.wire.send(phone.request(method, f"sip:101@{HOST}"))
        assert phone.final(method).status == 401


def test_options_of_a_registered_source(phone: Phone) -> None:
    phone.register()
    phone.wire.send(phone.request("OPTIONS", URI))
    answer = phone.final("OPTIONS")
    assert answer.status == 200 and "INVITE" in answer.get("Allow")


def test_failed_invite_never_reaches_pjsua(box: SipBox, host: str) -> None:
    wrong = Phone(box.wire(host), "103", "wrong", domain=HOST)
    assert wrong.invite("600").answer.status == 401  # type: ignore[union-attr]
    assert not any(identity and identity["source"]["ip"] == host for _, identity in box.do("calls")["invites"])


def test_invite_that_is_sent_twice_is_one_call(box: SipBox, phone: Phone) -> None:
    uri, call_id = f"sip:600@{HOST}:{box.port}", token()
    headers = (f"Contact: <{phone.contact}>", "Content-Type: application/sdp")
    phone.wire.send(phone.request("INVITE", uri, *headers, call_id=call_id, body=phone.sdp()))
    phone.credentials.learn(phone.final("INVITE"))
    header = phone.credentials.header("INVITE", uri)
    text = phone.request("INVITE", uri, *headers, header, call_id=call_id, body=phone.sdp())
    for _ in range(3):
        phone.wire.send(text)
    assert phone.final("INVITE").status == 200
    assert [known["extension"] for name, known in box.do("calls")["invites"] if name == call_id] == ["103"]


def test_trunk_is_recognised_by_address_and_transport(fresh: SipBox) -> None:
    trunk = next(_hosts)
    fresh.do("trunks", rows=[{"name": "branch", "addresses": [trunk]}])
    by_udp, by_tcp = fresh.phone(trunk, "4930111"), fresh.phone(trunk, "4930111", "tcp")
    dialog = by_udp.invite("600")
    assert dialog.answer is not None and dialog.answer.status == 200
    assert fresh.do("calls")["invites"][-1][1]["trunk"] == "branch"
    assert fresh.do("calls")["invites"][-1][1]["extension"] is None
    by_udp.wire.send(by_udp.in_dialog(dialog, "REFER", f"Refer-To: <sip:90123@{HOST}>"))
    assert by_udp.final("REFER").status == 403
    assert by_udp.bye(dialog).status == 200
    assert by_tcp.invite("600").answer.status == 401  # type: ignore[union-attr]


def test_scan_finds_nothing(fresh: SipBox) -> None:
    """100 to 899, three of which exist: the answers do not differ."""
    fresh.do("limits", limits={"sip": {"unknown_per_s": 10000, "unknown_burst": 10000, "all_unknown_per_s": 10000}})
    wire, shapes = fresh.wire(next(_hosts)), set()
    for number in range(100, 900):
        scanner = Phone(wire, str(number), "guess", domain=HOST)
        wire.send(scanner.request("REGISTER", URI, f"Contact: <{scanner.contact}>"))
        answer = scanner.final("REGISTER")
        shapes.add((answer.start, tuple(name for name, _ in answer.headers), len(answer.get("WWW-Authenticate"))))
    assert len(shapes) == 1


def test_ban_after_five_wrong_passwords(fresh: SipBox) -> None:
    thief = Phone(fresh.wire(next(_hosts)), "103", "wrong", domain=HOST)
    for _ in range(5):
        thief.credentials.challenge = {}
        assert thief.register().status == 401
    assert not answered(thief)
    [ban] = fresh.do("bans")
    assert (ban["ip"], ban["level"]) == (thief.wire.host, 1)
    assert 3590 < ban["seconds"] <= 3600
    fresh.do("ban", ip=thief.wire.host, seconds=0, level=1)
    thief.credentials.secret = "anna-secret-103"
    assert thief.register().status == 200


def test_claiming_an_address_bans_nobody(fresh: SipBox) -> None:
    """Without a nonce that was sent to the address there is no proof that anybody is there."""
    victim = fresh.phone(next(_hosts))
    victim.register()
    real = victim.credentials.challenge["nonce"]
    victim.register(0)
    for nonce in ("A" * 32, real[:-1] + "A", ""):
        for _ in range(4):
            header = victim.credentials.header("REGISTER", URI, nonce=nonce, response="0" * 32)
            victim.wire.send(victim.request("REGISTER", URI, header))
            assert victim.final("REGISTER").status == 401
    assert fresh.do("bans") == [] and fresh.count("wrong") == 0


def test_registered_source_is_delayed_not_banned(fresh: SipBox) -> None:
    host = next(_hosts)
    good, thief = fresh.phone(host), Phone(fresh.wire(host), "104", "wrong", domain=HOST)
    good.register()
    for _ in range(6):
        assert thief.register().status == 401
    assert fresh.do("bans") == []
    assert good.register().status == 200
    thief.credentials.secret = "ben-secret-104"
    assert thief.register().status == 401  # the right password, but too soon
    assert fresh.count("delayed") > 0
    elsewhere = fresh.phone(next(_hosts), "104")
    assert elsewhere.register().status == 200


def test_flood_is_limited_and_a_registered_phone_works(fresh: SipBox) -> None:
    phone = fresh.phone(next(_hosts))
    phone.register()
    flood = [fresh.wire(next(_hosts)) for _ in range(4)]
    sender = Phone(flood[0], "103", "x", domain=HOST)
    text = sender.request("INVITE", URI)
    for number in range(2000):
        flood[number % 4].send(text)
        if number % 200 == 0:
            dialog = phone.invite("600")
            assert dialog.answer is not None and dialog.answer.status == 200
            assert phone.bye(dialog).status == 200
    answers = 0
    for wire in flood:
        while True:
            try:
                wire.receive(0.2)
                answers += 1
            except NoAnswer:
                break
    counters = fresh.do("counters")
    assert counters["rate_unknown"] > 1000
    assert answers < 400


def test_many_sources_share_one_allowance(fresh: SipBox) -> None:
    wires = [fresh.wire(next(_hosts)) for _ in range(100)]
    began_s = time.monotonic()
    for wire in wires:
        for _ in range(5):
            wire.send(Phone(wire, "103", "x", domain=HOST).request("OPTIONS", URI))
    time.sleep(0.3)
    counters = fresh.do("counters")
    assert counters["rate_unknown_total"] > 0 and counters["rate_unknown"] == 0
    assert counters["challenged"] <= 150 * (1 + time.monotonic() - began_s)


def test_exception_by_name(fresh: SipBox) -> None:
    host = next(_hosts)
    source = {"name": "bench", "network": f"{host}/32", "per_s": 100000}
    fresh.do("limits", limits={"sources": [source]})
    phone = fresh.phone(host)
    for _ in range(300):
        phone.wire.send(phone.request("OPTIONS", URI))
        assert phone.final("OPTIONS").status == 401


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
def test_forged_request_in_a_call(box: SipBox, phone: Phone, method: str, from_box: bool) -> None:
    phone.register()
    if from_box:
        box.do("call", uri=phone.contact)
        dialog = phone.incoming()
        phone.reply(dialog, 200)
        dialog.cseq = 10
    else:
        dialog = phone.invite("600")
    before, stranger = box.count("forged"), box.wire(next(_hosts))
    answer = forged(phone, stranger, phone.in_dialog(dialog, method))
    if method in ("CANCEL", "ACK"):
        assert answer is None or answer.status == 481
    else:
        assert answer is not None and answer.status == 401
    if method != "CANCEL":
        assert box.count("forged") == before + 1
    assert phone.bye(dialog).status == 200  # the call was still there


def test_telephone_that_moved_proves_itself(box: SipBox, phone: Phone) -> None:
    phone.register()
    dialog = phone.invite("600")
    moved = box.phone(next(_hosts))
    moved.wire.send(moved.in_dialog(dialog, "BYE"))
    moved.credentials.learn(moved.final("BYE"))
    moved.wire.send(moved.in_dialog(dialog, "BYE", moved.credentials.header("BYE", dialog.target)))
    assert moved.final("BYE").status == 200


def test_another_extension_cannot_prove_itself_into_a_call(box: SipBox, phone: Phone) -> None:
    phone.register()
    dialog = phone.invite("600")
    other = box.phone(next(_hosts), "104")
    other.wire.send(other.in_dialog(dialog, "BYE"))
    other.credentials.learn(other.final("BYE"))
    other.wire.send(other.in_dialog(dialog, "BYE", other.credentials.header("BYE", dialog.target)))
    assert other.final("BYE").status == 401
    assert phone.bye(dialog).status == 200


def test_forged_cancel_of_a_ringing_call(fresh: SipBox) -> None:
    fresh.do("answering", on=False)
    phone, stranger = fresh.phone(next(_hosts)), fresh.wire(next(_hosts))
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


def test_wrong_call_id_in_a_call(box: SipBox, phone: Phone) -> None:
    """pjsip itself looks at the tags only."""
    phone.register()
    dialog = phone.invite("600")
    stranger = box.wire(next(_hosts))
    answer = forged(phone, stranger, phone.in_dialog(dialog, "BYE").replace(dialog.call_id, token()))
    assert answer is not None and answer.status == 481
    assert phone.bye(dialog).status == 200


def test_stale_is_said_of_nonces_only(box: SipBox, host: str) -> None:
    wrong = Phone(box.wire(host), "103", "wrong", domain=HOST)
    answer = wrong.register()
    assert all("stale" not in challenge for challenge in challenges(answer).values())


def test_wan_is_not_heard_except_where_we_call(fresh: SipBox) -> None:
    """Networks that are neither local nor permitted: nothing at all, until the box itself speaks to one."""
    inside, outside = next(_hosts), next(_hosts)
    fresh.do("heard", networks=f"{inside}/32")
    near, far = fresh.phone(inside), fresh.phone(outside)
    assert answered(near) and not answered(far)
    assert fresh.count("wan") == 1
    fresh.do("call", uri=far.contact)
    dialog = far.incoming()
    far.reply(dialog, 200)
    dialog.cseq = 10
    assert far.bye(dialog).status == 200
    assert far.register().status == 200
