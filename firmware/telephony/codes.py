"""Feature codes: the table of the user guide, as a box may have changed it (N1).

Not responsible for what a code does (`firmware.features`), nor for telling codes from numbers (`numbering.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal


class When(Enum):
    """Where the digits of a code are listened for."""

    IDLE = "dialled like a number"
    CALL = "pressed in a call"
    RINGING = "pressed while the third party of an attended transfer rings"
    CONFERENCE = "pressed in a conference by its administrator"
    INVITE = "pressed while talking to someone invited to a conference"


Argument = Literal["none", "extension", "number", "time"]
"""What follows the code: an extension, a number as dialled (left out: it is asked for), or a time as MMDDHHMM, HHMM."""


@dataclass(frozen=True, slots=True)
class Code:
    """One feature code. `active`: the feature is there; if not, the code is known but leads nowhere yet."""

    id: str
    digits: str
    title: str
    when: When = When.IDLE
    argument: Argument = "none"
    active: bool = False


def _in(when: When, *rows: tuple[str, str, str]) -> tuple[Code, ...]:
    return tuple(Code(id_, digits, title, when, active=True) for id_, digits, title in rows)


IDLE = (
    Code("voicemail", "*60", "Dial voicemail", active=True),
    Code("my-voicemail", "*61", "My voicemail", active=True),
    Code("pickup-group", "*8", "General call pickup", active=True),
    Code("pickup", "**", "Direct call pickup", argument="extension", active=True),
    Code("blacklist-last", "*76", "Blacklist the last caller", active=True),
    Code("blacklist-add", "*75", "Blacklist a number", argument="number", active=True),
    Code("blacklist-remove", "*075", "Whitelist a number", argument="number", active=True),
    Code("spy-listen", "*90", "Normal spy", argument="extension", active=True),
    Code("spy-whisper", "*91", "Whisper spy", argument="extension", active=True),
    Code("spy-barge", "*92", "Barge spy", argument="extension", active=True),
    Code("agent-login", "*62", "Agent login", active=True),
    Code("agent-logout", "*062", "Agent logout", active=True),
    Code("agent-pause", "*95", "Agent pause", active=True),
    Code("agent-resume", "*095", "Agent unpause", active=True),
    Code("wake-up-cancel", "*055", "Cancel all wakeup calls", active=True),
    Code("wake-up-set", "*55*", "Direct wakeup call request", argument="time", active=True),
    Code("wake-up-menu", "*55", "Wakeup call main menu", active=True),
    Code("forward-always-on", "*71", "Forward all activate", argument="number", active=True),
    Code("forward-always-off", "*071", "Forward all deactivate", active=True),
    Code("forward-busy-on", "*72", "Activate forward on busy", argument="number", active=True),
    Code("forward-busy-off", "*072", "Deactivate forward on busy", active=True),
    Code("forward-no-answer-on", "*73", "Activate forward on no answer", argument="number", active=True),
    Code("forward-no-answer-off", "*073", "Deactivate forward on no answer", active=True),
    Code("dnd-on", "*74", "DND activate", active=True),
    Code("dnd-off", "*074", "DND deactivate", active=True),
    Code("wan-address", "**11", "Announce WAN port IP", active=True),
    Code("lan-address", "**12", "Announce LAN port IP", active=True),
    Code("own-number", "**13", "Announce extension number", active=True),
    Code("intercom", "*50", "Intercom", argument="extension", active=True),
    Code("paging", "*51", "Paging", argument="extension", active=True),
)
"""The 30 codes of the guide that are dialled like a number."""

PRESSED = (
    *_in(
        When.CALL,
        ("transfer-blind", "#", "Blind transfer"),
        ("transfer-attended", "*2", "Attended transfer"),
        ("park", "*4", "Call parking"),
        ("record", "*1", "One touch recording"),
        ("conference-create", "*0", "Create conference"),
    ),
    *_in(When.RINGING, ("transfer-abort", "*", "Abort transfer")),
    *_in(When.CONFERENCE, ("conference-invite", "0", "Invite participant")),
    *_in(
        When.INVITE,
        ("conference-return-with", "**", "Return with participant"),
        ("conference-return-without", "*#", "Return without participant"),
    ),
)
"""The 9 codes of the guide that are pressed during a call."""

OURS = (
    Code("echo-test", "*43", "Echo test", active=True),  # the digits are FreePBX's: the guide has none
    Code("help", "*411", "Spoken help", active=True),  # begins with no other code, and fits the telephones' `*x.` (N13)
    Code("greeting", "*77", "Record a greeting", argument="number", active=True),  # FreePBX's, for its own recordings
    Code("voicemail-direct", "*6*", "Direct to voicemail", argument="extension", active=True),  # product.md 2.4
)
"""Codes beyond the guide's."""

DEFAULTS = {code.id: code for code in (*IDLE, *PRESSED, *OURS)}


def codes(changed: Mapping[str, str]) -> tuple[Code, ...]:
    """The table of a box whose site file gives other digits to some ids. Unknown ids are left to `site check`."""
    return tuple(replace(code, digits=changed.get(id_, code.digits)) for id_, code in DEFAULTS.items())


def duplicates(table: Iterable[Code]) -> list[tuple[Code, Code]]:
    """Pairs of codes that are listened for in the same place with the same digits."""
    seen: dict[tuple[When, str], Code] = {}
    pairs = []
    for code in table:
        other = seen.setdefault((code.when, code.digits), code)
        if other is not code:
            pairs.append((other, code))
    return pairs


def prefixes(table: Iterable[Code]) -> list[tuple[Code, Code]]:
    """Pairs of codes of one place of which the first begins the second: the first then has to wait."""
    codes_ = tuple(table)
    return [
        (short, long)
        for short in codes_
        for long in codes_
        if short.when is long.when and short.digits != long.digits and long.digits.startswith(short.digits)
    ]
