"""Who may see what. Pure; the portal's pages rely on nothing else (security.md 2.2).

An administrator and an operator see the whole box. An extension sees the lines and registrations of all, since that is
the company's list, but calls only where it takes part, and nothing of trunks, addresses, versions and self-checks.
"""

import msgspec

from firmware.contract.events import (
    AlarmsChanged,
    CallChanged,
    CallEnded,
    Change,
    ChecksChanged,
    LineChanged,
    RegistrationChanged,
    SettingsChanged,
    TrunkChanged,
)
from firmware.contract.replies import Role
from firmware.contract.status import Line, LineKind, Registration, Status


def sees_all(role: Role) -> bool:
    return role is not Role.EXTENSION


def status_for(status: Status, role: Role, extension: str | None) -> Status:
    """The part of the status that this role may see."""
    if sees_all(role):
        return status
    return msgspec.structs.replace(
        status,
        addresses={},
        versions={},
        lines=tuple(bare_line(line) for line in status.lines if line.kind is LineKind.FXS),
        registrations=tuple(bare_registration(one) for one in status.registrations),
        trunks=(),
        calls=tuple(call for call in status.calls if extension in call.extensions),
        checks=(),
        alarms=(),
        counters={},
    )


def change_for(change: Change, role: Role, extension: str | None) -> Change | None:
    """The change as this role may see it, None when it may not."""
    if sees_all(role):
        return change
    match change:
        case LineChanged(line):
            return LineChanged(bare_line(line)) if line.kind is LineKind.FXS else None
        case CallChanged(call):
            return change if extension in call.extensions else None
        case CallEnded(_, extensions):
            return change if extension in extensions else None
        case TrunkChanged() | ChecksChanged() | AlarmsChanged():
            return None
        case RegistrationChanged(registration):
            return RegistrationChanged(bare_registration(registration))
        case SettingsChanged():
            return change


def bare_line(line: Line) -> Line:
    return msgspec.structs.replace(line, detail="")


def bare_registration(registration: Registration) -> Registration:
    return msgspec.structs.replace(registration, devices=tuple("device" for _ in registration.devices))
