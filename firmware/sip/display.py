"""What an IP telephone of the house shows of the one it talks to, when that is not whom it called.

It is told by P-Asserted-Identity (RFC 3325): with the answer, or later in an UPDATE without an offer (RFC 3311), if the
telephone takes one. Not outside: a network knows whom it has called.
"""

import re
from typing import Any

import pjsua2 as pj

from firmware.calls.leg import Party
from firmware.sip.headers import add_header

_HOST = re.compile(r"@([^;>]+)")


def told(call: pj.Call, party: Party, prm: Any) -> Any:
    """`prm` with the header that names the party."""
    host = _HOST.search(call.getInfo().localUri)
    name = party.name.replace("\\", "\\\\").replace('"', '\\"')  # RFC 3261 section 25.1
    who = f'"{name}" <sip:{party.number or "anonymous"}@{host[1] if host else "localhost"}>'
    add_header(prm, "P-Asserted-Identity", who)
    return prm


def update(call: pj.Call, party: Party) -> None:
    """Tell a telephone in a call. Raises pj.Error if the call is just ending."""
    if call.remoteHasCap(pj.PJSIP_H_ALLOW, "", "UPDATE") != pj.PJSIP_DIALOG_CAP_SUPPORTED:
        return
    prm = pj.CallOpParam(True)
    prm.opt.flag |= pj.PJSUA_CALL_NO_SDP_OFFER
    prm.opt.textCount = prm.opt.videoCount = 0
    call.update(told(call, party, prm))
