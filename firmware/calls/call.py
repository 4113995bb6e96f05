"""One call as the box remembers it: who, where to, which legs it owns, how it went. Becomes a call record at its end.

A leg belongs to one call at a time. Whoever runs the call acts on its legs; others ask (`ask`, `Ringing.give`).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from firmware.calls.leg import Cause, Leg, LegState, Party
from firmware.calls.occupancy import Occupancy
from firmware.telephony.decision import Decision, FromExtension, FromTrunk, Reject
from firmware.telephony.records import CallRecord, Direction, Status
from firmware.telephony.trace import Step, Trace

_STATUS_OF = {
    Cause.BUSY: Status.BUSY,
    Cause.REJECTED: Status.REJECTED,
    Cause.FORBIDDEN: Status.REJECTED,
    Cause.UNAVAILABLE: Status.UNAVAILABLE,
    Cause.NOT_FOUND: Status.UNAVAILABLE,
    Cause.CONGESTION: Status.FAILED,
    Cause.FAILED: Status.FAILED,
}


@dataclass(slots=True, eq=False)
class Ringing:
    """Legs that ring for a call, and the place where a leg from elsewhere can take it instead (pickup)."""

    legs: tuple[Leg, ...]
    since_s: float  # on the monotonic clock
    pickable: bool = True
    offer: asyncio.Future[Leg] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def open(self) -> bool:
        """Nobody has answered or taken the call yet."""
        return not self.offer.done() and all(leg.signals.state is not LegState.UP for leg in self.legs)

    def give(self, leg: Leg) -> bool:
        """Let `leg`, which belongs to no call any more, have the call. False: somebody else has it already."""
        if not self.open:
            return False
        self.offer.set_result(leg)
        return True

    def close(self, answer: object) -> None:
        """The ringing is over. A leg that was given too late is hung up."""
        self.offer.cancel()
        if not self.offer.cancelled() and self.offer.result() is not answer:
            self.offer.result().hang_up(Cause.NO_ANSWER)


Request = Callable[[], Awaitable[None] | None]


@dataclass(slots=True, eq=False)
class Call:
    """Mutable while the call lives. `a` and `b` are the two who talk, or who are to."""

    id: str
    a: Leg
    source: FromExtension | FromTrunk
    dialled: str
    start: datetime
    occupancy: Occupancy
    caller: Party
    b: Leg | None = None
    decision: Decision | None = None
    steps: list[Step] = field(default_factory=list)  # what was decided before `decision`
    trunk: str = ""
    recording: str = ""  # file of its recording, if there is one
    final_callee: str = ""
    answered: datetime | None = None
    assumed: bool = False
    cause: Cause = Cause.NORMAL
    service: bool = False  # with the box itself
    spying: bool = False  # listens in on another call
    emergency: bool = False  # has got a line as one: no other takes it away
    over: asyncio.Event = field(default_factory=asyncio.Event)  # its legs are hung up
    on_asked: Callable[[], object] | None = None  # of its owner, while the two talk
    requests: list[Request] = field(default_factory=list)
    ringing: Ringing | None = None
    moved_to: str = ""  # where a device that rang last has sent the call
    declined: bool = False  # by the service that was to take the call
    hops: int = 0  # from one service to the next
    transferor: str = ""  # extension that transferred or parked the call last
    slot: str = ""  # where the call is parked
    transferring: Callable[[Cause], None] | None = None  # who is told how a transfer that goes on ends
    charged: Leg | None = None  # a line in another call that is on this one's account: the record waits for its end
    _answered_before: datetime | None = None  # before the service that has the call now
    _owned: list[Leg] = field(default_factory=list)
    _inside: Counter[str] = field(default_factory=Counter)

    # -- legs -----------------------------------------------------------------------------------------------------

    def own(self, leg: Leg) -> Leg:
        """This call acts on the leg from now on and will hang it up."""
        if leg not in self._owned:
            self._owned.append(leg)
            extension = leg.party.extension
            if extension is not None:
                self._inside[extension] += 1
                if self._inside[extension] == 1:
                    self.occupancy.enter(extension)
        return leg

    def let_go(self, leg: Leg) -> Leg:
        """Another call acts on the leg now, or nobody."""
        if leg in self._owned:
            self._owned.remove(leg)
            extension = leg.party.extension
            if extension is not None:
                self._inside[extension] -= 1
                if not self._inside[extension]:
                    self.occupancy.leave(extension)
        return leg

    def drop(self, leg: Leg, cause: Cause = Cause.NORMAL) -> None:
        leg.hang_up(cause)
        self.let_go(leg)

    def end(self, cause: Cause) -> None:
        """Hang up every leg that is left."""
        self.transferred(Cause.ELSEWHERE)
        for leg in tuple(self._owned):
            self.drop(leg, cause)
        self.over.set()

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(self._owned)

    def other(self, leg: Leg) -> Leg:
        """The one that `leg` talks to."""
        other = self.b if leg is self.a else self.a
        assert other is not None
        return other

    def extensions(self) -> tuple[str, ...]:
        """Who takes part now."""
        return tuple(extension for extension, legs in self._inside.items() if legs > 0)

    def enter_service(self, now: datetime) -> None:
        """The box itself takes the call."""
        self.service, self._answered_before, self.answered = True, self.answered, self.answered or now

    def leads_on(self) -> None:
        """The code or service only leads to somebody else: from now on this is a call like any other."""
        self.service, self.answered, self.final_callee = False, self._answered_before, ""

    def transferred(self, outcome: Cause) -> None:
        """The transfer has come to its end, NORMAL: somebody has taken the call. Who asked for it is told, once."""
        told, self.transferring = self.transferring, None
        if told is not None:
            told(outcome)

    # -- requests of others ---------------------------------------------------------------------------------------

    def ask(self, request: Request) -> None:
        """Have `request` run by the call's owner while the two are apart; it may wait, and change `a` and `b`.

        If the call ends before that, it is never run.
        """
        self.requests.append(request)
        if self.on_asked is not None:
            self.on_asked()

    async def do_asked(self) -> None:
        """For the owner: carry out what others asked for."""
        while self.requests:
            waiting = self.requests.pop(0)()
            if waiting is not None:
                await waiting

    # -- the record -----------------------------------------------------------------------------------------------

    def note(self, rule: str, looked_at: str, outcome: str) -> None:
        """A decision of a feature, for the call's trace."""
        self.fold()
        self.steps.append(Step(rule, looked_at, outcome))

    def fold(self) -> None:
        """What follows is a further decision: it does not replace the one before."""
        if self.decision is not None:
            self.steps.extend(self.decision.trace)
            self.decision = None

    @property
    def refusal(self) -> Reject | None:
        """What the last decision was, if it led nowhere."""
        action = self.decision.action if self.decision is not None else None
        return action if isinstance(action, Reject) else None

    @property
    def refused(self) -> bool:
        """The last decision led to nobody."""
        return self.declined or self.refusal is not None

    @property
    def trace(self) -> Trace:
        return Trace((*self.steps, *(self.decision.trace if self.decision else ())))

    @property
    def direction(self) -> Direction:
        if self.spying:
            return Direction.SPY
        if isinstance(self.source, FromTrunk):
            return Direction.INBOUND
        return Direction.OUTBOUND if self.trunk else Direction.INTERNAL

    @property
    def status(self) -> Status:
        if self.answered is not None:
            return Status.ASSUMED if self.assumed else Status.ANSWERED
        return _STATUS_OF.get(self.cause, Status.NO_ANSWER)

    def record(self, end: datetime) -> CallRecord:
        return CallRecord(
            id=self.id,
            start=self.start,
            end=end,
            answered=self.answered,
            call_from=self.caller.number,
            from_name=self.caller.name,
            call_to=self.dialled,
            final_callee=self.final_callee,
            direction=self.direction,
            status=self.status,
            trunk=self.source.trunk if isinstance(self.source, FromTrunk) else self.trunk,
            recording=self.recording,
            cause=self.cause.value,
            trace=self.trace,
        )
