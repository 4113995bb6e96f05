"""What a caller hears before the tone: the owner's own greeting, or words of the box with the owner's name or number.

Not responsible for recording greetings: `options.py`.
"""

from collections.abc import Mapping
from pathlib import Path

from firmware.calls.dialogue import Dialogue
from firmware.features.voicemail.boxes import Greeting


def greeting(talk: Dialogue, mailbox: str, why: str, own: Mapping[Greeting, Path]) -> list[Path]:
    """The files. `why`: busy, unavailable or "", which counts as the latter. A temporary greeting takes all calls."""
    kind: Greeting = "busy" if why == "busy" else "unavailable"
    if (recorded := own.get("temporary") or own.get(kind)) is not None:
        return [recorded]
    name = [own["name"]] if "name" in own else [*talk.phrases("vm-the-person"), *talk.digits(mailbox)]
    return name + talk.phrases("vm-on-phone" if kind == "busy" else "vm-unavailable")
