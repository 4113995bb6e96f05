"""Transfers by code (F11-F15): `#` sends the other one to a number at once, `*2` asks there first.

While somebody is asked, the one who waits hears music. `*` returns to the waiting one, hanging up connects the two.
Not responsible for transfers by hook flash or REFER: they use the same `calls.transfer`.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace

from firmware.calls.audio import listening_to
from firmware.calls.consult import Consultation, is_people
from firmware.calls.dialogue import Dialogue, dialogue
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.leg import Leg
from firmware.calls.race import within
from firmware.calls.scopes import HungUp, while_up
from firmware.calls.talk import Gone
from firmware.calls.transfer import lead, transfer_decision
from firmware.telephony.decision import Decision, Goto, Reject
from firmware.telephony.incall import Stage, key_table

ATTEMPTS = 3  # Asterisk's transferdialattempts
FIRST_S, NEXT_S = 5.0, 3.0  # Asterisk's transferdigittimeout
ATTENDED_S = 15.0  # F14
CALL_BACKS, PAUSE_S = 2, 10.0  # Asterisk's atxfercallbackretries and atxferloopdelay


async def blind(session: Session) -> None:
    """`#`"""
    decision = await _destination(session)
    if decision is not None:
        await lead(session.exchange, session.call, session.leg, decision)


async def attended(session: Session) -> None:
    """`*2`"""
    decision = await _destination(session)
    if decision is None:
        return
    if not is_people(decision):
        await lead(session.exchange, session.call, session.leg, decision)
        return
    exchange, call, waiting = session.exchange, session.call, session.call.other(session.leg)
    with Consultation(exchange, session.leg, decision) as question:
        try:
            async with while_up(waiting):
                async with listening_to(exchange.media, waiting, exchange.music):
                    await _ask(session, question)
                if session.leg.signals.gone and question.third is None:
                    await _call_back(session, question, waiting)
        except HungUp as left:
            if left.args[0] is waiting and question.third is not None and not session.leg.signals.gone:
                question.keep(call)
            raise


async def _destination(session: Session) -> Decision | None:
    """Ask for the number, while the other one hears music. None: there is none, the two talk on."""
    exchange, asker, waiting = session.exchange, session.leg, session.call.other(session.leg)
    async with while_up(waiting), while_up(asker), listening_to(exchange.media, waiting, exchange.music):
        for _attempt in range(ATTEMPTS):
            with dialogue(session) as keys:
                number = await _number(session, keys)
            if not number:
                session.call.note("transfer", asker.party.number, "no number was dialled")
                await session.beep_error()
                return None
            decision = transfer_decision(exchange, asker, waiting, number)
            if decision.action == Goto("park", number) and (asker.signals.consulting or waiting.signals.consulting):
                await session.refuse_parking()
                return None
            if not isinstance(decision.action, Reject):
                return decision
            session.call.note("transfer", number, "refused: " + decision.trace.steps[-1].text)
            await session.beep_error()
    return None


async def _number(session: Session, keys: Dialogue) -> str:
    """What is dialled after the prompt: up to `#`, a pause, or the digit that completes it."""
    await keys.say("transfer")
    digits = ""
    while session.exchange.plan.fit(digits).may_grow:
        try:
            key = await within(NEXT_S if digits else FIRST_S, keys.take())
        except TimeoutError:
            break
        if key == "#":
            break
        digits += key
    return digits


async def _ask(session: Session, question: Consultation) -> None:
    """Reach the third party and let the two talk in private, until one of them decides how it ends."""
    exchange, asker, codes = session.exchange, session.leg, session.exchange.plan.codes
    third = await question.reach(ATTENDED_S, key_table(Stage.ATTENDED_RINGING, codes))
    if third is None:
        session.call.note("transfer", question.call.dialled, "nobody to talk to")
        if not asker.signals.gone:
            await _tell(session)
        return
    if not asker.signals.gone and await question.talk(key_table(Stage.ATTENDED_TALKING, codes)) != Gone(asker):
        question.third = None
        session.call.note("transfer", asker.party.number, "returns to the caller")
        return
    question.complete(session.call)
    exchange.start(_beep(replace(session, leg=third)), "beep of a transfer")


async def _beep(session: Session) -> None:
    """Asterisk's xfersound: the third party talks to another one now, which not every telephone can show."""
    with suppress(HungUp):
        async with while_up(session.leg):
            await session.beep()


async def _tell(session: Session) -> None:
    async with while_up(session.leg):
        await session.beep_error()


async def _call_back(session: Session, question: Consultation, waiting: Leg) -> None:
    """The asker has gone and nobody answered: ring the asker, and at last leave the waiting one to the mailbox."""
    exchange, call, asker = session.exchange, session.call, session.leg.party.extension or ""
    call.drop(session.leg)
    call.a, call.b, call.transferor = waiting, None, asker
    for turn in range(CALL_BACKS):
        if turn:
            async with listening_to(exchange.media, waiting, exchange.music):
                await asyncio.sleep(PAUSE_S)
        call.note("transfer", asker, "nobody answered the transfer: calling back")
        answer = await exchange.ring_extension(call, waiting, asker, ATTENDED_S)
        if answer is not None:
            call.b = answer
            return
    target = exchange.plan.extensions.get(question.call.dialled)
    if target is not None and target.voicemail is not None:
        call.b = await exchange.courier.send(call, waiting, question.decision.request, f"voicemail/{target.number}")


def install(_resources: Resources) -> Features:
    return Features(in_call={"transfer-blind": blind, "transfer-attended": attended})
