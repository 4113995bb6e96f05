"""Call records: what the call log keeps of a call (product.md P7).

Not responsible for storing them (`firmware.store.history`) or for showing them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from firmware.telephony.trace import Trace


class Direction(Enum):
    INTERNAL = "Internal"
    INBOUND = "Inbound"
    OUTBOUND = "Outbound"
    SPY = "Spy"  # somebody listens in on a call (F20-F22)


class Status(Enum):
    """How the call ended, in the words of the call log."""

    ANSWERED = "Answered"
    ASSUMED = "Answer assumed"  # an outside line without answer supervision (product.md 8.3)
    NO_ANSWER = "No answer"
    BUSY = "Busy"
    REJECTED = "Rejected"
    UNAVAILABLE = "Unavailable"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call. Times are aware; `id` is unique for ever, so a record that is written twice stays one.

    `call_to` is what was dialled, `final_callee` who was reached at last ("" = nobody): both stay when a call is
    forwarded or transferred. `cause` is the value of a `calls.leg.Cause`. `recording` is a file below
    DATA/media/recordings, "" for none; the file may have been removed since.
    """

    id: str
    start: datetime
    end: datetime
    call_from: str
    call_to: str
    direction: Direction
    status: Status
    answered: datetime | None = None
    from_name: str = ""
    final_callee: str = ""
    trunk: str = ""
    cause: str = ""
    recording: str = ""
    trace: Trace = field(default_factory=Trace)

    @property
    def talk_s(self) -> float:
        """Seconds of conversation."""
        return (self.end - self.answered).total_seconds() if self.answered else 0.0
