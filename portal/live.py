"""From an event of the core to what changes on the open status page: pieces of HTML by element id.

Pure but for the templates. The same macros make the page and its pieces, so that both always look alike.
"""

from typing import Any, NamedTuple, TypeVar

import msgspec
from flask import current_app

from firmware.contract.events import (
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


class Patch(NamedTuple):
    """`kind`: patch, drop, refresh, logout. `id` is an element of the page, `html` what it becomes."""

    kind: str
    id: str = ""
    html: str = ""


def patches(status: Status, event: Event) -> tuple[Status, list[Patch]]:
    """The status after the event, and what the page has to change."""
    change = event.change
    match change:
        case LineChanged(line):
            status = with_one(status, "lines", line, "slot")
            found = [piece("line", line, f"line-{line.slot}")]
        case RegistrationChanged(registration):
            status = with_one(status, "registrations", registration, "extension")
            found = [piece("registration", registration, f"registration-{registration.extension}")]
        case TrunkChanged(trunk):
            status = with_one(status, "trunks", trunk, "name")
            found = [piece("trunk", trunk, f"trunk-{trunk.name}")]
        case CallChanged(call):
            status = with_one(status, "calls", call, "id")
            found = [piece("call", call, f"call-{call.id}")]
        case CallEnded(id):
            status = msgspec.structs.replace(status, calls=tuple(call for call in status.calls if call.id != id))
            found = [Patch("drop", f"call-{id}")]
        case ChecksChanged(checks):
            status = msgspec.structs.replace(status, checks=checks)
            found = [piece("health", checks, "health")]
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


def piece(macro: str, fact: Any, id: str) -> Patch:
    """An element drawn anew by the macro that drew it on the page."""
    module = current_app.jinja_env.get_template("parts.html").module
    return Patch("patch", id, str(getattr(module, macro)(fact)).strip())
