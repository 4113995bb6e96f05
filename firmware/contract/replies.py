"""What the core answers."""

from datetime import datetime
from enum import StrEnum

from firmware.contract.events import Message
from firmware.contract.status import Mark
from firmware.contract.status import Status as BoxStatus


class Welcome(Message, frozen=True):
    version: int  # of the messages
    product: str  # of fxbox


class Role(StrEnum):
    ADMIN = "admin"
    OPERATOR = "operator"
    EXTENSION = "extension"


class Session(Message, frozen=True):
    """A session that is valid now. `cookie` is "" except in the reply to LogIn."""

    user: str
    role: Role
    ends_at: datetime
    cookie: str = ""


class Status(Message, frozen=True):
    status: BoxStatus


class StepMark(StrEnum):
    APPLIED = "applied"
    NOT_APPLIED = "not applied"
    DECIDED = "decided"


class TraceStep(Message, frozen=True):
    """One rule that was looked at on the way to the decision; `setting` is the key that governs it."""

    mark: StepMark
    text: str
    setting: str = ""


class Explanation(Message, frozen=True):
    """Where the call would go and every step on the way there."""

    outcome: str
    steps: tuple[TraceStep, ...]


class SiteChecked(Message, frozen=True):
    """What became of a site file. With `problems` it was refused and nothing has changed; each is a line for people."""

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    not_active: tuple[str, ...] = ()  # settings whose feature is not there yet
    next_start: tuple[str, ...] = ()  # changes that count after the next start of the box


class Metrics(Message, frozen=True):
    """Numbers for Prometheus; names without the prefix `fxbox_`. Counters only rise, gauges go up and down."""

    counters: dict[str, int]
    gauges: dict[str, float]


class Health(Message, frozen=True):
    mark: Mark
    failed: tuple[str, ...] = ()  # names of the self-checks that failed


class Done(Message, frozen=True):
    """It is done; there is nothing more to say."""


class Reason(StrEnum):
    WRONG_VERSION = "wrong-version"
    BAD_REQUEST = "bad-request"
    NOT_LOGGED_IN = "not-logged-in"
    FORBIDDEN = "forbidden"
    WRONG_LOG_IN = "wrong-log-in"  # unknown user, wrong password, portal off: one and the same
    TOO_MANY_TRIES = "too-many-tries"
    BUSY = "busy"
    NOT_POSSIBLE = "not-possible"


class Refusal(Message, frozen=True):
    """The request was not done. `text` is for people; programs decide by `reason`."""

    reason: Reason
    text: str
    retry_after_s: float | None = None


Reply = Welcome | Session | Status | Explanation | SiteChecked | Metrics | Health | Done | Refusal
