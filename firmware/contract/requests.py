"""What a client (portal, command line) asks of the core. Each is answered by one reply, in order.

`cookie` is the opaque session that the browser holds; the core alone knows whom it stands for. A command on the box
itself has none: its peer credential speaks for it.
"""

from datetime import datetime
from enum import StrEnum

from firmware.contract.events import Message
from firmware.contract.status import Position


class Peer(StrEnum):
    PORTAL = "portal"
    COMMAND = "command"


class Hello(Message, frozen=True):
    """First message of a connection. Reply: Welcome."""

    version: int
    peer: Peer


class LogIn(Message, frozen=True):
    """Reply: Session. `source` is the browser's address: failures are counted for it."""

    user: str
    password: str
    source: str


class LogOut(Message, frozen=True):
    """Reply: Done, also when the session had ended already."""

    cookie: str


class GetSession(Message, frozen=True):
    """Whom the cookie stands for. Reply: Session."""

    cookie: str


class GetStatus(Message, frozen=True):
    """Reply: Status, without what the session's role may not see."""

    cookie: str | None = None


class Explain(Message, frozen=True):
    """Where a call would go, without making it (`at`: now when None). Reply: Explanation."""

    caller: str
    called: str
    at: datetime | None = None
    cookie: str | None = None


class Unlock(Message, frozen=True):
    """Let an extension call outside again that a limit has locked; without one, the site make international calls.

    Reply: Done, or a Refusal when nothing was locked. For administrators.
    """

    extension: str | None = None
    cookie: str | None = None


class Subscribe(Message, frozen=True):
    """From now on this connection carries events only, those after `since` first. No other reply, or a Refusal."""

    cookie: str | None = None
    since: Position | None = None


class GetMetrics(Message, frozen=True):
    """Reply: Metrics. Needs no session: counts only, no names and no numbers."""


class GetHealth(Message, frozen=True):
    """Reply: Health. Needs no session."""


Request = Hello | LogIn | LogOut | GetSession | GetStatus | Explain | Unlock | Subscribe | GetMetrics | GetHealth
