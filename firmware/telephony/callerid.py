"""Caller ID messages as they travel on analog lines: SDMF and MDMF, and the bits around them. Pure; no audio.

Sources: Telcordia GR-30-CORE and SR-TSV-002476, ETSI EN 300 659-1 and -3 (the same messages over V.23).
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

SDMF, MDMF, MESSAGE_WAITING = 0x04, 0x80, 0x82
_TIME, _NUMBER, _NO_NUMBER, _NAME, _NO_NAME, _LAMP = 0x01, 0x02, 0x04, 0x07, 0x08, 0x0B
NUMBER_CHARS = 20  # EN 300 659-3 clause 5.4.2
NAME_CHARS = {"bell202": 15, "v23": 50}  # GR-1188; EN 300 659-3 clause 5.4.5
WAITING_MARK_BITS = 80  # EN 300 659-2 clause 6.2: the telephone is known to listen
SEIZURE_BITS, MARK_BITS, END_BITS = 300, 180, 60  # 250, 150 and 50 ms at 1200 baud (EN 300 659-1 clause 6.1)
_FOLDED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "o", "æ": "ae"}
)


class CallerIdError(ValueError):
    """The bytes are no caller ID message; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class CallerId:
    """What a display shows. `number` and `name` are "" when they were withheld or unknown, as `absent` tells."""

    number: str = ""
    name: str = ""
    time: str = ""  # MMDDhhmm, the sender's local time
    absent: str = ""  # "private", "unavailable" or ""
    lamp: bool | None = None  # the message is about the message lamp


def caller_id_bits(number: str, name: str, when: datetime, standard: str) -> bytes:
    """Line bits, one a byte, that show a caller: `standard` is "bell202" or "v23". No number: shown as unavailable."""
    return line_bits(caller_id_message(number, name, when, standard))


def waiting_caller_bits(number: str, name: str, when: datetime, standard: str) -> bytes:
    """Like `caller_id_bits`, during a call: without the seizure, mark only (GR-30-CORE 2.3; EN 300 659-2)."""
    return characters(caller_id_message(number, name, when, standard), WAITING_MARK_BITS)


def message_waiting_bits(waiting: bool) -> bytes:
    """Line bits that switch a telephone's message lamp (EN 300 659-3 clause 5.4.8)."""
    return line_bits(bytes((MESSAGE_WAITING, 3, _LAMP, 1, 0xFF if waiting else 0x00)))


def caller_id_message(number: str, name: str, when: datetime, standard: str) -> bytes:
    """An MDMF message: type, length, parameters; no checksum."""
    fields = [(_TIME, when.strftime("%m%d%H%M"))]
    fields.append((_NUMBER, _plain(number, NUMBER_CHARS)) if number else (_NO_NUMBER, "O"))
    fields.append((_NAME, _plain(name, NAME_CHARS[standard])) if name else (_NO_NAME, "O"))
    body = b"".join(bytes((kind, len(text))) + text.encode("ascii") for kind, text in fields)
    return bytes((MDMF, len(body))) + body


def _plain(text: str, longest: int) -> str:
    """Seven-bit text: letters without their marks, `?` for what has no such letter."""
    folded = unicodedata.normalize("NFKD", text.translate(_FOLDED))
    kept = (char if " " <= char <= "~" else "?" for char in folded if not unicodedata.combining(char))
    return "".join(kept)[:longest]


def line_bits(message: bytes) -> bytes:
    """Channel seizure, mark, the message with its checksum in asynchronous characters, mark."""
    return bytes(n % 2 for n in range(SEIZURE_BITS)) + characters(message, MARK_BITS)


def characters(message: bytes, mark_bits: int) -> bytes:
    """Mark, the message with its checksum in asynchronous characters, mark."""
    bits = bytearray(b"\x01" * mark_bits)
    for byte in message + bytes((-sum(message) % 256,)):
        bits += bytes((0, *(byte >> n & 1 for n in range(8)), 1))
    return bytes(bits + b"\x01" * END_BITS)


def parse_caller_id(message: bytes) -> CallerId:
    """Read a message whose checksum was right and has been taken off. Raises CallerIdError."""
    if len(message) < 2 or message[1] != len(message) - 2:
        raise CallerIdError(f"caller ID message of {len(message)} bytes: its length byte does not fit")
    body = message[2:]
    if message[0] == SDMF:
        return _with_number(body[8:], CallerId(time=_text(body[:8])))
    if message[0] in (MDMF, MESSAGE_WAITING):
        return _parse_fields(body)
    raise CallerIdError(f"caller ID message of type 0x{message[0]:02X}: 0x04, 0x80 and 0x82 are known")


def _parse_fields(body: bytes) -> CallerId:
    found: dict[int, bytes] = {}
    at = 0
    while at + 1 < len(body):
        end = at + 2 + body[at + 1]
        if end > len(body):
            raise CallerIdError(f"caller ID parameter 0x{body[at]:02X} runs over the message's end")
        found[body[at]] = body[at + 2 : end]
        at = end
    caller = CallerId(
        time=_text(found.get(_TIME, b"")),
        name=_text(found.get(_NAME, b"")),
        lamp=found[_LAMP] != b"\x00" if _LAMP in found else None,
    )
    return _with_number(found.get(_NUMBER, found.get(_NO_NUMBER, b"")), caller)


def _with_number(sent: bytes, caller: CallerId) -> CallerId:
    """A lone P or O stands for a number that is private or not available."""
    absent = {b"P": "private", b"O": "unavailable"}.get(sent, "")
    number = "" if absent else _text(sent)
    return CallerId(number, caller.name, caller.time, absent, caller.lamp)


def _text(sent: bytes) -> str:
    """Bytes of the network as text, nothing in it but printable characters."""
    return "".join(char if char.isprintable() else "?" for char in sent.decode("latin-1")).strip()
