"""An INVITE that has passed the guard, as far as the box reads it (native/calls.c fills it in)."""

import re

from msgspec import Struct

_ESCAPED = re.compile(r"\\(.)")


class Invite(Struct, frozen=True):
    """Before anyone decided about it. The fields are those of struct fx_invite, in its order; "" = none."""

    call_id: str  # SIP Call-ID
    user: str  # user part of the Request-URI, unescaped
    to_user: str
    from_user: str
    quoted_name: str  # display name in From, as it stands between the quotes
    replaces: str  # Replaces header (RFC 3891)
    extension: str  # who has proved to be it, or
    trunk: str  # which trunk it has come by
    ip: str  # where from

    @property
    def from_name(self) -> str:
        """The display name (RFC 3261 section 25.1)."""
        return _ESCAPED.sub(r"\1", self.quoted_name)
