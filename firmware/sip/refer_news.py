"""What a telephone is told of the transfer that it has asked for (RFC 3515): 100 at once, then how it went, once.

Not responsible for the transfer, nor for how long the telephone's call lasts (`leg.py`).
"""

from firmware.calls.leg import Cause
from firmware.sip.calls import Headers
from firmware.sip.causes import STATUS_OF

SIPFRAG = "message/sipfrag;version=2.0"  # RFC 3420
LASTS_S = 240  # longer than anything rings for a transfer
_REASONS = {
    100: "Trying",
    200: "OK",
    403: "Forbidden",
    404: "Not Found",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    487: "Request Terminated",
    500: "Server Internal Error",
    503: "Service Unavailable",
    603: "Decline",
}


def news(cseq: int, outcome: Cause | None) -> tuple[Headers, str, str]:
    """Headers, type and body of the NOTIFY for a REFER of this CSeq.

    `outcome` None: the transfer goes its way; the last one ends the news.
    """
    status = 100 if outcome is None else 200 if outcome is Cause.NORMAL else STATUS_OF[outcome]
    state = f"active;expires={LASTS_S}" if outcome is None else "terminated;reason=noresource"
    headers = (("Event", f"refer;id={cseq}"), ("Subscription-State", state))
    return headers, SIPFRAG, f"SIP/2.0 {status} {_REASONS[status]}\r\n"
