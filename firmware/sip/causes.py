"""SIP status codes to causes and back (RFC 3261 section 21, Q.850 through RFC 3398)."""

from firmware.calls.leg import Cause

STATUS_OF = {
    Cause.NORMAL: 603,
    Cause.BUSY: 486,
    Cause.NO_ANSWER: 480,
    Cause.REJECTED: 603,
    Cause.UNAVAILABLE: 480,
    Cause.NOT_FOUND: 404,
    Cause.FORBIDDEN: 403,
    Cause.CONGESTION: 503,
    Cause.ELSEWHERE: 487,
    Cause.FAILED: 500,
}

_CAUSE_OF = {
    200: Cause.NORMAL,
    403: Cause.FORBIDDEN,
    404: Cause.NOT_FOUND,
    408: Cause.NO_ANSWER,
    410: Cause.NOT_FOUND,
    480: Cause.UNAVAILABLE,
    484: Cause.NOT_FOUND,
    486: Cause.BUSY,
    487: Cause.NORMAL,
    600: Cause.BUSY,
    603: Cause.REJECTED,
    604: Cause.NOT_FOUND,
}


def cause_of(status: int) -> Cause:
    """Why a call ended whose last status was `status`."""
    if status in _CAUSE_OF:
        return _CAUSE_OF[status]
    return Cause.CONGESTION if status >= 500 else Cause.FAILED if status >= 400 else Cause.NORMAL
