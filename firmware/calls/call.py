"""One call as the box remembers it: who, where to, how it went. Becomes a call record at its end."""

from dataclasses import dataclass, field
from datetime import datetime

from firmware.calls.leg import Cause, Leg, LegState, Party
from firmware.telephony.decision import Decision, FromExtension, FromTrunk
from firmware.telephony.records import CallRecord, Direction, Status
from firmware.telephony.trace import Trace

_STATUS_OF = {
    Cause.BUSY: Status.BUSY,
    Cause.REJECTED: Status.REJECTED,
    Cause.FORBIDDEN: Status.REJECTED,
    Cause.UNAVAILABLE: Status.UNAVAILABLE,
    Cause.NOT_FOUND: Status.UNAVAILABLE,
    Cause.CONGESTION: Status.FAILED,
    Cause.FAILED: Status.FAILED,
}


@dataclass(slots=True)
class Call:
    """Mutable while the call lives; owned by the exchange."""

    id: str
    leg: Leg
    source: FromExtension | FromTrunk
    dialled: str
    start: datetime
    decision: Decision | None = None
    callee: Leg | None = None
    trunk: str = ""
    final_callee: str = ""
    answered: datetime | None = None
    assumed: bool = False
    cause: Cause = Cause.NORMAL
    busy: list[str] = field(default_factory=list)  # extensions that this call keeps busy

    @property
    def caller(self) -> Party:
        return self.leg.party

    @property
    def state(self) -> str:
        """For the status page."""
        if self.answered is not None:
            return "talking"
        if self.callee is not None:
            return "ringing"
        return "dialling" if self.leg.signals.state is LegState.NEW else self.leg.signals.state.value

    def record(self, end: datetime) -> CallRecord:
        outside = bool(self.trunk)
        direction = (
            Direction.INBOUND
            if isinstance(self.source, FromTrunk)
            else Direction.OUTBOUND
            if outside
            else Direction.INTERNAL
        )
        status = _STATUS_OF.get(self.cause, Status.NO_ANSWER)
        if self.answered is not None:
            status = Status.ASSUMED if self.assumed else Status.ANSWERED
        return CallRecord(
            id=self.id,
            start=self.start,
            end=end,
            answered=self.answered,
            call_from=self.caller.number,
            from_name=self.caller.name,
            call_to=self.dialled,
            final_callee=self.final_callee,
            direction=direction,
            status=status,
            trunk=self.source.trunk if isinstance(self.source, FromTrunk) else self.trunk,
            cause=self.cause.value,
            trace=self.decision.trace if self.decision else Trace(),
        )
