"""Registration over real UDP and TCP: digest, nonces, bindings, and a box that is killed in between."""

from collections.abc import Iterator

import pytest

from tests.system.sip_harness import HOST, SipBox
from tests.system.sipclient import Message, Phone, challenges, token

URI = f"sip:{HOST}"


def contacts(answer: Message) -> list[str]:
    return [text.partition(";expires")[0] for text in answer.all("Contact")]


def challenged(phone: Phone) -> Message:
    """A first REGISTER, answered by a challenge that the phone has learned."""
    phone.wire.send(phone.request("REGISTER", URI, f"Contact: <{phone.contact}>"))
    answer = phone.final("REGISTER")
    assert answer.status == 401
    phone.credentials.learn(answer)
    return answer


def with_credentials(phone: Phone, **wrong: str) -> Message:
    lines = (f"Contact: <{phone.contact}>", phone.credentials.header("REGISTER", URI, **wrong))
    phone.wire.send(phone.request("REGISTER", URI, *lines))
    return phone.final("REGISTER")


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5"])
def test_register(box: SipBox, host: str, transport: str, algorithm: str) -> None:
    phone = box.phone(host, "104", transport, algorithm)
    answer = phone.register(300)
    assert answer.status == 200
    assert answer.all("Contact") == [f"<{phone.contact}>;expires=300"]
    [binding] = box.do("contacts", extension="104")
    assert (binding["source"]["ip"], binding["source"]["port"]) == (host, phone.wire.port)
    assert binding["source"]["transport"] == transport
    assert phone.register(0).all("Contact") == []
    assert box.do("contacts", extension="104") == []


def test_challenge(phone: Phone) -> None:
    answer = challenged(phone)
    assert list(challenges(answer)) == ["SHA-256", "MD5"]
    for challenge in challenges(answer).values():
        assert challenge["qop"] == "auth" and len(challenge["nonce"]) == 32 and "stale" not in challenge


def test_without_qop_a_nonce_serves_once(phone: Phone) -> None:
    challenged(phone)
    phone.credentials.qop = False
    assert with_credentials(phone).status == 200
    again = with_credentials(phone)
    assert again.status == 401 and challenges(again)["MD5"]["stale"] == "true"
    phone.credentials.qop = True


def test_wrong_answers_are_all_the_same(box: SipBox, host: str, phone: Phone) -> None:
    """Unknown name, wrong password, wrong response, someone else's From: one and the same 401."""
    texts = set()
    for user, secret in (("103", "wrong"), ("999", "x"), ("104", SECRET_OF_NOBODY)):
        stranger = Phone(phone.wire, user, secret, domain=HOST)
        challenged(stranger)
        answer = with_credentials(stranger)
        assert answer.status == 401
        texts.add(shape(answer, user))
    challenged(phone)
    texts.add(shape(with_credentials(phone, username="104"), "103"))
    assert len(texts) == 1


SECRET_OF_NOBODY = "nobody"


def shape(answer: Message, user: str) -> str:
    """An answer without what differs in every message."""
    names = ("Via", "From", "To", "Call-ID", "CSeq")
    kept = [line for line in answer.text.split("\r\n") if not line.startswith(names)]
    text = "\n".join(kept)
    for challenge in challenges(answer).values():
        text = text.replace(challenge["nonce"], "N")
    return text.replace(user, "U")


def test_replayed_count(box: SipBox, phone: Phone) -> None:
    challenged(phone)
    assert with_credentials(phone, nc="00000005").status == 200
    for nc in ("00000005", "00000005"):
        answer = with_credentials(phone, nc=nc)
        assert answer.status == 401
        assert challenges(answer)["SHA-256"]["stale"] == "true"
    assert with_credentials(phone, nc="00000004").status == 200
    assert with_credentials(phone, nc="00000006").status == 200


def test_lost_answer_is_given_again(phone: Phone) -> None:
    challenged(phone)
    header = phone.credentials.header("REGISTER", URI)
    text = phone.request("REGISTER", URI, f"Contact: <{phone.contact}>", header)
    phone.wire.send(text)
    first = phone.final("REGISTER")
    phone.wire.send(text)
    second = phone.final("REGISTER")
    assert (first.status, second.status) == (200, 200)
    assert contacts(first) == contacts(second)


def test_nonce_of_another_address(box: SipBox, phone: Phone, hosts: Iterator[str]) -> None:
    thief = box.phone(next(hosts))
    challenged(phone)
    thief.credentials = phone.credentials
    answer = with_credentials(thief)
    assert answer.status == 401
    assert challenges(answer)["MD5"]["stale"] == "true"


def test_old_nonce(fresh: SipBox, host: str) -> None:
    """A nonce of before the restart is stale, not wrong: the telephone goes on without asking for a password."""
    phone = fresh.phone(host)
    assert phone.register().status == 200
    fresh.kill_and_restart()
    answer = with_credentials(phone)
    assert challenges(answer)["SHA-256"]["stale"] == "true"
    assert fresh.count("wrong") == 0
    assert phone.register().status == 200


def test_restart_keeps_bindings(fresh: SipBox, host: str) -> None:
    phone = fresh.phone(host)
    phone.register(300)
    fresh.kill_and_restart()
    [binding] = fresh.do("contacts", extension="103")
    assert binding["target"] == phone.contact
    fresh.do("call", uri=binding["target"])
    assert phone.incoming().invite is not None


def test_only_for_oneself(phone: Phone) -> None:
    lines = (f"Contact: <{phone.contact}>", "Expires: 60")
    answer = phone.ask("REGISTER", URI, *lines, to=f"<sip:104@{HOST}>")
    assert answer.status == 403


def test_times(phone: Phone) -> None:
    short = phone.register(30)
    assert (short.status, short.get("Min-Expires")) == (423, "60")
    assert phone.register(99_999).all("Contact") == [f"<{phone.contact}>;expires=3600"]


def test_several_devices(box: SipBox, phone: Phone) -> None:
    others = [f"<sip:103@{phone.wire.host}:{port}>" for port in (6001, 6002)]
    assert contacts(phone.register(120, *others)) == others
    assert contacts(phone.register()) == [*others, f"<{phone.contact}>"]
    assert contacts(phone.ask("REGISTER", URI)) == [*others, f"<{phone.contact}>"]
    assert contacts(phone.register(0, others[0])) == [others[1], f"<{phone.contact}>"]
    assert contacts(phone.register(0, "*")) == []
    assert box.do("contacts", extension="103") == []


def test_star_needs_zero(phone: Phone) -> None:
    phone.register()
    assert phone.register(120, "*").status == 400
    assert contacts(phone.ask("REGISTER", URI)) == [f"<{phone.contact}>"]


def test_too_many_contacts_or_none_that_is_sip(phone: Phone) -> None:
    many = [f"<sip:103@{phone.wire.host}:{port}>" for port in range(7000, 7009)]
    assert phone.register(120, *many).status == 400
    assert phone.register(120, "<tel:103>").status == 400


def test_device_behind_a_router(box: SipBox, phone: Phone) -> None:
    phone.register(120, "<sip:103@192.168.99.9:5060;line=a1>")
    [binding] = box.do("contacts", extension="103")
    assert binding["target"] == f"sip:103@{phone.wire.host}:{phone.wire.port};line=a1"


def test_disabled_foreign_network_foreign_transport(fresh: SipBox, hosts: Iterator[str]) -> None:
    for common in ({"enabled": False}, {"permitted": ["10.0.0.0/8"]}, {"transports": ["tcp"]}):
        fresh.do("accounts", secrets={"103": "anna-secret-103"}, common=common)
        assert fresh.phone(next(hosts)).register().status == 401
    fresh.do("accounts", secrets={"103": "anna-secret-103"}, common={"permitted": ["127.0.0.0/8"]})
    assert fresh.phone(next(hosts)).register().status == 200


def test_uri_as_telephones_write_it(phone: Phone) -> None:
    """The digest's uri may differ from the Request-URI in the default port and in parameters, not in the host."""
    challenged(phone)
    for uri, status in ((f"sip:{HOST}:5060", 200), (f"sip:{HOST};transport=udp", 200), ("sip:10.9.9.9", 401)):
        header = phone.credentials.header("REGISTER", uri)
        phone.wire.send(phone.request("REGISTER", URI, f"Contact: <{phone.contact}>", header))
        assert phone.final("REGISTER").status == status


def test_tags_and_cases(phone: Phone) -> None:
    """REGISTER with a To tag and compact headers is served as any other."""
    text = phone.request("REGISTER", URI, f"m: <{phone.contact}>", to=f"<sip:103@{HOST}>;tag={token()}")
    phone.wire.send(text.replace("Call-ID:", "i:").replace("From:", "f:").replace("To:", "t:").replace("Via:", "v:"))
    assert phone.final("REGISTER").status == 401
