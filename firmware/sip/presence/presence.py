"""Lamps of IP telephones: who watches what, told at each change, kept over a restart of the core (RFC 6665).

A device that does not subscribe gets its message lamp unasked (RFC 3842 3.5), again after each registration.
Not responsible for what may be seen (`view.py`), for the rules of SUBSCRIBE (`subscription.py`), nor for sending.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from firmware.calls.exchange import Exchange
from firmware.calls.feature import KeptValues
from firmware.calls.lamps import Kind
from firmware.clock import Clock
from firmware.sip.bindings import Binding
from firmware.sip.message import Notify, Reply, Subscribe
from firmware.sip.presence.documents import SUMMARY, summary
from firmware.sip.presence.subscription import MESSAGES, Subscription, subscribe
from firmware.sip.presence.view import Shown, View, document, status

SETTLE_S = 0.05  # changes of this long are told at once: a call that is answered changes several things
CSEQ_STEP = 100_000  # more than can be told in an hour: after a restart no number comes twice
PACE_S = 0.01  # between two at the start, when all are told
GONE_STATUSES = frozenset((404, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604))  # RFC 6665 4.2.2

log = logging.getLogger(__name__)


class Send(Protocol):
    """`hook.SipHook.notify`."""

    def __call__(self, message: Notify, ended: Callable[[int], None]) -> None: ...


@dataclass(slots=True)
class _Active:
    subscription: Subscription
    cseq: int
    timer: asyncio.TimerHandle | None = None
    told: Shown | None = None  # what the lamp showed last


class Presence:
    """Made with the exchange; `start` on the loop."""

    def __init__(
        self, exchange: Exchange, store: KeptValues[Subscription], clock: Clock, send: Send, place: str,
        contacts: Callable[[str], list[Binding]],
    ) -> None:  # fmt: skip
        """`place`: host:port of the box. `contacts`: an extension's devices."""
        self._exchange, self._store, self._clock, self._send = exchange, store, clock, send
        self._place, self._contacts = place, contacts
        self._active: dict[tuple[str, str], _Active] = {}
        self._flush: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Go on with what the store remembers: every lamp is told anew."""
        now = self._clock.now()
        for one in self._store.load():
            if one.expires_at <= now:
                self._store.remove(*one.key)
                continue
            one = replace(one, cseq=one.cseq + CSEQ_STEP)
            self._store.save(one)
            active = self._active[one.key] = _Active(one, one.cseq)
            self._arm(active, now)
        for place, active in enumerate(self._active.values()):
            asyncio.get_running_loop().call_later(PACE_S * place, self._tell, active)
        self._exchange.watch(lambda _call: self.changed())
        self._exchange.occupancy.watch(lambda _extension: self.changed())
        self._exchange.lamps.watch(self._lamp)

    # -- SUBSCRIBE ------------------------------------------------------------------------------------------------

    def answer(self, request: Subscribe) -> Reply:
        """Decide about a SUBSCRIBE and carry it out."""
        known = [one.subscription for one in self._active.values() if one.subscription.extension == request.username]
        now, plan = self._clock.now(), self._exchange.plan
        decided = subscribe(request, known, lambda *what: status(plan, *what), now)
        one = decided.subscription
        if one is None:
            log.info("%s: lamp for %s refused: %d", request.username, request.user, decided.reply.status)
            return decided.reply
        active = self._active.setdefault(one.key, _Active(one, 0))
        active.subscription = one
        if decided.over:
            self._end(active, "timeout")
        else:
            self._store.save(replace(one, cseq=active.cseq))
            self._arm(active, now)
            asyncio.get_running_loop().call_soon(self._tell, active)  # after the answer
        return decided.reply

    def end_all(self, extension: str) -> None:
        """The extension's password is another: whoever has the new one asks anew (RFC 6665 4.1.3, deactivated)."""
        for active in tuple(self._active.values()):
            if active.subscription.extension == extension:
                self._end(active, "deactivated")

    def _arm(self, active: _Active, now: datetime) -> None:
        if active.timer is not None:
            active.timer.cancel()
        left_s = max(0.0, (active.subscription.expires_at - now).total_seconds())
        active.timer = asyncio.get_running_loop().call_later(left_s, self._end, active, "timeout")

    # -- NOTIFY ---------------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Something that a lamp may show is another now."""
        if self._flush is None and self._active:
            self._flush = asyncio.get_running_loop().call_later(SETTLE_S, self._tell_changes)

    def _tell_changes(self) -> None:
        self._flush = None
        view = View(self._exchange)
        for active in tuple(self._active.values()):
            if view.shown(active.subscription) != active.told:
                self._tell(active, view)

    def _tell(self, active: _Active, view: View | None = None) -> None:
        """Say what the lamp shows now, or that it shows nothing any more."""
        if active.subscription.key not in self._active:
            return
        shown = (view or View(self._exchange)).shown(active.subscription)
        if shown is None:
            self._end(active, "noresource")
            return
        active.told = shown
        left_s = max(0, round((active.subscription.expires_at - self._clock.now()).total_seconds()))
        self._notify(active, shown, f"active;expires={left_s}")

    def _end(self, active: _Active, reason: str) -> None:
        """The subscription is over; a last NOTIFY says so, and what the lamp shows."""
        self._forget(active)
        active.told = View(self._exchange).shown(active.subscription)
        asyncio.get_running_loop().call_soon(self._notify, active, active.told, f"terminated;reason={reason}")

    def _notify(self, active: _Active, shown: Shown | None, state: str) -> None:
        one, active.cseq = active.subscription, active.cseq + 1
        kind, text = document(one, shown, active.cseq - 1) if shown is not None else ("", "")
        event = f"{one.package};id={one.id}" if one.id else one.package
        message = Notify(
            target=one.target, from_uri=one.local_uri, to_uri=one.remote_uri, from_tag=one.local_tag,
            to_tag=one.remote_tag, call_id=one.call_id, contact=f"<{one.contact}>", cseq=active.cseq,
            headers=(("Event", event), ("Subscription-State", state)), type=kind, body=text,
        )  # fmt: skip
        self._send(message, lambda code: self._notified(active, code))

    def _notified(self, active: _Active, code: int) -> None:
        if code in GONE_STATUSES and active.subscription.key in self._active:
            log.info("%s: lamp for %s ends: %d", active.subscription.extension, active.subscription.entity, code)
            self._forget(active)

    def _forget(self, active: _Active) -> None:
        if active.timer is not None:
            active.timer.cancel()
        self._active.pop(active.subscription.key, None)
        self._store.remove(*active.subscription.key)

    # -- message lamps that nobody asked for ----------------------------------------------------------------------

    def registered(self, binding: Binding) -> None:
        """A device has registered, or registered again: it may have forgotten its lamp (product.md 2.1)."""
        owner = self._exchange.plan.extensions.get(binding.extension)
        if owner is not None and owner.voicemail is not None:
            asyncio.get_running_loop().call_soon(self._tell_unasked, binding)

    def _lamp(self, number: str, kind: Kind) -> None:
        self.changed()
        if kind is Kind.MESSAGES:
            for binding in self._contacts(number):
                self._tell_unasked(binding)

    def _tell_unasked(self, binding: Binding) -> None:
        """Once more, if it has subscribed: then within the subscription."""
        subscribed = False
        for active in tuple(self._active.values()):
            one = active.subscription
            if one.package == MESSAGES and one.extension == binding.extension and one.target == binding.target:
                self._tell(active)
                subscribed = True
        if subscribed:
            return
        uri, waiting = f"sip:{binding.extension}@{self._place}", self._exchange.lamps.messages(binding.extension)
        message = Notify(
            target=binding.target, from_uri=uri, to_uri=uri, from_tag=uuid.uuid4().hex[:16], to_tag="",
            call_id=uuid.uuid4().hex, contact=f"<{uri}>", cseq=1,
            headers=(("Event", MESSAGES), ("Subscription-State", "active")),
            type=SUMMARY, body=summary(uri, waiting),
        )  # fmt: skip
        self._send(message, lambda _code: None)  # a device without a lamp refuses it, and that is all
