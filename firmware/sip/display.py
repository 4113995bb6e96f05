"""What an IP telephone of the house shows of the one it talks to, when that is not whom it called.

It is told by P-Asserted-Identity (RFC 3325): with the answer, or later in an UPDATE without an offer (RFC 3311); a
telephone that takes none gets a re-INVITE that offers what is agreed already. Not outside: a network knows whom it has
called.
"""

import asyncio
import logging
import random
import re
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from firmware.calls.leg import Party
from firmware.sip import native
from firmware.sip.headers import add_header
from firmware.sip.loop import posts_errors

HEADER = "P-Asserted-Identity"
PENDING = 491
GLARE_S = {True: (2.1, 4.0), False: (0.0, 2.0)}  # RFC 3261 section 14.1: who made the Call-ID waits longer
_HOST = re.compile(r"@([^;>]+)")

log = logging.getLogger(__name__)


def _identity(call: pj.Call, party: Party) -> str:
    host = _HOST.search(call.getInfo().localUri)
    name = party.name.replace("\\", "\\\\").replace('"', '\\"')  # RFC 3261 section 25.1
    return f'"{name}" <sip:{party.number or "anonymous"}@{host[1] if host else "localhost"}>'


def told(call: pj.Call, party: Party, prm: Any) -> Any:
    """`prm` with the header that names the party."""
    add_header(prm, HEADER, _identity(call, party))
    return prm


class Displays:
    """Tells telephones in a call. One for the endpoint: pjsip is one."""

    def __init__(self) -> None:
        self._library = native.load()
        self._waiting: dict[int, Callable[[int], None]] = {}  # by pjsua's number of the call
        self._callback = native.ON_REINVITED(self._over)  # C keeps no reference
        self._library.fx_reinvited_set(self._callback)

    def tell(self, call: pj.Call, party: Party, again: Callable[[], None], *, called: bool) -> None:
        """Tell the telephone. `called`: by the box. Raises pj.Error if the call is just ending.

        While a re-INVITE of either side is pending, or when both crossed, `again` is called later: it must hold no
        pj.Call, and do nothing when the call has ended.
        """
        if call.remoteHasCap(pj.PJSIP_H_ALLOW, "", "UPDATE") == pj.PJSIP_DIALOG_CAP_SUPPORTED:
            prm = pj.CallOpParam(True)
            prm.opt.flag |= pj.PJSUA_CALL_NO_SDP_OFFER
            prm.opt.textCount = prm.opt.videoCount = 0
            call.update(told(call, party, prm))
            return
        number, identity = call.getId(), _identity(call, party)
        result = self._library.fx_reinvite(number, HEADER.encode(), identity.encode())
        if result >= 0:
            self._waiting[number] = lambda status: _ended(again, result == 0, status, called)

    @posts_errors
    def _over(self, number: int, status: int) -> None:
        ended = self._waiting.pop(number, None)
        if ended is not None:
            ended(status)


def _ended(again: Callable[[], None], sent: bool, status: int, called: bool) -> None:
    """Ours got its final answer, or what was in the way is over."""
    loop = asyncio.get_running_loop()
    if status == PENDING:
        loop.call_later(random.uniform(*GLARE_S[called]), again)  # noqa: S311, no secret
    elif not sent:
        loop.call_soon(again)  # pjsip is rid of it then
