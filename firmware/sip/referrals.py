"""REFER and Replaces: transfers by a telephone itself are those by code (F11-F15, RFC 3515, RFC 3891).

Only an extension's own calls count (security.md 3.4). Not responsible for the transfer: `calls.transfer`.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import partial

from firmware.calls.exchange import Exchange
from firmware.calls.leg import LegState
from firmware.calls.transfer import Told, TransferRefused
from firmware.sip.bindings import split_uri
from firmware.sip.causes import STATUS_OF
from firmware.sip.leg import SipLeg
from firmware.sip.message import Refer, Reply
from firmware.sip.refer import NotReferable, Referral, Replaces, host_of, referral

NO_SUCH_CALL = 481

log = logging.getLogger(__name__)


class Referrals:
    """One for the box. `find` gives the leg of a SIP Call-ID; `has_dialog` is `SipHook.has_dialog`."""

    def __init__(
        self, exchange: Exchange, find: Callable[[str], SipLeg | None], has_dialog: Callable[[str, str, str], bool],
        hosts: Collection[str],
    ) -> None:  # fmt: skip
        self._exchange, self._find, self._has_dialog, self._hosts = exchange, find, has_dialog, hosts

    def answer(self, request: Refer) -> Reply:
        """Decide about a REFER and begin the transfer. Sent again, it gets the same answer."""
        leg = self._find(request.call_id)
        if leg is None or not self._has_dialog(request.call_id, request.to_tag, request.from_tag):
            return Reply(NO_SUCH_CALL)
        if leg.referred is None or leg.referred[0] != request.cseq:
            leg.referred = request.cseq, self._refer(leg, request)
        return leg.referred[1]

    def _refer(self, leg: SipLeg, request: Refer) -> Reply:
        if leg.party.extension is None:
            return Reply(403)
        told = None if request.silent else partial(leg.tell_referred, request.cseq)
        hosts = {*self._hosts, host_of(request.local), host_of(split_uri(request.to_uri)[2])}
        try:
            self._transfer(leg, referral(request.refer_to, hosts), told)
        except NotReferable as refused:
            log.info("%s REFER to %s refused: %s", leg.id, request.refer_to, refused)
            return Reply(refused.args[0])
        except TransferRefused as refused:
            log.info("%s REFER to %s refused: %s", leg.id, request.refer_to, refused)
            return Reply(STATUS_OF[refused.cause])
        via = "" if request.transport == "udp" else f";transport={request.transport}"
        contact = ("Contact", f"<sip:{leg.party.extension}@{request.local}{via}>")
        if request.silent:
            return Reply(202, (contact, ("Refer-Sub", "false")))
        leg.awaits_news = True
        asyncio.get_running_loop().call_soon(leg.tell_referred, request.cseq, None)
        return Reply(202, (contact,))

    def _transfer(self, leg: SipLeg, to: Referral, told: Told | None) -> None:
        """The calls themselves do it a moment later, so that the answer leaves first."""
        if to.replaces is None:
            log.info("%s REFER to %s", leg.id, to.number)
            self._exchange.transfer(leg, to.number, told)
            return
        other = self.replaced(to.replaces, leg.party.extension)
        log.info("%s REFER to the other end of %s", leg.id, other.id)
        self._exchange.join(leg, other, told=told)

    def replaced(self, wanted: Replaces, extension: str | None) -> SipLeg:
        """The leg of this extension that is meant. Raises NotReferable, the same for calls of others as for none."""
        leg = self._find(wanted.call_id)
        mine = leg is not None and extension is not None and leg.party.extension == extension
        if leg is None or not mine or not self._has_dialog(wanted.call_id, wanted.to_tag, wanted.from_tag):
            raise NotReferable(NO_SUCH_CALL)
        if wanted.early_only and leg.signals.state is LegState.UP:
            raise NotReferable(486)
        return leg

    def replace(self, old: SipLeg, new: SipLeg) -> None:
        """A call of an extension takes the place of another one of it, as from one telephone to the next."""
        try:
            self._exchange.replace(old, new)
        except TransferRefused as refused:
            log.info("%s cannot take the place of %s: %s", new.id, old.id, refused)
            new.hang_up(refused.cause)
