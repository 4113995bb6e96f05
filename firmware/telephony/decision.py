"""The words in which calls are decided: the request, what is known of the box, the decision.

Not responsible for deciding: `routing.py` and the modules that it calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal
from zoneinfo import ZoneInfo

from firmware.telephony.costs import Cost
from firmware.telephony.limits import Usage
from firmware.telephony.numbering import Plan
from firmware.telephony.trace import Trace

Service = Literal["voicemail", "queue", "menu", "room", "group", "slot", "park", "fax", "follow-me"]


@dataclass(frozen=True, slots=True)
class FromExtension:
    number: str


@dataclass(frozen=True, slots=True)
class FromTrunk:
    """A call from outside. `caller` is the caller's number as the network sent it, "" when withheld or unknown.

    `withheld`: the network said so, as a SIP trunk does whenever there is no number.
    """

    trunk: str
    caller: str = ""
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """Who calls what, when. `dialled` of a trunk is the DID, "" on a line without one; `at` is aware.

    `for_outside`: an extension asks for somebody outside, whom it transfers.
    """

    source: FromExtension | FromTrunk
    dialled: str
    at: datetime
    for_outside: bool = False

    @property
    def through(self) -> bool:
        """Two outside lines would be connected by a call to the outside."""
        return self.for_outside or isinstance(self.source, FromTrunk)

    @property
    def caller(self) -> str:
        return self.source.number if isinstance(self.source, FromExtension) else self.source.caller


@dataclass(frozen=True, slots=True)
class Live:
    """What changes from call to call. `registered` None: not known, as when no box runs."""

    calls: Mapping[str, int] = field(default_factory=dict)  # calls that each extension has now
    registered: frozenset[str] | None = None  # extensions with a SIP device
    ports_down: frozenset[str] = frozenset()
    trunks_down: frozenset[str] = frozenset()
    emergency_callers: frozenset[str] = frozenset()  # extensions that called for help and may be called back


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a decision depends on besides the request. `services`: those that are there already."""

    plan: Plan
    live: Live = field(default_factory=Live)
    services: frozenset[Service] = frozenset()
    usage: Usage = field(default_factory=Usage)

    @property
    def zone(self) -> ZoneInfo:
        return self.plan.site.site.zone


class Reason(Enum):
    """Why a call is refused; each value is that of a `calls.leg.Cause`."""

    BUSY = "busy"
    NO_ANSWER = "no answer"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    NOT_FOUND = "not found"
    FORBIDDEN = "forbidden"
    CONGESTION = "congestion"


@dataclass(frozen=True, slots=True)
class Port:
    """An analog telephone at a port of the board."""

    name: str


@dataclass(frozen=True, slots=True)
class SipDevices:
    """All devices that are registered as this extension; they ring together."""

    extension: str


@dataclass(frozen=True, slots=True)
class RingExtension:
    number: str
    devices: tuple[Port | SipDevices, ...]
    ring_s: float


@dataclass(frozen=True, slots=True)
class TrunkAttempt:
    """`digits` is what is sent to the network. `anyway`: even by a trunk that seems to be down."""

    trunk: str
    digits: str
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class CallTrunks:
    """Try the trunks in order until one takes the call.

    `limited`: it counts for the limits of outside calls, as one of this cost. `emergency`: seize a line if none is
    free. `on_behalf_of`: the extension that forwards the call, whose permission and budget count. `ring_s` None: as
    long as the caller waits. `confirm`: whether who answers must press 1 (2.11): never, on lines whose answer is only
    assumed, or always.
    """

    number: str
    attempts: tuple[TrunkAttempt, ...]
    emergency: bool = False
    limited: Cost | None = None
    on_behalf_of: str | None = None
    ring_s: int | None = None
    confirm: Literal["never", "assumed", "always"] = "never"


@dataclass(frozen=True, slots=True)
class RunFeature:
    """`code` is an id of `codes.py`."""

    code: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Goto:
    """Hand the call to a service. `greeting` is that of a mailbox."""

    service: Service
    number: str
    greeting: Literal["", "busy", "unavailable"] = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """`prompt`: id of what is said to the caller first, None for a tone alone.

    `outside`: how a caller from outside hears it: not at all, before the answer, or after one (on copper).
    `limit_hit`: a limit of outside calls has refused what the extension itself wanted.
    """

    reason: Reason
    prompt: str | None = None
    outside: Literal["", "early", "answered"] = ""
    limit_hit: bool = False


Action = RingExtension | CallTrunks | RunFeature | Goto | Reject


@dataclass(frozen=True, slots=True)
class Path:
    """How the call came here: what `after_ring` needs to lead it on."""

    visited: tuple[str, ...] = ()  # extensions, the one that was dialled first
    follow_me: int | None = None  # place in the list of the last visited extension that is being tried
    rung_s: int = 0  # what this follow-me has taken so far


@dataclass(frozen=True, slots=True)
class Decision:
    request: Request
    action: Action
    trace: Trace
    path: Path = Path()


class Outcome(Enum):
    """How ringing ended without an answer."""

    BUSY = "busy"
    NO_ANSWER = "no answer"
    UNREACHABLE = "unreachable"
    REJECTED = "rejected"


def in_words(action: Action) -> str:
    """The action as one line for people."""
    match action:
        case RingExtension(number, devices, ring_s):
            where = ", ".join(one.name if isinstance(one, Port) else "SIP" for one in devices)
            return f"ring {number} ({where}) for {ring_s} s"
        case CallTrunks(number, attempts, emergency):
            kind = "emergency call to" if emergency else "call"
            return f"{kind} {number} by {', then '.join(f'{one.trunk} ({one.digits})' for one in attempts)}"
        case RunFeature(code, argument):
            return f"run {code} {argument}".strip()
        case Goto(service, number):
            return f"go to {service} {number}".strip()
        case Reject(reason, prompt):
            return f"refuse: {reason.value}" + (f', saying "{prompt}"' if prompt else "")
