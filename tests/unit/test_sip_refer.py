"""Refer-To and Replaces as telephones write them, right and wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.sip.refer import NotReferable, Referral, Replaces, host_of, referral, replaces

HOSTS = {"192.0.2.1", "pbx.example.test", "2001:db8::1"}


@pytest.mark.parametrize(
    ("header", "number"),
    [
        ("<sip:105@192.0.2.1>", "105"),
        ("sip:105@192.0.2.1;method=INVITE", "105"),
        ('"Eva" <sip:105@PBX.example.test:5060;transport=tcp>', "105"),
        ("<sip:%2A6%2A105@192.0.2.1>", "*6*105"),
        ("<sip:*60%23@192.0.2.1>", "*60"),
        ("<sip:105@[2001:db8::1]:5060>", "105"),
    ],
)
def test_a_number(header: str, number: str) -> None:
    assert referral(header, HOSTS) == Referral(number)


def test_a_second_call() -> None:
    header = "<sip:105@192.0.2.1?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>"
    assert referral(header, HOSTS) == Referral("105", Replaces("a@b", "1", "2"))


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 400),
        ("<tel:105>", 400),
        ("<sip:192.0.2.1>", 400),
        ("<sip:105@198.51.100.1>", 403),
        ("<sip:105@192.0.2.1.evil.test>", 403),
        ("<sip:105@192.0.2.1@evil.test>", 403),
        ("<sip:105@192.0.2.1?Route=x>", 400),
        ("<sip:105@192.0.2.1?Replaces=a&Route=x>", 400),
        ("<sip:105@192.0.2.1?Replaces=a%3Bto-tag%3D1>", 400),
    ],
)
def test_what_is_refused(header: str, status: int) -> None:
    with pytest.raises(NotReferable) as refused:
        referral(header, HOSTS)
    assert refused.value.args == (status,)


@given(st.text(max_size=80))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    replaces(text)
    host_of(text)
    try:
        referral(f"<sip:{text}>", HOSTS)
    except NotReferable as refused:
        assert refused.args[0] in (400, 403)


def test_early_only() -> None:
    assert replaces("a@b;from-tag=2;to-tag=1;early-only") == Replaces("a@b", "1", "2", True)
    assert replaces("a@b;from-tag=2") is None
