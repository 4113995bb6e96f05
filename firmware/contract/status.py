"""The facts that the box tells about itself, as values. What they mean is decided where they arise, not here."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Fact(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all facts: immutable, compared by value; a field that nobody knows is an error."""


class LineKind(StrEnum):
    FXS = "fxs"  # a telephone is plugged in
    FXO = "fxo"  # a line of the telephone network


class LineState(StrEnum):
    """Words of portal.md section 6; each is shown with its lamp."""

    READY = "Ready"
    OFF_HOOK = "Off hook"
    DIALLING = "Dialling"
    RINGING = "Ringing"
    IN_CALL = "In call"
    HELD = "Held"
    PARKED = "Parked"
    LEFT_OFF = "Left off"  # handset forgotten, howler
    NO_LINE = "No line"
    IN_USE_ELSEWHERE = "In use elsewhere"
    LIFELINE = "Lifeline"
    FAULT = "Fault"
    DISABLED = "Disabled"


class Line(Fact, frozen=True):
    """One analog port. `who` is its extension or trunk with its name, `detail` the reason of a fault."""

    slot: str  # fxs1, fxo2
    kind: LineKind
    state: LineState
    who: str = ""
    detail: str = ""


class Registration(Fact, frozen=True):
    """One extension with SIP. Without a device it is not registered. A device is shown as address and User-Agent."""

    extension: str
    name: str = ""
    devices: tuple[str, ...] = ()
    since: datetime | None = None


class TrunkState(StrEnum):
    UP = "Up"
    TRYING = "Trying"
    DOWN = "Down"
    DISABLED = "Disabled"


class Trunk(Fact, frozen=True):
    """One way out of the house. `reason` says why it is not up."""

    name: str
    kind: str  # sip, fxo
    state: TrunkState
    reason: str = ""


class CallState(StrEnum):
    RINGING = "Ringing"
    TALKING = "In call"
    HELD = "Held"
    PARKED = "Parked"
    SERVICE = "Service"  # with the box itself: announcement, voicemail


class Call(Fact, frozen=True):
    """One call as it is now. Numbers as shown to people; `via` is the trunk, "" for a call within the house."""

    id: str
    caller: str
    called: str
    state: CallState
    began_at: datetime
    caller_name: str = ""
    called_name: str = ""
    answered_at: datetime | None = None
    via: str = ""
    slot: str = ""  # where it is parked, and may be fetched
    extensions: tuple[str, ...] = ()  # those that take part or have parked it: a user sees those of the own extension


class Mark(StrEnum):
    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"


class Check(Fact, frozen=True):
    """Outcome of one self-check: what was found, and what to do when it did not pass."""

    name: str
    mark: Mark
    found: str
    remedy: str = ""


class Alarm(Fact, frozen=True):
    """Something that somebody responsible for the box should know, not dismissed yet. `at`: when it came last."""

    at: datetime
    text: str
    times: int = 1


class Position(Fact, frozen=True):
    """A place in the event stream. `life` differs after each start of the core; `sequence` rises by one an event."""

    life: int
    sequence: int


class Status(Fact, frozen=True):
    """The whole box at one instant. `position`: events after it are not in here yet."""

    name: str
    started_at: datetime
    position: Position
    addresses: dict[str, str] = {}  # what is reachable where: sip, portal
    versions: dict[str, str] = {}  # part to version: fxbox, pjproject, Python
    lines: tuple[Line, ...] = ()
    registrations: tuple[Registration, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    calls: tuple[Call, ...] = ()
    checks: tuple[Check, ...] = ()
    alarms: tuple[Alarm, ...] = ()  # the newest first
    counters: dict[str, int] = {}  # Prometheus name without the prefix `fxbox_`, counted since the start of the core
