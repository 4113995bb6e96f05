"""What a telephone's display makes of caller ID, and what the exchange sends: SDMF and MDMF (GR-30, ETSI 659-3)."""

from dataclasses import dataclass
from datetime import datetime

from firmware.simboard.sound import Samples
from firmware.simboard.sound.fsk import demodulate, standard_of

SDMF, MDMF, MDMF_WAITING, SDMF_WAITING = 0x04, 0x80, 0x82, 0x06
TIME, NUMBER, NO_NUMBER, NAME, NO_NAME, LAMP = 0x01, 0x02, 0x04, 0x07, 0x08, 0x0B


@dataclass(frozen=True, slots=True)
class Display:
    """What was shown: empty where nothing came. `lamp` is None unless the message was about the message lamp."""

    standard: str
    number: str = ""
    name: str = ""
    time: str = ""  # MMDDhhmm
    lamp: bool | None = None


def read_display(samples: Samples) -> Display | None:
    """Decode the audio of one transmission; None when no whole message with a right checksum is in it."""
    standard = standard_of(samples)
    data = demodulate(samples, standard)
    for at, kind in enumerate(data):
        if kind in (SDMF, MDMF, MDMF_WAITING, SDMF_WAITING) and at + 2 < len(data):
            message = data[at : at + data[at + 1] + 3]
            if len(message) == data[at + 1] + 3 and sum(message) % 256 == 0:
                return _display(standard, kind, message[2:-1])
    return None


def _display(standard: str, kind: int, body: bytes) -> Display:
    if kind == SDMF:
        return Display(standard, number=_shown(body[8:]), time=body[:8].decode("latin-1"))
    if kind == SDMF_WAITING:
        return Display(standard, lamp=body[:1] == b"\x42")
    fields: dict[int, bytes] = {}
    at = 0
    while at + 1 < len(body):
        fields[body[at]] = body[at + 2 : at + 2 + body[at + 1]]
        at += 2 + body[at + 1]
    return Display(
        standard,
        number=_shown(fields.get(NUMBER, fields.get(NO_NUMBER, b""))),
        name=_shown(fields.get(NAME, fields.get(NO_NAME, b""))),
        time=fields.get(TIME, b"").decode("latin-1"),
        lamp=fields[LAMP] != b"\x00" if LAMP in fields else None,
    )


def _shown(text: bytes) -> str:
    """P and O alone mean private and out of area."""
    return {b"P": "private", b"O": "unavailable"}.get(text, text.decode("latin-1"))


def mdmf(number: str, name: str, when: datetime) -> bytes:
    """The exchange's message: checksum included."""
    fields = [(TIME, when.strftime("%m%d%H%M"))]
    fields.append((NUMBER, number) if number else (NO_NUMBER, "O"))
    if name:
        fields.append((NAME, name))
    body = b"".join(bytes((kind, len(text))) + text.encode("latin-1", "replace") for kind, text in fields)
    message = bytes((MDMF, len(body))) + body
    return message + bytes((-sum(message) % 256,))
