"""What the event stream carries: each change of a fact, numbered, after it has happened."""

from msgspec import Struct

from firmware.contract.status import Alarm, Call, Check, Line, Position, Registration, Trunk


class Message(Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Base of all that travels: the type's name stands in the field `type`."""


class LineChanged(Message, frozen=True):
    line: Line


class RegistrationChanged(Message, frozen=True):
    registration: Registration


class TrunkChanged(Message, frozen=True):
    trunk: Trunk


class CallChanged(Message, frozen=True):
    """A call began or its state changed."""

    call: Call


class CallEnded(Message, frozen=True):
    id: str
    extensions: tuple[str, ...] = ()


class ChecksChanged(Message, frozen=True):
    checks: tuple[Check, ...]


class AlarmsChanged(Message, frozen=True):
    """An alarm came, or was dismissed (security.md 4): these are there now."""

    alarms: tuple[Alarm, ...]


class SettingsChanged(Message, frozen=True):
    """Extensions, trunks or names are others now: ask for the whole status again."""


class SessionEnded(Message, frozen=True):
    """The session of this stream is no more (logged out, expired, revoked). Nothing follows."""


class Resync(Message, frozen=True):
    """Events between the asked position and this one are not held any more: ask for the whole status again."""


Change = (
    LineChanged
    | RegistrationChanged
    | TrunkChanged
    | CallChanged
    | CallEnded
    | ChecksChanged
    | AlarmsChanged
    | SettingsChanged
)


class Event(Message, frozen=True):
    """One entry of the stream."""

    position: Position
    change: Change | Resync | SessionEnded
