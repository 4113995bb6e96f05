"""Codes pressed in a call: which count in which state (N10), and the matcher of N9. Pure.

Not responsible for who may press them (N8) or for what they do.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from firmware.telephony.codes import Code, When

GAP_S = 1.0  # Asterisk's featuredigittimeout


class Stage(Enum):
    """What somebody is doing who presses keys. In menus, mailboxes and rooms nothing else is listened for."""

    TALK = "talking"
    ATTENDED_RINGING = "waiting for the third party of an attended transfer"
    ATTENDED_TALKING = "talking to the third party of an attended transfer"
    CONFERENCE_ADMIN = "in a conference, as its administrator"
    INVITE = "talking to somebody who is to come into a conference"
    GUEST = "in a conference, or asked by somebody out of another call"


_PLACE = {
    Stage.TALK: When.CALL,
    Stage.ATTENDED_RINGING: When.RINGING,
    Stage.ATTENDED_TALKING: When.RINGING,
    Stage.CONFERENCE_ADMIN: When.CONFERENCE,
    Stage.INVITE: When.INVITE,
}
PARK = "park"
_NOT_PARKED = {Stage.ATTENDED_TALKING, Stage.CONFERENCE_ADMIN, Stage.INVITE, Stage.GUEST}
_PATIENT = {Stage.ATTENDED_TALKING}  # the third party may be a machine that wants `*` and more


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Ids of codes by their digits. `patient`: a code counts only once nothing follows it for GAP_S."""

    ids: Mapping[str, str] = field(default_factory=dict)
    patient: bool = False


NO_KEYS = KeyTable()


def key_table(stage: Stage, codes: Iterable[Code], there: Collection[str] | None = None) -> KeyTable:
    """The codes of a stage (N10). `there`: ids that lead somewhere; None: all.

    Where nobody is parked, `PARK` is among them all the same: to be told so (product.md 2.3).
    """
    place, refused = _PLACE.get(stage), {PARK} if stage in _NOT_PARKED else set()
    here = (one for one in codes if one.when is place or one.id in refused)
    return KeyTable({one.digits: one.id for one in here if there is None or one.id in there}, stage in _PATIENT)


@dataclass(frozen=True, slots=True)
class Matched:
    """The keys are the code of this id; the peer never hears them."""

    id: str


@dataclass(frozen=True, slots=True)
class Pass:
    """These keys are no code: send them to the peer."""

    keys: str


@dataclass(frozen=True, slots=True)
class ArmGap:
    """Start the gap timer anew; when it runs out, call `gap`."""


Action = Matched | Pass | ArmGap


def press(held: str, key: str, table: KeyTable) -> tuple[str, tuple[Action, ...]]:
    """One more key after the keys that are held back. Returns the keys to hold back now, and what to do."""
    whole = held + key
    longer = any(code.startswith(whole) and code != whole for code in table.ids)
    if whole in table.ids and not longer and not table.patient:
        return "", (Matched(table.ids[whole]),)
    if longer or whole in table.ids:
        return whole, (ArmGap(),)
    if held:
        rest, actions = press("", key, table)
        return rest, (Pass(held), *actions)
    return "", (Pass(key),)


def gap(held: str, table: KeyTable) -> tuple[Action, ...]:
    """No further key came in time."""
    if held in table.ids:
        return (Matched(table.ids[held]),)
    return (Pass(held),) if held else ()
