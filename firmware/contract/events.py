"""What the event stream carries: each change of a fact, numbered, after it has happened."""

from datetime import datetime

from msgspec import Struct

from firmware.contract.status import Call, Check, Line, Position, Registration, Trunk


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


class AlarmRaised(Message, frozen=True):
    """Something that somebody responsible for the box should know at once (security.md 4). `text` is for people."""

    at: datetime
    text: str


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
    | AlarmRaised
    | SettingsChanged
)


class Event(Message, frozen=True):
    """One entry of the stream."""

    position: Position
    change: Change | Resync | SessionEnded
