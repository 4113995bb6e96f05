"""A conversation: two legs talk, and what they press or others ask for is done, until the call is over.

Not responsible for how they were connected (`exchange`, `delivery`), nor for what a code does (features).
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from firmware.calls.audio import audio_of
from firmware.calls.call import Call
from firmware.calls.feature import Session
from firmware.calls.leg import Cause, Leg
from firmware.calls.scopes import while_up
from firmware.calls.talk import Asked, Ended, Gone, Pressed, talk
from firmware.telephony.incall import NO_KEYS, KeyTable, Stage, key_table
from firmware.telephony.limits import THROUGH_MINUTES

if TYPE_CHECKING:
    from firmware.calls.exchange import Exchange

log = logging.getLogger(__name__)


async def converse(exchange: "Exchange", call: Call) -> None:
    """Let `call.a` and `call.b` talk until one hangs up or nobody is left to talk to."""
    call.a.answer()
    call.answered = call.answered or exchange.clock.now()
    exchange.changed(call)
    async with while_up(call.a):
        await audio_of(call.a)
    known = (call.a, call.b)
    while call.b is not None:
        if known != (call.a, call.b):
            known = (call.a, call.b)
            _introduce(exchange, call)
        match await _talk(exchange, call):
            case Gone(leg):
                call.cause = leg.signals.cause or Cause.NORMAL
                return
            case Pressed(leg, id_):
                log.info("%s %s pressed the code %s", call.id[:8], leg.id, id_)
                await exchange.features.in_call[id_](Session(exchange, call, leg))
            case Asked():
                await call.do_asked()


def _introduce(exchange: "Exchange", call: Call) -> None:
    """The two have not talked before: each sees the other (product.md 2.4)."""
    assert call.b is not None
    call.a.show(call.b.party)
    call.b.show(call.a.party)
    if _outside(call):
        call.note("transfer", "two outside lines", "are connected: an end may go unnoticed, so the time is limited")
    exchange.changed(call)


def _outside(call: Call) -> bool:
    return call.b is not None and call.a.party.trunk is not None and call.b.party.trunk is not None


async def _talk(exchange: "Exchange", call: Call) -> Ended:
    """Nobody of the house hears when two outside lines have done talking, and copper may not tell either."""
    assert call.b is not None
    minutes = min(exchange.plan.site.limits.max_call_minutes, THROUGH_MINUTES)
    longest_s = minutes * 60.0 if _outside(call) else None
    try:
        async with AsyncExitStack() as beside, asyncio.timeout(longest_s):
            for enter in exchange.features.beside:
                await beside.enter_async_context(enter(exchange, call))
            return await talk(exchange.media, call.a, call.b, exchange.music, keys=_keys_of(exchange, call), call=call)
    except TimeoutError:
        call.note("limits", "two outside lines", f"have talked for {longest_s:.0f} s: the call ends")
        return Gone(call.a)


def _keys_of(exchange: "Exchange", call: Call) -> Callable[[Leg], KeyTable]:
    """Only people of the house press codes (N8); `#` may belong to the machine at the far end (N11)."""
    there = set(exchange.features.in_call)
    trunks = {leg.party.trunk for leg in (call.a, call.b) if leg is not None and leg.party.trunk}
    if any(one.name in trunks and not one.transfer_by_key for one in exchange.plan.site.trunks):
        there.discard("transfer-blind")
    table = key_table(Stage.TALK, exchange.plan.codes, there)
    return lambda leg: table if leg.party.extension is not None else NO_KEYS
