"""Transfers, whoever asks for them: a code, a hook flash, a REFER of an IP telephone (F11-F15).

A blind transfer sends the peer of a leg elsewhere; nobody there: the transferor is called back. Joining connects the
peers of two legs of the same person. All of it is done by the owners of the calls (`Call.ask`).
Not responsible for asking for a number (`features.transfer`), nor for consulting somebody first (`consult`).
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from firmware.calls.call import Call
from firmware.calls.leg import Cause, Leg, LegEvent
from firmware.calls.scopes import while_up
from firmware.telephony.decision import CallTrunks, Decision, FromExtension, Reject, Request
from firmware.telephony.transfer import Peer, transfer_route

if TYPE_CHECKING:
    from firmware.calls.exchange import Exchange

RECALL_S = 30.0  # F12
Told = Callable[[Cause], None]

log = logging.getLogger(__name__)


class TransferRefused(Exception):
    """The message says why; `cause` is what a telephone is told."""

    def __init__(self, why: str, cause: Cause = Cause.FORBIDDEN) -> None:
        super().__init__(why)
        self.cause = cause


def transfer_decision(exchange: "Exchange", transferor: Leg, peer: Leg, number: str) -> Decision:
    """Where `transferor` may send `peer`; a Reject: nowhere."""
    assert transferor.party.extension is not None
    at, for_outside = exchange.clock.now(), peer.party.trunk is not None
    request = Request(FromExtension(transferor.party.extension), number, at, for_outside)
    decision = transfer_route(request, Peer(peer.party.extension, peer.party.number), exchange.snapshot())
    if isinstance(decision.action, Reject) and decision.action.limit_hit:
        exchange.limits.refused(decision)
    return decision


def transfer(
    exchange: "Exchange", leg: Leg, number: str, told: Told | None = None, after: Call | None = None
) -> None:  # fmt: skip
    """See `Exchange.transfer`. `after`: a call that ends first, so that its telephones are free."""
    call = _talking(exchange, leg)
    decision = transfer_decision(exchange, leg, call.other(leg), number)
    if isinstance(decision.action, Reject):
        raise TransferRefused(f"{number}: {decision.action.reason.value}", Cause(decision.action.reason.value))

    async def go() -> None:
        if after is not None:
            await after.over.wait()
        if leg in (call.a, call.b):
            await lead(exchange, call, leg, decision)
        else:
            call.transferred(Cause.FAILED)

    call.transferring = told
    call.ask(go)


def _talking(exchange: "Exchange", leg: Leg) -> Call:
    """The call in which the leg, of an extension, talks to somebody."""
    call = exchange.call_of(leg)
    if call is None or call.b is None or call.ringing is not None or leg not in (call.a, call.b):
        raise TransferRefused("there is nobody to transfer")
    if leg.party.extension is None:
        raise TransferRefused("only extensions transfer calls")
    if call.transferring is not None:
        raise TransferRefused("the call is being transferred already")
    return call


async def lead(exchange: "Exchange", call: Call, transferor: Leg, decision: Decision) -> None:
    """Send the peer of `transferor`, who leaves, where `decision` goes. Run by the call's owner.

    Afterwards `call.a` is the peer and `call.b` whoever answered: the target, the transferor who was called back, or
    nobody. Raises HungUp when the peer leaves.
    """
    peer, extension = call.other(transferor), transferor.party.extension or ""
    call.note("transfer", extension, f"sends {peer.party.number or 'the caller'} to {decision.request.dialled}")
    account = _account(exchange, transferor, decision)
    trunk = call.trunk
    call.drop(transferor)
    call.a, call.b, call.transferor = peer, None, extension
    try:
        async with while_up(peer):
            answer = await exchange.courier.follow(call, peer, decision)
            if answer is not None and account is not None:
                _charge(exchange, account, call, answer)
            call.transferred(call.cause if answer is None and call.refused else Cause.NORMAL)
            if answer is None and call.refused:
                call.note("transfer", extension, "nobody is there: calling back")
                answer = await exchange.ring_extension(call, peer, extension, RECALL_S)
            call.b = answer
    finally:
        call.trunk = trunk
        if account is not None:
            exchange.finish(account)


def _account(exchange: "Exchange", transferor: Leg, decision: Decision) -> Call | None:
    """A call to the outside is the transferor's, with a record of its own."""
    if not isinstance(decision.action, CallTrunks):
        return None
    account = exchange.new_call(transferor, decision.request.dialled, own=False)
    account.decision = decision
    return account


def _charge(exchange: "Exchange", account: Call, call: Call, line: Leg) -> None:
    account.trunk, account.final_callee, account.assumed = call.trunk, call.final_callee, call.assumed
    account.answered, account.charged = exchange.clock.now(), line


def talks(exchange: "Exchange", leg: Leg) -> bool:
    """See `Exchange.talks`."""
    call = exchange.call_of(leg)
    if call is None or call.b is None or call.ringing is not None or leg not in (call.a, call.b):
        return False
    return leg.signals.peer is call.other(leg)


def join(
    exchange: "Exchange", first: Leg, second: Leg, failed: Callable[[], None], told: Told | None = None
) -> None:  # fmt: skip
    """See `Exchange.join`."""
    outer, inner = _talking(exchange, first), exchange.call_of(second)
    if inner is None or inner is outer or first.party.extension != second.party.extension:
        raise TransferRefused("the two calls cannot be connected")
    if inner.b is None or inner.ringing is not None or second not in (inner.a, inner.b):
        transfer(exchange, first, inner.dialled, told, inner)  # nobody has answered yet, or a service of the box has
        second.hang_up()
        return

    def hand_over() -> None:
        """By the owner of the second call, which ends with that."""
        stop()
        third = {inner.a: inner.b, inner.b: inner.a}.get(second)
        if third is None or third.signals.gone or outer.id not in exchange.calls or first not in (outer.a, outer.b):
            lost()
            return
        inner.note("transfer", second.party.number, f"hands {third.party.number} over to the other call")
        hand_on(inner, third, outer)
        inner.a, inner.b = second, None
        outer.ask(lambda: take(outer, first, third))

    def watcher(_event: LegEvent) -> None:
        """The third party left before it could be handed over."""
        if second.signals.gone:
            stop()
            lost()

    def lost() -> None:
        outer.transferred(Cause.FAILED)
        failed()

    outer.transferring = told
    stop = second.signals.watch(watcher)
    inner.ask(hand_over)


def hand_on(inner: Call, third: Leg, outer: Call) -> None:
    """A consulted party moves to the call about which it was asked. An outside line stays on the asker's account."""
    outer.own(inner.let_go(third))
    inner.charged = third if third.party.trunk is not None else None


def take(call: Call, asker: Leg, third: Leg) -> None:
    """`third`, which the call owns, takes the place of `asker`, who leaves. By the call's owner."""
    if asker not in (call.a, call.b):
        call.transferred(Cause.FAILED)
        call.drop(third)
        return
    waiting = call.other(asker)
    shown = waiting.party.number or "the caller"
    call.note("transfer", asker.party.number, f"connects {shown} to {third.party.number}")
    call.transferor, call.final_callee = asker.party.extension or "", third.party.number
    call.transferred(Cause.NORMAL)
    call.drop(asker)
    call.a, call.b = waiting, third


def replace(exchange: "Exchange", old: Leg, new: Leg) -> None:
    """See `Exchange.replace`."""
    call = exchange.call_of(old)
    if call is not None and call.ringing is not None and old in call.ringing.legs and call.ringing.give(new):
        return
    if call is None or call.ringing is not None or call.b is None or old not in (call.a, call.b):
        raise TransferRefused("there is no such call to take over")
    call.own(new)
    new.answer()

    def swap() -> None:
        if old not in (call.a, call.b):
            call.drop(new)
            return
        other = call.other(old)
        call.note("replace", old.party.number, f"gives the call to {new.party.number}")
        call.drop(old)
        call.a, call.b = (other, new) if old is call.b else (new, other)

    call.ask(swap)
