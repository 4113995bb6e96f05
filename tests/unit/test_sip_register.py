"""The rules of REGISTER, and where calls to a device go."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware.sip.bindings import Binding, Source, split_uri, target_of
from firmware.sip.register import Answer, Contact, Request, Rules, register

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HERE = Source("10.0.0.5", 5060, "udp")
URI = "sip:103@10.0.0.5:5060"
RULES = Rules(max_registrations=3)


def request(*uris: str, expires_s: int | None = None, cseq: int = 1, **more: object) -> Request:
    base = Request("103", "103", "call-1", cseq, HERE, tuple(Contact(uri) for uri in uris), expires_s=expires_s)
    return replace(base, **more)  # type: ignore[arg-type]


def after(*requests: Request, at: datetime = NOW, rules: Rules = RULES) -> Answer:
    bindings: tuple[Binding, ...] = ()
    for one in requests:
        answer = register(bindings, one, rules, at)
        bindings = answer.bindings
    return answer


def uris(answer: Answer) -> list[str]:
    return [binding.contact for binding in answer.bindings]


def test_a_binding_is_made_and_shown() -> None:
    answer = after(request(URI, expires_s=300, user_agent="Snom\r\nX"))
    assert answer.status == 200
    assert answer.headers == (("Contact", f"<{URI}>;expires=300"),)
    [binding] = answer.bindings
    assert binding.target == URI
    assert binding.user_agent == "Snom??X"
    assert binding.expires_at == NOW + timedelta(seconds=300)


def test_the_time_left_is_shown() -> None:
    first = after(request(URI, expires_s=300))
    asked = register(first.bindings, request(), RULES, NOW + timedelta(seconds=100))
    assert asked.headers == (("Contact", f"<{URI}>;expires=200"),)


@pytest.mark.parametrize(
    ("header_s", "contact_s", "granted_s"),
    [(None, None, 120), (300, None, 300), (300, 90, 90), (99999, None, 3600), (60, None, 60)],
)
def test_times(header_s: int | None, contact_s: int | None, granted_s: int) -> None:
    answer = after(request(expires_s=header_s, contacts=(Contact(URI, expires_s=contact_s),)))
    assert [binding.granted_s for binding in answer.bindings] == [granted_s]


def test_too_short() -> None:
    answer = after(request(URI, expires_s=59))
    assert (answer.status, answer.headers, answer.bindings) == (423, (("Min-Expires", "60"),), ())


def test_unregister_one() -> None:
    other = "sip:103@10.0.0.6"
    assert uris(after(request(URI, other), request(URI, expires_s=0, cseq=2))) == [other]


def test_unregister_all() -> None:
    answer = after(request(URI, "sip:103@10.0.0.6"), request(star=True, expires_s=0, cseq=2))
    assert (answer.status, answer.bindings, answer.headers) == (200, (), ())


@pytest.mark.parametrize(
    "wrong", [{"expires_s": 60}, {"expires_s": None}, {"expires_s": 0, "contacts": (Contact(URI),)}]
)
def test_star_with_anything_else(wrong: dict[str, object]) -> None:
    answer = after(request(URI), request(star=True, cseq=2, **wrong))  # type: ignore[arg-type]
    assert (answer.status, uris(answer)) == (400, [URI])


def test_an_older_request_changes_nothing() -> None:
    assert uris(after(request(URI, cseq=5), request(URI, expires_s=0, cseq=4))) == [URI]
    assert after(request(URI, cseq=5), request(URI, cseq=4)).status == 500
    assert after(request(URI, cseq=5), request(star=True, expires_s=0, cseq=4)).status == 500


def test_a_repetition_is_answered_as_the_first_one() -> None:
    assert after(request(URI, cseq=5), request(URI, cseq=5)) == after(request(URI, cseq=5))


def test_another_call_id_starts_a_new_count() -> None:
    assert after(request(URI, cseq=5), request(URI, cseq=1, call_id="other", expires_s=0)).bindings == ()


def test_all_or_nothing() -> None:
    answer = after(request(contacts=(Contact(URI), Contact("sip:103@10.0.0.6", expires_s=5))))
    assert (answer.status, answer.bindings) == (423, ())


def test_only_for_oneself() -> None:
    assert after(request(URI, to_user="104")).status == 403


@pytest.mark.parametrize("uri", ["sip:a@b\r\nX: y", "sip:a@b\n", "sip:<b>", 'sip:"b"', "sip:ä@b", "sip:a b@c"])
def test_contacts_that_would_break_the_answer(uri: str) -> None:
    assert after(request(uri)).status == 400


def test_contacts_that_c_could_not_take() -> None:
    assert after(request(contacts=None)).status == 400


def test_full_house_refuses_strangers() -> None:
    full = [request(f"sip:103@10.0.0.{n}", source=Source(f"10.0.0.{n}", 5060, "udp"), call_id=str(n)) for n in range(3)]
    stranger = request("sip:103@10.0.0.9", source=Source("10.0.0.9", 5060, "udp"), call_id="9")
    answer = after(*full, stranger)
    assert (answer.status, len(answer.bindings)) == (403, 3)


def test_full_house_lets_a_restarted_device_in() -> None:
    ports = [request(f"sip:103@10.0.0.5:{port}", call_id=str(port)) for port in (1001, 1002, 1003, 1004)]
    assert uris(after(*ports)) == [f"sip:103@10.0.0.5:{port}" for port in (1002, 1003, 1004)]


def test_a_device_with_an_instance_replaces_itself() -> None:
    old, new = (request(contacts=(Contact(f"sip:103@10.0.0.5:{port}", '"<urn:uuid:1>"'),), call_id=str(port))
                for port in (1001, 1002))  # fmt: skip
    assert uris(after(old, new)) == ["sip:103@10.0.0.5:1002"]


@pytest.mark.parametrize(
    ("contact", "source", "rport", "target"),
    [
        (URI, HERE, True, URI),
        ("sip:103@10.0.0.5", HERE, True, "sip:103@10.0.0.5"),
        ("sip:103@192.168.1.9:5060", HERE, False, URI),  # behind a router
        ("sip:103@10.0.0.5:5062", HERE, True, URI),
        ("sip:103@10.0.0.5:5062", HERE, False, "sip:103@10.0.0.5:5062"),
        ("sip:103@phone.local;line=x?h=1", HERE, False, f"{URI};line=x"),
        ("sip:103@10.0.0.5;transport=TCP", replace(HERE, port=401, transport="tcp"), False,
         "sip:103@10.0.0.5:401;transport=tcp"),
        ("sip:10.0.0.5", HERE, True, "sip:10.0.0.5"),
        ("sip:103@[fd00::5]:5060", Source("fd00::5", 5060, "udp"), True, "sip:103@[fd00::5]:5060"),
        ("sip:103@[fd00::6]", Source("fd00::5", 5070, "udp"), True, "sip:103@[fd00::5]:5070"),
        ("sips:a;b@10.0.0.9;maddr=1.2.3.4", replace(HERE, transport="tls"), True,
         "sips:a;b@10.0.0.5:5060;transport=tls"),
    ],
)  # fmt: skip
def test_target(contact: str, source: Source, rport: bool, target: str) -> None:
    assert target_of(contact, source, rport=rport) == target


@given(st.text(max_size=60))
def test_any_contact(text: str) -> None:
    """Whatever a device sends, the answer is a status and nothing breaks; taken apart, a URI is all there."""
    contact = f"sip:{text}"
    assert "".join((split_uri(contact)[0], ":", *split_uri(contact)[1:])) == contact
    answer = after(request(contact))
    assert answer.status in (200, 400)
    assert all(value.isprintable() for _name, value in answer.headers)
