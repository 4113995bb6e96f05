"""Inviting somebody to a conference (F27): the administrator steps out, dials, and comes back with them or without."""

from firmware.calls.call import Call
from firmware.calls.consult import Consultation, is_people
from firmware.calls.dialling import dialled_number
from firmware.calls.feature import Session
from firmware.calls.leg import Leg
from firmware.calls.talk import Pressed
from firmware.telephony.decision import FromExtension, Reject, Request
from firmware.telephony.incall import KeyTable, Stage, key_table
from firmware.telephony.routing import route

RING_S = 30.0
RETURN_WITH = "conference-return-with"


async def invite(session: Session) -> Call | None:
    """The invited party's call, to be carried on in the room; None: nobody comes.

    A machine that answers, such as a mailbox, comes in only by the administrator's `**`. Within `while_up` of the
    administrator's leg: who hangs up drops the invited party.
    """
    exchange, leg = session.exchange, session.leg
    number = await dialled_number(leg, exchange.media, exchange.plan, exchange.tones["dial"])
    if not number:
        await session.beep_error()
        return None
    request = Request(FromExtension(leg.party.extension or ""), number, exchange.clock.now())
    decision = route(request, exchange.snapshot())
    if isinstance(decision.action, Reject) and decision.action.limit_hit:
        exchange.limits.refused(decision)
    if not is_people(decision):
        session.call.note("conference", number, "nobody can be invited there")
        await session.beep_error()
        return None
    table = key_table(Stage.INVITE, exchange.plan.codes)
    with Consultation(exchange, leg, decision) as question:
        guest = await question.reach(RING_S, table)
        if guest is None:
            session.call.note("conference", number, "nobody answered the invitation")
            await session.say("conf-invite-failed")
            return None
        return await _talked(session, question, guest, table)


async def _talked(session: Session, question: Consultation, guest: Leg, table: KeyTable) -> Call | None:
    if await question.talk(table) == Pressed(session.leg, RETURN_WITH):
        session.call.note("conference", guest.party.number, "was invited and comes in")
        return question.release()
    session.call.note("conference", guest.party.number, "was invited and does not come in")
    return None
