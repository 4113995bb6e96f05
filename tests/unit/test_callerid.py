"""Caller ID messages: there and back, texts that do not fit, messages of others, garbage."""

import contextlib
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.simboard.sound.fsk import modulate
from firmware.simboard.sound.message import read_display
from firmware.telephony.callerid import (
    CallerId,
    CallerIdError,
    caller_id_bits,
    caller_id_message,
    message_waiting_bits,
    parse_caller_id,
)

WHEN = datetime(2026, 7, 8, 9, 10)


def characters(bits: bytes) -> bytes:
    """Bytes within line bits, as a receiver frames them: after the long mark, start bit, eight bits, stop bit."""
    at = bits.index(b"\x01" * 20)
    found = bytearray()
    while (start := bits.find(b"\x00", at)) >= 0:
        frame = bits[start : start + 10]
        assert frame[9] == 1
        found.append(sum(bit << n for n, bit in enumerate(frame[1:9])))
        at = start + 10
    return bytes(found)


def test_bits_carry_the_message_and_its_checksum() -> None:
    sent = characters(caller_id_bits("104", "Anna", WHEN, "bell202"))
    assert sum(sent) % 256 == 0
    assert sent[:-1] == caller_id_message("104", "Anna", WHEN, "bell202")
    assert sent[0] == 0x80


@pytest.mark.parametrize("standard", ["bell202", "v23"])
def test_a_telephone_of_another_make_reads_it(standard: str) -> None:
    sent = characters(caller_id_bits("0301234567", "Müller Söhne", WHEN, standard))
    display = read_display(modulate(sent, standard))
    assert display is not None
    assert (display.number, display.name, display.time) == ("0301234567", "Mueller Soehne", "07080910")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_makes_a_message_that_can_be_read(number: str, name: str) -> None:
    caller = parse_caller_id(caller_id_message(number, name, WHEN, "bell202"))
    assert len(caller.number) <= 20
    assert len(caller.name) <= 15
    assert caller.time == "07080910"


def test_no_number() -> None:
    caller = parse_caller_id(caller_id_message("", "", WHEN, "v23"))
    assert caller == CallerId(time="07080910", absent="unavailable")


def test_messages_of_others() -> None:
    assert parse_caller_id(b"\x04\x0f03041506" + b"5551234") == CallerId("5551234", "", "03041506")
    assert parse_caller_id(b"\x04\x0903041506P").absent == "private"
    assert parse_caller_id(b"\x80\x06\x02\x01O\x07\x01x") == CallerId(name="x", absent="unavailable")


def test_message_lamp() -> None:
    for on in (True, False):
        assert parse_caller_id(characters(message_waiting_bits(on))[:-1]).lamp is on


@pytest.mark.parametrize("message", [b"", b"\x80", b"\x80\x05\x02\x09123", b"\x55\x01\x00", b"\x80\x02\x02"])
def test_garbage_is_refused(message: bytes) -> None:
    with pytest.raises(CallerIdError):
        parse_caller_id(message)


@given(st.binary(max_size=40))
def test_no_bytes_do_harm(message: bytes) -> None:
    with contextlib.suppress(CallerIdError):
        assert parse_caller_id(message).number.isprintable()
