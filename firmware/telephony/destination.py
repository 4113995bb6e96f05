"""Destinations of the site file: `101`, `operator`, `queue/631`, `voicemail/101` ...

Not responsible for whether the destination exists (`site/check.py`) or for going there (`inbound.py`).
"""

from dataclasses import dataclass

WORDS = ("operator", "fax", "direct", "hangup")
"""Destinations without a number. `direct`: the extension whose number the caller dialled."""


@dataclass(frozen=True, slots=True)
class Destination:
    """`kind`: number, extension, group, queue, menu, room, voicemail, or one of WORDS."""

    kind: str
    number: str = ""


def destination(text: str) -> Destination:
    """Take a destination apart; the form of the text has been checked before."""
    if text in WORDS:
        return Destination(text)
    kind, slash, number = text.partition("/")
    return Destination(kind, number) if slash else Destination("number", text)
