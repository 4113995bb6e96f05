"""Call pickup: `*8` takes the call that rang first in one's department, `**` and an extension takes its call (F5, F6).

Everything else that rings for the call is told that it was answered elsewhere (`calls.ring`).
"""

from collections.abc import Collection, Iterator

from firmware.calls.call import Call
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.features.pickup.choice import Candidate, choose, department_of
from firmware.telephony.site import Extension


async def pick_up_group(session: Session) -> None:
    """`*8`"""
    picker = session.owner
    if picker is None or picker.department is None:
        await _fail(session, "belongs to no department", "no-department")
        return
    await _pick_up(session, picker, department_of(picker, session.exchange.plan.site.extensions))


async def pick_up(session: Session) -> None:
    """`**` and an extension"""
    picker, site = session.owner, session.exchange.plan.site
    if picker is None:
        await _fail(session, "is no extension", "no-extension")
    elif site.pickup.own_department and session.argument not in department_of(picker, site.extensions):
        await _fail(session, f"may not take calls of {session.argument}: another department", "not-allowed")
    else:
        await _pick_up(session, picker, {session.argument})


async def _pick_up(session: Session, picker: Extension, among: Collection[str]) -> None:
    exchange, own = session.exchange, session.call
    chosen = choose(_ringing(exchange), picker, among)
    if chosen is None:
        await _fail(session, "finds no call to pick up", "nothing-to-pick-up")
        return
    call = exchange.calls[chosen.id]
    assert call.ringing is not None
    own.note("pickup", picker.number, f"takes the call {call.id[:8]} for {call.dialled}")
    own.final_callee = call.a.party.number
    call.ringing.give(own.let_go(session.leg))


def _ringing(exchange: Exchange) -> Iterator[Candidate]:
    for call in exchange.calls.values():
        if call.ringing is not None and call.ringing.pickable and call.ringing.open:
            rings = tuple(leg.party.extension for leg in call.ringing.legs if leg.party.extension is not None)
            yield Candidate(call.id, rings, call.ringing.since_s, _caller(call))


def _caller(call: Call) -> str | None:
    return call.a.party.extension


async def _fail(session: Session, why: str, prompt: str) -> None:
    session.call.note("pickup", session.leg.party.number, why)
    await session.answered()
    await session.beep_error()
    await session.say(prompt)


def install(_resources: Resources) -> Features:
    return Features(codes={"pickup-group": pick_up_group, "pickup": pick_up})
