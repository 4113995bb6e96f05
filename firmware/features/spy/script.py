"""Call spy (F20-F23): `*90` listens to an extension's call, `*91` speaks to the extension alone, `*92` to both.

It ends with the target's call and never goes on to another extension. Who listened to whom, and how, is in the audit
and in the call's trace. Not responsible for who hears whom (`listening.py`).
"""

from contextlib import suppress
from functools import partial

from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.leg import Cause, Leg, LegState
from firmware.calls.scopes import HungUp, while_up
from firmware.features.spy.listening import Listening
from firmware.features.spy.rules import FORBIDDEN, IDLE, NO_TALK, TAKEN, Mode, may, refusal
from firmware.telephony.deeds import Act
from firmware.telephony.refusal import Refusal


class Spies:
    """Who is being listened to: one listener for each extension."""

    def __init__(self) -> None:
        self._targets: set[str] = set()

    async def listen(self, mode: Mode, session: Session) -> None:
        """A code was dialled with the target's number."""
        session.call.spying = True
        target = self._target(mode, session)
        said = target.reason if isinstance(target, Refusal) else mode.value
        act = Act.LISTEN_REFUSED if isinstance(target, Refusal) else Act.LISTENED
        session.audit(act, session.argument, said)
        session.call.note("call spy", session.argument, said)
        if isinstance(target, Refusal):
            session.call.leads_on()
            await session.refuse(Cause.FORBIDDEN, target.prompt)
            return
        self._targets.add(session.argument)
        try:
            with suppress(HungUp):
                async with while_up(target):
                    await session.answered()
                    await self._listen(mode, session, target)
        finally:
            self._targets.discard(session.argument)

    def _target(self, mode: Mode, session: Session) -> Leg | Refusal:
        """The leg that is listened to, or why there is none."""
        spy, number = session.owner, session.argument
        if spy is None:
            return FORBIDDEN
        refused = refusal(spy, session.exchange.plan.extensions.get(number), mode)
        if refused is not None:
            return refused
        legs = _legs_of(number, session.exchange)
        talking = [leg for leg in legs if leg.signals.peer is not None]
        if not talking:
            return NO_TALK if any(leg.signals.state is LegState.UP for leg in legs) else IDLE
        if number in self._targets:
            return TAKEN
        return min(talking, key=lambda leg: leg.signals.held_by_far_end)

    async def _listen(self, mode: Mode, session: Session, target: Leg) -> None:
        """Until either leg goes."""
        spy, exchange = session.owner, session.exchange
        assert spy is not None
        allowed = {one for one in Mode if may(spy, one)}
        with Listening(exchange.media, session.leg, target, mode, allowed, partial(_switched, session)) as listening:
            monitored = exchange.plan.extensions.get(session.argument)
            if monitored is not None and monitored.monitor.beep:
                await listening.beep()
            await target.signals.until(LegState.GONE)


def _switched(session: Session, mode: Mode) -> None:
    session.audit(Act.LISTENED, session.argument, mode.value)
    session.call.note("call spy", session.argument, mode.value)


def _legs_of(extension: str, exchange: Exchange) -> list[Leg]:
    return [leg for call in exchange.calls.values() for leg in call.legs if leg.party.extension == extension]


def install(_resources: Resources) -> Features:
    spies = Spies()
    return Features(codes={f"spy-{mode.value}": partial(spies.listen, mode) for mode in Mode})
