"""Digest arithmetic against the RFCs' own examples, nonces and nonce counts; all in C, reached through ctypes."""

import ctypes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.sip import native
from firmware.sip.bindings import Source
from firmware.sip.digest import Account, ha1
from firmware.sip.guard import native_limits
from firmware.telephony.site.system import Limits

LIBRARY = native.load()
LIBRARY.fx_limits_set(ctypes.byref(native_limits(Limits())))
LIBRARY.fx_digest_init()
LIBRARY.fx_nonce_good.restype = ctypes.c_bool
LIBRARY.fx_nonce_good.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]
LIBRARY.fx_nonce_make.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
LIBRARY.fx_nonce_use.argtypes = [ctypes.c_char_p, ctypes.c_uint32, ctypes.c_uint64]
HERE, THERE = b"\0" * 10 + b"\xff\xff\x7f\0\0\1", b"\0" * 10 + b"\xff\xff\x7f\0\0\2"
FRESH, AGAIN, REPLAYED = 0, 1, 2


def response(algorithm: int, ha1_text: str, nonce: str, nc: str, cnonce: str, qop: str) -> str:
    out = ctypes.create_string_buffer(65)
    words = (ha1_text, "GET", "/dir/index.html", nonce, nc, cnonce, qop)
    assert LIBRARY.fx_digest(algorithm, *(word.encode() for word in words), out) == 0
    return out.value.decode()


def nonce(ip: bytes = HERE) -> bytes:
    out = ctypes.create_string_buffer(33)
    LIBRARY.fx_nonce_make(ip, out)
    return out.value


def good(text: bytes, ip: bytes = HERE) -> bool:
    return bool(LIBRARY.fx_nonce_good(text, len(text), ip))


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        (0, "8ca523f5e9506fed4657c9700eebdbec"),
        (1, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_rfc7616_example(algorithm: int, expected: str) -> None:
    """RFC 7616 3.9.1."""
    keys = ha1("Mufasa", "http-auth@example.org", "Circle of Life")
    got = response(
        algorithm, keys[algorithm], "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth",
    )  # fmt: skip
    assert got == expected


def test_rfc2617_example() -> None:
    """RFC 2617 3.5."""
    key = ha1("Mufasa", "testrealm@host.com", "Circle Of Life")[0]
    got = response(0, key, "dcd98b7102dd2f0e8b11d0f600bfb0c093", "00000001", "0a4f113b", "auth")
    assert got == "6629fae49393a05397450978507c4ef1"


def test_rfc2069_example() -> None:
    """RFC 2069 2.4 with its erratum: no qop."""
    key = ha1("Mufasa", "testrealm@host.com", "CircleOfLife")[0]
    assert response(0, key, "dcd98b7102dd2f0e8b11d0f600bfb0c093", "", "", "") == "1949323746fe6a43ef61f9606e7febea"


def test_unknown_algorithm_is_refused() -> None:
    assert LIBRARY.fx_digest(2, *[b""] * 7, ctypes.create_string_buffer(65)) == -1


def test_nonce_is_for_one_address() -> None:
    text = nonce()
    assert len(text) == 32 and text != nonce()
    assert good(text)
    assert not good(text, THERE)


@pytest.mark.parametrize("text", [b"", b"x", b"A" * 32, b"A" * 31, b"\xff" * 32, b" " * 32, b"=" * 32])
def test_made_up_nonces(text: bytes) -> None:
    assert not good(text)


@given(at=st.integers(0, 31), bit=st.integers(0, 7))
def test_altered_nonce(at: int, bit: int) -> None:
    text = bytearray(nonce())
    text[at] ^= 1 << bit
    assert not good(bytes(text))


def test_without_count_a_nonce_serves_once() -> None:
    text = nonce()
    assert LIBRARY.fx_nonce_use(text, 0, 1) == FRESH
    assert LIBRARY.fx_nonce_use(text, 0, 2) == REPLAYED
    assert LIBRARY.fx_nonce_use(text, 1, 3) == REPLAYED


def test_repetition_of_the_last_request_is_told_from_a_replay() -> None:
    text = nonce()
    assert LIBRARY.fx_nonce_use(text, 1, 11) == FRESH
    assert LIBRARY.fx_nonce_use(text, 1, 11) == AGAIN
    assert LIBRARY.fx_nonce_use(text, 1, 12) == REPLAYED
    assert LIBRARY.fx_nonce_use(text, 2, 12) == FRESH
    assert LIBRARY.fx_nonce_use(text, 1, 11) == REPLAYED


@settings(max_examples=200)
@given(st.lists(st.integers(1, 80), max_size=60))
def test_nonce_counts_against_a_model(counts: list[int]) -> None:
    """Each count once, in any order within a window of 32."""
    text, seen, highest = nonce(), set[int](), 0
    for serial, count in enumerate(counts):
        new = count not in seen and count > highest - 32
        assert (LIBRARY.fx_nonce_use(text, count, serial + 1) == FRESH) == new
        if new:
            seen.add(count)
            highest = max(highest, count)


def test_a_forgotten_nonce_is_not_good_for_a_second_time() -> None:
    first = nonce()
    assert LIBRARY.fx_nonce_use(first, 1, 1) == FRESH
    for _ in range(4096):
        LIBRARY.fx_nonce_use(nonce(), 1, 1)
    assert LIBRARY.fx_nonce_use(first, 1, 2) == REPLAYED


def test_account_says_what_is_wrong() -> None:
    md5, sha256 = ha1("103", "realm", "secret")
    Account("103", md5, sha256)
    with pytest.raises(ValueError, match="SHA-256: 64 lower-case hexadecimal digits"):
        Account("103", md5, md5)
    with pytest.raises(ValueError, match="1 to 63 bytes"):
        Account("9" * 64, md5, sha256)


@pytest.mark.parametrize(
    ("networks", "ip", "admitted"),
    [
        ((), "203.0.113.9", True),
        (("10.0.0.0/8", "192.0.2.1"), "192.0.2.1", True),
        (("10.0.0.0/8",), "11.0.0.1", False),
        (("::/0",), "192.0.2.1", True),  # as in C, where IPv4 lies within IPv6
        (("0.0.0.0/0",), "2001:db8::1", False),
        (("2001:db8::/32",), "2001:db8::1", True),
    ],
)
def test_where_a_device_may_be(networks: tuple[str, ...], ip: str, admitted: bool) -> None:
    account = Account("103", *ha1("103", "realm", "secret"), transports=("udp",), permitted=networks)
    assert account.admits(Source(ip, 5060, "udp")) is admitted
    assert not account.admits(Source(ip, 5060, "tcp"))
