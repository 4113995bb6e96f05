"""Delivering a call: doing what routing decides, step by step, until somebody answers or nothing is left to try."""

import asyncio
import logging
from typing import TYPE_CHECKING

from firmware.calls.audio import overheard
from firmware.calls.call import Call
from firmware.calls.devices import Alert
from firmware.calls.feature import Session
from firmware.calls.leg import Cause, Leg, LegState, Party
from firmware.calls.ring import NotAnswered, ring
from firmware.telephony.decision import (
    CallTrunks,
    FromTrunk,
    Goto,
    Outcome,
    Port,
    Reject,
    Request,
    RingExtension,
    RunFeature,
    TrunkAttempt,
    in_words,
)
from firmware.telephony.routing import after_ring, route

if TYPE_CHECKING:
    from firmware.calls.exchange import Exchange

LONGEST_RING_S = 180  # what a SIP caller waits (product.md 2.11)

log = logging.getLogger(__name__)


class Courier:
    """Delivers calls for the exchange."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    async def deliver(self, call: Call, leg: Leg, request: Request) -> Leg | None:
        """Lead `leg` where `request` goes. Returns the leg that answered, owned by the call.

        None: a feature or service has served the leg, or it was refused; then `call.cause` says why. A service that
        finds somebody to talk to (queue, menu) leaves that leg in `call.b`. To be used within `while_up(leg)`.
        """
        call.fold()
        decision = route(request, self._exchange.snapshot())
        while True:
            call.decision = decision
            action = decision.action
            log.info("%s %s", call.id[:8], in_words(action))
            match action:
                case RunFeature() | Goto():
                    await self._serve(call, leg, action)
                    return call.b
                case Reject():
                    await self._refuse(call, leg, action)
                    return None
                case RingExtension():
                    answer = await self.ring_extension(call, leg, action, call.caller)
                case CallTrunks():
                    answer = await self._call_trunks(call, leg, action)
            if not isinstance(answer, Outcome):
                return answer
            decision = after_ring(decision, answer, self._exchange.snapshot())

    async def _serve(self, call: Call, leg: Leg, action: RunFeature | Goto) -> None:
        features = self._exchange.features
        call.service, call.answered = True, self._exchange.clock.now()
        self._exchange.changed(call)
        if isinstance(action, RunFeature):
            call.final_callee = call.dialled
            await features.codes[action.code](Session(self._exchange, call, leg, action.argument))
        else:
            call.final_callee = f"vm-{action.number}" if action.service == "voicemail" else action.number
            session = Session(self._exchange, call, leg, action.number, action.greeting)
            await features.services[action.service](session)

    async def _refuse(self, call: Call, leg: Leg, action: Reject) -> None:
        call.cause = Cause(action.reason.value)
        if action.prompt is None or isinstance(call.source, FromTrunk):
            return
        await Session(self._exchange, call, leg).refuse(call.cause, action.prompt)

    async def ring_extension(
        self, call: Call, leg: Leg, action: RingExtension, shown: Party, alert: Alert = Alert.NORMAL
    ) -> Leg | Outcome:
        """Ring an extension's devices for `leg`; they show `shown`."""
        legs = self._exchange.devices.ring(action.number, action.devices, shown, alert)
        if not legs:  # an analog telephone that is off the hook, or SIP devices that have just gone
            off_hook = any(isinstance(device, Port) for device in action.devices)
            return Outcome.BUSY if off_hook else Outcome.UNREACHABLE
        return await self.ring(call, leg, legs, action.ring_s, action.number)

    async def _call_trunks(self, call: Call, leg: Leg, action: CallTrunks) -> Leg | Outcome:
        outcome = Outcome.UNREACHABLE
        for attempt in action.attempts:
            line = self._exchange.devices.call_out(attempt, call.caller)
            if line is None and action.emergency:
                line = await self._seize(call, attempt)
            if line is None:
                continue
            call.trunk = attempt.trunk
            answer = await self.ring(call, leg, [line], action.ring_s or LONGEST_RING_S, action.number)
            if answer is not Outcome.UNREACHABLE:
                return answer
            outcome = answer
        return outcome

    async def _seize(self, wanting: Call, attempt: TrunkAttempt) -> Leg | None:
        """Free a trunk for an emergency call by ending its longest call (N5)."""
        using = [
            call
            for call in self._exchange.calls.values()
            if call is not wanting and any(leg.party.trunk == attempt.trunk for leg in call.legs)
        ]
        if not using:
            return None
        victim = min(using, key=lambda call: call.start)
        log.warning("%s ended: line %s is needed for an emergency call", victim.id[:8], attempt.trunk)
        for leg in victim.legs:
            leg.hang_up(Cause.CONGESTION)
        return self._exchange.devices.call_out(attempt, wanting.caller)

    async def ring(self, call: Call, leg: Leg, legs: list[Leg], for_s: float, number: str) -> Leg | Outcome:
        """Ring `legs`, outgoing ones on their way, for `leg`. Returns the leg that answered or picked the call up."""

        def progress(ringing: Leg, state: LegState) -> None:
            leg.early() if state is LegState.EARLY and ringing.slot is not None else leg.ringing()

        for each in legs:
            call.own(each)
        call.b, call.offer = legs[0], asyncio.get_running_loop().create_future()
        self._exchange.changed(call)
        answer: Leg | NotAnswered | None = None
        try:
            if len(legs) == 1:  # early audio of one line; several would speak at once
                with overheard(self._exchange.media, legs[0], leg):
                    answer = await ring(legs, for_s, progress, call.offer)
            else:
                answer = await ring(legs, for_s, progress, call.offer)
        finally:
            call.offer.cancel()
            call.b, call.offer = None, None
            for each in legs:
                if each is not answer:
                    call.drop(each)
        if isinstance(answer, NotAnswered):
            return answer.outcome
        if answer not in legs:
            answer.answer()
        call.final_callee = number if answer in legs else answer.party.number
        call.assumed = answer.answer_assumed
        return call.own(answer)
