"""What the guard lets through to the parser, as bytes; C reached through ctypes."""

import ctypes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.sip import native
from firmware.sip.guard import SCANNERS, mask, native_limits
from firmware.telephony.site.system import Limits

LIBRARY = native.load()
LIBRARY.fx_limits_set(ctypes.byref(native_limits(Limits())))
LIBRARY.fx_agents_set(0, "".join(f"{agent}\n" for agent in SCANNERS).encode())
HEAD = (
    "INVITE sip:101@127.0.0.1 SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.2;branch=z9hG4bK1", "From: <sip:a@b>;tag=1",
    "To: <sip:101@b>", "Call-ID: 1@b", "CSeq: 1 INVITE",
)  # fmt: skip


def verdict(text: str | bytes, known: bool = False) -> str:
    data = text.encode() if isinstance(text, str) else text
    return str(LIBRARY.fx_counter_name(LIBRARY.fx_examine(data, len(data), known)).decode())


def message(*extra: str, body: str = "", without: str = "") -> str:
    lines = [line for line in HEAD if not without or not line.startswith(without)]
    return "\r\n".join([*lines, *extra, "", body])


def test_an_ordinary_message_passes() -> None:
    assert verdict(message("User-Agent: Snom/8", body="v=0\r\n")) == "passed"
    assert verdict(message().replace("Via:", "v :").replace("From:", "f:").replace("Call-ID", "i")) == "passed"
    assert verdict(message().replace("\r\n", "\n")) == "passed"


def test_size_depends_on_who_sends() -> None:
    long = message(body="x" * 8001)
    assert verdict(long) == "oversized"
    assert verdict(long, known=True) == "passed"
    assert verdict(message(body="x" * 16001), known=True) == "oversized"


def test_headers() -> None:
    assert verdict(message(*["X-A: 1"] * 59)) == "passed"  # 64 with the five of HEAD
    assert verdict(message(*["X-A: 1"] * 60)) == "headers"
    assert verdict(message("X-A: 1", *[" folded"] * 100)) == "passed"


def test_hops() -> None:
    hop = "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2"
    assert verdict(message(*[f"Via: {hop}"] * 3)) == "passed"
    assert verdict(message(*[f"v: {hop}"] * 4)) == "vias"
    assert verdict(message("Via: " + ", ".join([hop] * 4))) == "vias"
    assert verdict(message(f"Via: {hop}", *[f" ,{hop}"] * 4)) == "vias"


def test_bodies_that_parsers_must_not_get() -> None:
    assert verdict(message(body="a=crypto:1 x\r\n" * 64)) == "passed"
    assert verdict(message(body="a=crypto:1 x\r\n" * 65)) == "crypto_lines"
    assert verdict(message(body="<a>" * 16 + "</a>" * 16)) == "passed"
    assert verdict(message(body="<a>" * 17)) == "xml_depth"


@pytest.mark.parametrize("agent", ["friendly-scanner", "sipvicious/0.3", "SIPVicious", "xx sundayddr", "sipcli/v1.8"])
def test_scanners(agent: str) -> None:
    assert verdict(message(f"User-Agent: {agent}")) == "scanner"


@pytest.mark.parametrize("agent", ["", "Yealink SIP-T46G 28.83.0.50", "Linphone/3.12", "snomD785/10.1", "baresip v3.1"])
def test_telephones_are_no_scanners(agent: str) -> None:
    assert verdict(message(f"User-Agent: {agent}")) == "passed"


@pytest.mark.parametrize("name", ["Via", "From", "To", "Call-ID", "CSeq"])
def test_a_message_has_its_headers(name: str) -> None:
    assert verdict(message(without=name)) == "malformed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "GET / HTTP/1.1\r\n\r\n",
        "\x00\x01\x00\x08\x21\x12\xa4\x42" * 8,
        "INVITE",
        " SIP/2.0 200 OK",
        "\x16\x03\x01",
    ],
)
def test_what_is_not_sip(text: str) -> None:
    assert verdict(text) == "malformed"


def test_no_nul_in_headers() -> None:
    assert verdict(message("X-A: a\0b")) == "malformed"
    assert verdict(message(body="a\0b")) == "passed"


@settings(max_examples=500)
@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    verdict(data)


@settings(max_examples=500)
@given(st.lists(st.tuples(st.sampled_from(["Via", "v", "User-Agent", "X", "", " ", "To", "\t"]), st.text(max_size=40))))
def test_any_headers(lines: list[tuple[str, str]]) -> None:
    """A verdict for everything, and never `passed` with too many headers."""
    text = "\r\n".join([*HEAD, *(f"{name}:{value}" for name, value in lines), "", ""])
    if verdict(text) == "passed":
        head = text.encode().split(b"\n\r\n")[0].split(b"\n")
        assert sum(not line.startswith((b" ", b"\t")) for line in head if line.strip(b"\r")) <= 66


def test_transports_are_bits() -> None:
    assert mask(("udp", "tls")) == 5
    assert mask(("udp", "udp")) == 1
