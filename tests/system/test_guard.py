"""The guard over real UDP and TCP: what is dropped, what is limited, who is banned, who may speak in a call."""

import time
from collections.abc import Iterator
from statistics import median

import pytest

from tests.system.sip_harness import HOST, SipBox
from tests.system.sipclient import NoAnswer, Phone, challenges, token

URI = f"sip:{HOST}"


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
    assert not any(invite["ip"] == host for _, invite in box.do("calls")["invites"])


def test_telephone_that_withholds_its_number(box: SipBox, phone: Phone) -> None:
    """From may be anonymous in a call, and in nothing else."""
    uri, sender = f"sip:600@{HOST}:{box.port}", f"<sip:anonymous@anonymous.invalid>;tag={token()}"
    headers = (f"Contact: <{phone.contact}>", "Content-Type: application/sdp")
    call_id = token()
    answer = phone.ask("INVITE", uri, *headers, sender=sender, call_id=call_id, body=phone.sdp())
    assert answer.status == 200
    assert [known["extension"] for name, known in box.do("calls")["invites"] if name == call_id] == ["103"]
    assert phone.ask("REGISTER", URI, sender=sender).status == 401


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


def test_trunk_is_recognised_by_address_and_transport(fresh: SipBox, hosts: Iterator[str]) -> None:
    trunk = next(hosts)
    fresh.do("trunks", rows=[{"name": "branch", "addresses": [trunk]}])
    by_udp, by_tcp = fresh.phone(trunk, "4930111"), fresh.phone(trunk, "4930111", "tcp")
    dialog = by_udp.invite("600")
    assert dialog.answer is not None and dialog.answer.status == 200
    assert fresh.do("calls")["invites"][-1][1]["trunk"] == "branch"
    assert fresh.do("calls")["invites"][-1][1]["extension"] == ""
    by_udp.wire.send(by_udp.in_dialog(dialog, "REFER", f"Refer-To: <sip:90123@{HOST}>"))
    assert by_udp.final("REFER").status == 403
    assert by_udp.bye(dialog).status == 200
    assert by_tcp.invite("600").answer.status == 401  # type: ignore[union-attr]


def test_scan_finds_nothing(fresh: SipBox, hosts: Iterator[str]) -> None:
    """100 to 899, three of which exist: the answers do not differ."""
    fresh.do("limits", limits={"sip": {"unknown_per_s": 10000, "unknown_burst": 10000, "all_unknown_per_s": 10000}})
    wire, shapes = fresh.wire(next(hosts)), set()
    for number in range(100, 900):
        scanner = Phone(wire, str(number), "guess", domain=HOST)
        wire.send(scanner.request("REGISTER", URI, f"Contact: <{scanner.contact}>"))
        answer = scanner.final("REGISTER")
        shapes.add((answer.start, tuple(name for name, _ in answer.headers), len(answer.get("WWW-Authenticate"))))
    assert len(shapes) == 1


def test_existing_and_made_up_names_take_as_long(fresh: SipBox, hosts: Iterator[str]) -> None:
    """Wrong answers for both in turn; the medians differ by less than 5 % (security.md 3.1)."""
    host = next(hosts)
    source = {"name": "clock", "network": f"{host}/32", "per_s": 100_000}
    fresh.do("limits", limits={"sources": [source], "sip": {"ban_failures": 100}})
    phones = [Phone(fresh.wire(host), user, "wrong", domain=HOST) for user in ("103", "999")]
    took_s: list[list[float]] = [[], []]
    for phone in phones:
        phone.wire.send(phone.request("REGISTER", URI))
        phone.credentials.learn(phone.final("REGISTER"))
    for _ in range(1500):
        for phone, times in zip(phones, took_s, strict=True):
            text = phone.request("REGISTER", URI, phone.credentials.header("REGISTER", URI))
            began_s = time.perf_counter()
            phone.wire.send(text)
            phone.wire.receive()
            times.append(time.perf_counter() - began_s)
    known_s, unknown_s = map(median, took_s)
    assert abs(known_s - unknown_s) < 0.05 * known_s
    assert fresh.count("wrong") == 3000


def test_flood_is_limited_and_a_registered_phone_works(fresh: SipBox, hosts: Iterator[str]) -> None:
    phone = fresh.phone(next(hosts))
    phone.register()
    flood = [fresh.wire(next(hosts)) for _ in range(4)]
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


def test_many_sources_share_one_allowance(fresh: SipBox, hosts: Iterator[str]) -> None:
    wires = [fresh.wire(next(hosts)) for _ in range(100)]
    began_s = time.monotonic()
    for wire in wires:
        for _ in range(5):
            wire.send(Phone(wire, "103", "x", domain=HOST).request("OPTIONS", URI))
    time.sleep(0.3)
    counters = fresh.do("counters")
    assert counters["rate_unknown_total"] > 0 and counters["rate_unknown"] == 0
    assert counters["challenged"] <= 150 * (1 + time.monotonic() - began_s)


def test_exception_by_name(fresh: SipBox, hosts: Iterator[str]) -> None:
    host = next(hosts)
    source = {"name": "bench", "network": f"{host}/32", "per_s": 100000}
    fresh.do("limits", limits={"sources": [source]})
    phone = fresh.phone(host)
    for _ in range(300):
        phone.wire.send(phone.request("OPTIONS", URI))
        assert phone.final("OPTIONS").status == 401


def test_stale_is_said_of_nonces_only(box: SipBox, host: str) -> None:
    wrong = Phone(box.wire(host), "103", "wrong", domain=HOST)
    answer = wrong.register()
    assert all("stale" not in challenge for challenge in challenges(answer).values())


def test_wan_is_not_heard_except_where_we_call(fresh: SipBox, hosts: Iterator[str]) -> None:
    """Networks that are neither local nor permitted: nothing at all, until the box itself speaks to one."""
    inside, outside = next(hosts), next(hosts)
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
