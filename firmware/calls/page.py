"""Calls that the box makes by itself: it rings extensions, and talks to the first who answers.

Past do-not-disturb, forwards and mailboxes, and nobody else can pick it up. Not responsible for what is said.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from firmware.calls.call import Call
from firmware.calls.devices import Alert
from firmware.calls.feature import Session
from firmware.calls.leg import Leg, Party
from firmware.calls.ring import NotAnswered, ring
from firmware.calls.scopes import HungUp, while_up
from firmware.telephony.decision import Outcome, Port
from firmware.telephony.delivery import reachable

if TYPE_CHECKING:
    from firmware.calls.exchange import Exchange

Speech = Callable[[Session], Awaitable[None]]


async def page(
    exchange: "Exchange", extensions: Sequence[str], shown: Party, for_s: float, speech: Speech, *, rule: str,
    alert: Alert = Alert.NORMAL,
) -> str | Outcome:  # fmt: skip
    """Ring all devices of the extensions, which show `shown`; `speech` is run with the first that answers.

    Returns the extension that has answered and been talked to. `rule`: whose doing it is, for the call's trace.
    """
    legs, busy = [], False
    for number in extensions:
        owner = exchange.plan.extensions.get(number)
        devices = reachable(owner, exchange.live()) if owner is not None else ()
        rung = exchange.devices.ring(number, devices, shown, alert) if devices else []
        busy |= not rung and any(isinstance(device, Port) for device in devices)
        legs += rung
    if not legs:
        return Outcome.BUSY if busy else Outcome.UNREACHABLE
    call = exchange.new_call(legs[0], " ".join(extensions))
    call.caller = shown
    for leg in legs:
        call.own(leg)
    try:
        return await _talk(exchange, call, legs, for_s, speech, rule)
    finally:
        exchange.finish(call)


async def _talk(
    exchange: "Exchange", call: Call, legs: list[Leg], for_s: float, speech: Speech, rule: str
) -> str | Outcome:
    answer = await ring(legs, for_s)
    if isinstance(answer, NotAnswered):
        call.note(rule, call.dialled, answer.outcome.value)
        return answer.outcome
    for leg in legs:
        if leg is not answer:
            call.drop(leg)
    number = answer.party.extension or answer.party.number
    call.a, call.answered, call.final_callee, call.service = answer, exchange.clock.now(), number, True
    call.note(rule, number, "answers")
    exchange.changed(call)
    with suppress(HungUp):
        async with while_up(answer):
            session = Session(exchange, call, answer)
            await session.answered()
            await speech(session)
    return number
