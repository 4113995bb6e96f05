"""Intercom `*50` and paging `*51` (F44, F45): the called telephone answers by itself, if it can.

An analog telephone rings in a way of its own instead. Neither is forwarded, waits or reaches a mailbox. In a page only
the caller is heard: the audio of the called one is not connected, and its keys mean nothing.
"""

from contextlib import suppress

from firmware.calls.audio import audio_of
from firmware.calls.devices import Alert
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.leg import Cause, Leg, LegState
from firmware.calls.scopes import HungUp, while_up
from firmware.calls.wire import Hearing
from firmware.telephony.decision import Outcome

RING_S = 30.0  # for a telephone that has to be lifted
CAUSE_OF = {
    Outcome.BUSY: Cause.BUSY,
    Outcome.NO_ANSWER: Cause.NO_ANSWER,
    Outcome.UNREACHABLE: Cause.UNAVAILABLE,
    Outcome.REJECTED: Cause.REJECTED,
}


async def intercom(session: Session) -> None:
    """Both talk, as in any call."""
    session.call.b = await _reached(session, "intercom")


async def paging(session: Session) -> None:
    """After a beep the called one hears the caller."""
    called = await _reached(session, "paging")
    if called is None:
        return
    session.call.answered = session.exchange.clock.now()
    with suppress(HungUp):
        async with while_up(called):
            await session.answered()
            await _beep(session, called)
            with Hearing(session.exchange.media, session.leg, called):
                await called.signals.until(LegState.GONE)


async def _reached(session: Session, what: str) -> Leg | None:
    """The called telephone, answered; None when it cannot be, then the call ends with the reason."""
    call, number, exchange = session.call, session.argument, session.exchange
    call.leads_on()
    extension = exchange.plan.extensions.get(number)
    if extension is None:
        call.note(what, number, "no such extension")
        await session.refuse(Cause.NOT_FOUND, "not-in-service")
    elif extension.dnd:
        call.note(what, number, "do not disturb is on")
        await session.refuse(Cause.BUSY, "not-available")
    elif exchange.live().calls.get(number):
        call.note(what, number, "is in a call")
        call.cause = Cause.BUSY
    else:
        answer = await exchange.try_extension(call, session.leg, number, RING_S, Alert.INTERCOM)
        if not isinstance(answer, Outcome):
            call.note(what, number, "answers")
            return answer
        call.note(what, number, answer.value)
        call.cause = CAUSE_OF[answer]
    return None


async def _beep(session: Session, called: Leg) -> None:
    """Both hear it: the one is warned, the other may speak now."""
    media = session.exchange.media
    sound = media.tone(session.exchange.tones["confirmation"])
    try:
        for leg in (called, session.leg):
            media.connect(sound.slot, await audio_of(leg))
        await sound.done
    finally:
        sound.close()


def install(_resources: Resources) -> Features:
    return Features(codes={"intercom": intercom, "paging": paging})
