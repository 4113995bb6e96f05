"""Headers of messages that pjsua2 sends."""

from typing import Any

import pjsua2 as pj


def add_header(prm: Any, name: str, value: str) -> None:
    """Add a header to what `prm` (CallOpParam, CallSendRequestParam) sends."""
    header = pj.SipHeader()
    header.hName, header.hValue = name, value
    prm.txOption.headers.append(header)
