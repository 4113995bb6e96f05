"""From an event of the core to what changes on the open status page: pieces of HTML by element id.

Pure; the caller gives the drawing. The same macros make the page and its pieces, so that both always look alike.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import msgspec
from jinja2 import Environment

from firmware.contract.events import (
    AlarmsChanged,
    CallChanged,
    CallEnded,
    ChecksChanged,
    Event,
    LineChanged,
    RegistrationChanged,
    Resync,
    SessionEnded,
    SettingsChanged,
    TrunkChanged,
)
from firmware.contract.status import Status
from portal.words import summary

T = TypeVar("T")
Draw = Callable[[str, Any], str]


class Patch(NamedTuple):
    """`kind`: patch, drop, refresh, logout. `id` is an element of the page, `html` what it becomes."""

    kind: str
    id: str = ""
    html: str = ""


def patches(status: Status, event: Event, draw: Draw) -> tuple[Status, list[Patch]]:
    """The status after the event, and what the page has to change; `draw(macro, fact)` makes the HTML."""
    change = event.change
    match change:
        case LineChanged(line):
            status = with_one(status, "lines", line, "slot")
            found = [Patch("patch", f"line-{line.slot}", draw("line", line))]
        case RegistrationChanged(registration):
            status = with_one(status, "registrations", registration, "extension")
            found = [Patch("patch", f"registration-{registration.extension}", draw("registration", registration))]
        case TrunkChanged(trunk):
            status = with_one(status, "trunks", trunk, "name")
            found = [Patch("patch", f"trunk-{trunk.name}", draw("trunk", trunk))]
        case CallChanged(call):
            status = with_one(status, "calls", call, "id")
            found = [Patch("patch", f"call-{call.id}", draw("call", call))]
        case CallEnded(id):
            status = msgspec.structs.replace(status, calls=tuple(call for call in status.calls if call.id != id))
            found = [Patch("drop", f"call-{id}")]
        case ChecksChanged(checks):
            status = msgspec.structs.replace(status, checks=checks)
            found = [Patch("patch", "health", draw("health", checks))]
        case AlarmsChanged(alarms):
            status = msgspec.structs.replace(status, alarms=alarms)
            return status, [Patch("patch", "alarms", draw("alarms", alarms))]
        case SettingsChanged() | Resync():
            return status, [Patch("refresh")]
        case SessionEnded():
            return status, [Patch("logout")]
    return status, [*found, Patch("patch", "summary", f'<small id="summary">{summary(status)}</small>')]


def with_one(status: Status, field: str, new: T, key: str) -> Status:
    """The status with one entry of a field replaced, or added when its key is new."""
    old: tuple[T, ...] = getattr(status, field)
    id = getattr(new, key)
    known = any(getattr(one, key) == id for one in old)
    entries = tuple(new if getattr(one, key) == id else one for one in old) if known else (*old, new)
    return msgspec.structs.replace(status, **{field: entries})


def drawing(environment: Environment) -> Draw:
    """Draws by the macros of the page's own templates."""
    macros = environment.get_template("parts.html").module

    def draw(macro: str, fact: Any) -> str:
        return str(getattr(macros, macro)(fact)).strip()

    return draw
