"""Delivering a call: doing what routing decides, step by step, until somebody answers or nothing is left to try."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from firmware.calls.audio import Ringback
from firmware.calls.call import Call, Ringing
from firmware.calls.devices import Alert
from firmware.calls.feature import Session
from firmware.calls.leg import Cause, Leg, LegState, Party
from firmware.calls.ring import NotAnswered, ring
from firmware.calls.wire import Hearing
from firmware.telephony.decision import (
    CallTrunks,
    Decision,
    Goto,
    Outcome,
    Port,
    Reject,
    Request,
    RingExtension,
    RunFeature,
    in_words,
)
from firmware.telephony.routing import after_ring, moved, route, sent

if TYPE_CHECKING:
    from firmware.calls.exchange import Exchange

LONGEST_RING_S = 180  # what a SIP caller waits (product.md 2.11)
_NOT_TAKEN = (Outcome.UNREACHABLE,)  # then the next trunk is tried
_NOT_HELPED = (Outcome.UNREACHABLE, Outcome.BUSY, Outcome.REJECTED)  # emergency: no trunk has the last word
MOST_HOPS = 40  # from service to service: more is a loop of destinations

log = logging.getLogger(__name__)


class Courier:
    """Delivers calls for the exchange."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    async def deliver(self, call: Call, leg: Leg, request: Request) -> Leg | None:
        """Lead `leg` where `request` goes, as `follow` does; a refusal is said to it."""
        answer = await self.follow(call, leg, route(request, self._exchange.snapshot()))
        await self._announce(call, leg)
        return answer

    async def send(self, call: Call, leg: Leg, request: Request, destination: str) -> Leg | None:
        """Lead `leg` to a destination of the site file, as `follow` does; a refusal is said to it."""
        call.hops += 1
        if call.hops > MOST_HOPS:
            call.note("destination", destination, f"is number {call.hops} on the way: too many")
            call.cause = Cause.UNAVAILABLE
            return None
        answer = await self.follow(call, leg, sent(request, destination, self._exchange.snapshot()))
        await self._announce(call, leg)
        return answer

    async def follow(self, call: Call, leg: Leg, decision: Decision, *, services: bool = True) -> Leg | None:
        """Do what was decided. Returns the leg that answered, owned by the call.

        None: a feature or service has served the leg, or it was refused; then `call.refusal` and `call.cause` say why.
        A service that finds somebody to talk to (queue, menu) leaves that leg in `call.b`. `services` False: only
        telephones, lines and groups of them may answer. To be used within `while_up(leg)`.
        """
        call.fold()
        call.declined = False
        while True:
            call.decision, call.moved_to = decision, ""
            action, began_s = decision.action, self._exchange.clock.monotonic_s()
            log.info("%s %s", call.id[:8], in_words(action))
            match action:
                case Goto(service) if not services and service != "group":
                    call.cause = Cause.NO_ANSWER
                    return None
                case RunFeature() | Goto():
                    await self._serve(call, leg, action)
                    return call.b
                case Reject():
                    if action.limit_hit:
                        self._exchange.limits.refused(decision)
                    call.cause = Cause(action.reason.value)
                    return None
                case RingExtension():
                    answer = await self.ring_extension(call, leg, action, leg.party)
                case CallTrunks():
                    answer = await self._call_trunks(call, leg, action)
            if not isinstance(answer, Outcome):
                return answer
            snapshot, took_s = self._exchange.snapshot(), round(self._exchange.clock.monotonic_s() - began_s)
            if call.moved_to:
                decision = moved(decision, call.moved_to, snapshot)
            else:
                decision = after_ring(decision, answer, snapshot, took_s)

    async def _serve(self, call: Call, leg: Leg, action: RunFeature | Goto) -> None:
        features = self._exchange.features
        call.enter_service(self._exchange.clock.now())
        if not (isinstance(action, Goto) and action.service == "group"):  # a group only rings
            call.transferred(Cause.NORMAL)
        self._exchange.changed(call)
        if isinstance(action, RunFeature):
            call.final_callee = call.decision.request.dialled if call.decision is not None else call.dialled
            await features.codes[action.code](Session(self._exchange, call, leg, action.argument))
        else:
            call.final_callee = f"vm-{action.number}" if action.service == "voicemail" else action.number
            session = Session(self._exchange, call, leg, action.number, action.greeting)
            await features.services[action.service](session)

    async def _announce(self, call: Call, leg: Leg) -> None:
        """Say a refusal to the leg. A caller from outside hears it only where that costs nothing, or is wanted."""
        refusal = call.refusal
        if refusal is None or refusal.prompt is None:
            return
        if leg.party.trunk is not None and leg.signals.state is not LegState.UP and not refusal.outside:
            return
        if refusal.outside == "answered":
            leg.answer()
        await Session(self._exchange, call, leg).refuse(call.cause, refusal.prompt)

    async def ring_extension(
        self, call: Call, leg: Leg, action: RingExtension, shown: Party, alert: Alert = Alert.NORMAL
    ) -> Leg | Outcome:
        """Ring an extension's devices for `leg`; they show `shown`."""
        legs = self._exchange.devices.ring(action.number, action.devices, shown, alert)
        if not legs:  # an analog telephone that is off the hook, or SIP devices that have just gone
            off_hook = any(isinstance(device, Port) for device in action.devices)
            return Outcome.BUSY if off_hook else Outcome.UNREACHABLE
        pickable = alert is Alert.NORMAL
        return await self.ring(call, leg, legs, action.ring_s, action.number, pickable=pickable)

    async def _call_trunks(self, call: Call, leg: Leg, action: CallTrunks) -> Leg | Outcome:
        outcome = Outcome.UNREACHABLE
        for trunk, line in self._lines(call, leg, action):
            if action.limited is not None and call.decision is not None:
                self._exchange.limits.calls_out(line, action, call.decision)
            call.trunk = trunk
            asked = action.confirm == "always" or (action.confirm == "assumed" and line.answer_assumed)
            for_s = action.ring_s or LONGEST_RING_S
            answer = await self.ring(call, leg, [line], for_s, action.number, early=not asked)
            if asked and answer is line:
                return await self._confirmed(call, leg, line, action)
            if not isinstance(answer, Outcome) or answer not in (_NOT_HELPED if action.emergency else _NOT_TAKEN):
                return answer
            outcome = answer
        return outcome

    def _lines(self, call: Call, leg: Leg, action: CallTrunks) -> Iterator[tuple[str, Leg]]:
        """The trunks that are to be tried, each with its line on its way."""
        if action.emergency:
            self._exchange.emergencies.placed(call, action.number)
            yield from self._exchange.emergencies.lines(call, leg, action.attempts)
            return
        for attempt in action.attempts:
            line = self._exchange.devices.call_out(attempt, leg.party)
            if line is not None:
                yield attempt.trunk, line

    async def _confirmed(self, call: Call, leg: Leg, line: Leg, action: CallTrunks) -> Leg | Outcome:
        """Ask who has answered, which may have been a machine, whether to take the call; `leg` hears it ring."""
        exchange = self._exchange
        leg.ringing()
        with Ringback(exchange.media, exchange.tones["ringback"], leg) as ringback:
            ringback.on()
            await exchange.features.services["follow-me"](Session(exchange, call, line, str(action.ring_s or "")))
        call.assumed = False
        if line.signals.gone:
            call.let_go(line)
            call.final_callee = ""
            return Outcome.REJECTED
        return line

    async def ring(
        self, call: Call, leg: Leg, legs: list[Leg], for_s: float, number: str | None, *, pickable: bool = True,
        tone: bool = True, early: bool = True,
    ) -> Leg | Outcome:  # fmt: skip
        """Ring `legs`, outgoing ones on their way, for `leg`. Returns the leg that answered or picked the call up.

        `number`: who is reached then, None: whoever answers. `pickable`: others may pick it up. `tone`: a leg that has
        been answered already hears ringback. `early`: it hears what a lone line says before the answer.
        """
        exchange = self._exchange
        ringing = call.ringing = Ringing(tuple(legs), exchange.clock.monotonic_s(), pickable)
        for each in legs:
            call.own(each)
        call.b = legs[0]
        exchange.changed(call)
        answer: Leg | NotAnswered | None = None
        try:
            with Ringback(exchange.media, exchange.tones["ringback"], leg) as ringback, ExitStack() as heard:
                line = None
                if early and len(legs) == 1:  # several would speak at once
                    line = heard.enter_context(Hearing(exchange.media, legs[0], leg, partial(_speaks, legs[0])))
                progress = _progress(leg, ringback if tone else None, line)
                answer = await ring(legs, for_s, progress, ringing.offer)
        finally:
            ringing.close(answer)
            call.b, call.ringing = None, None
            for each in legs:
                if each is not answer:
                    call.drop(each)
        call.moved_to = answer.moved_to if isinstance(answer, NotAnswered) else ""
        if isinstance(answer, NotAnswered):
            return answer.outcome
        if answer not in legs:
            _picked_up(call, leg, answer)
        call.final_callee = number if number is not None and answer in legs else answer.party.number
        call.assumed = answer.answer_assumed
        return call.own(answer)


def _speaks(leg: Leg) -> bool:
    """Whether it has more to say than that it rings."""
    return leg.signals.state in (LegState.EARLY, LegState.UP)


def _progress(leg: Leg, ringback: Ringback | None, line: Hearing | None) -> Callable[[Leg, LegState], None]:
    """What tells `leg` how far those are who ring for it. `line`: by which it hears a lone one."""

    def tell(ringing: Leg, state: LegState) -> None:
        heard = state is LegState.EARLY and ringing.slot is not None and line is not None
        if line is not None:
            line.refresh()
        leg.early() if heard else leg.ringing()
        if ringback is not None:
            ringback.off() if heard else ringback.on()

    return tell


def _picked_up(call: Call, leg: Leg, answer: Leg) -> None:
    """Somebody else has taken the call: both displays are put right."""
    call.note("pickup", answer.party.number, f"takes the call of {leg.party.number or 'an unknown number'}")
    answer.answer()
    answer.show(leg.party)
    leg.show(answer.party)
