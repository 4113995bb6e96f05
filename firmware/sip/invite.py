"""An INVITE as far as the box needs to read it before the library's own view of it is there. Pure.

Not responsible for who sent it: the guard says that.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Invite:
    """An INVITE that passed the guard, before anyone decided about it."""

    call_id: str  # SIP Call-ID
    user: str  # user part of the Request-URI, unquoted
    to_user: str
    from_user: str
    from_name: str
    replaces: str = ""  # Replaces header (RFC 3891), "" = none


def parse_invite(text: str) -> Invite:
    """The fields of an INVITE's text; what cannot be read is empty."""
    head = text.split("\r\n\r\n", 1)[0]

    def header(name: str, short: str) -> str:
        found = re.search(rf"^(?:{name}|{short})\s*:\s*(.*)$", head, re.IGNORECASE | re.MULTILINE)
        return found.group(1).strip() if found else ""

    def user(uri: str) -> str:
        found = re.search(r"(?:sips?|tel):([^@;>\s]+)", uri, re.IGNORECASE)
        return unquote(found.group(1).partition(":")[0]) if found else ""

    sender = header("From", "f")
    named = re.match(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*))\s*<', sender)
    name = (named.group(1) or named.group(2) or "").strip() if named else ""
    return Invite(
        call_id=header("Call-ID", "i"),
        user=user(head.split("\r\n", 1)[0]),
        to_user=user(header("To", "t")),
        from_user=user(sender),
        from_name=re.sub(r"\\(.)", r"\1", name),
        replaces=header("Replaces", "Replaces"),
    )
