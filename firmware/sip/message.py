"""What the native module hands over and takes: plain values, no library type.

Not responsible for what they mean: `presence`, `refer.py`.
"""

import re

from msgspec import Struct

from firmware.sip.bindings import Source

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def header_lines(headers: tuple[tuple[str, str], ...]) -> bytes:
    """Headers as the native module takes them; a value cannot end its line."""
    return "".join(f"{name}: {_CONTROL.sub(' ', value)}\n" for name, value in headers).encode()


def name_address(name: str, user: str, domain: str) -> str:
    """A display name, quoted (RFC 3261 section 25.1), and the URI that it belongs to."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <sip:{user}@{domain}>'


class Reply(Struct, frozen=True):
    """Status of the answer and its extra headers."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()


class Subscribe(Struct, frozen=True):
    """A SUBSCRIBE whose sender has proved to be `username` (RFC 6665)."""

    username: str
    user: str  # of the Request-URI, unescaped
    to_uri: str
    from_uri: str
    to_tag: str  # "" before the dialog
    from_tag: str
    branch: str  # is the To tag of the answer that begins a dialog
    call_id: str
    cseq: int
    event: str  # Event header
    contact: str | None  # None: none, several, or not a SIP URI
    source: Source
    local: str  # host:port that it came to
    expires_s: int | None = None
    rport: bool = False


class Refer(Struct, frozen=True):
    """A REFER from where its dialog is (RFC 3515)."""

    call_id: str
    to_tag: str
    from_tag: str
    cseq: int
    refer_to: str  # Refer-To header
    silent: bool  # Refer-Sub: false (RFC 4488)
    to_uri: str
    local: str  # host:port that it came to
    transport: str


class Notify(Struct, frozen=True):
    """A NOTIFY to be sent. Tags are "" before a dialog."""

    target: str  # URI
    from_uri: str
    to_uri: str
    from_tag: str
    to_tag: str
    call_id: str
    contact: str
    cseq: int
    headers: tuple[tuple[str, str], ...]
    type: str = ""  # of the body, as `application/simple-message-summary`
    body: str = ""
