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
    """Where a call would go, without making it. Reply: Explanation.

    `caller` is an extension, or a number outside that calls by `trunk`. `at`: now when None, the site's local time when
    it has no zone.
    """

    caller: str
    called: str
    at: datetime | None = None
    trunk: str | None = None
    cookie: str | None = None


class ImportSite(Message, frozen=True):
    """Make this text of a site file the configuration, all of it or nothing. Reply: SiteChecked. For administrators.

    `name`: of the file, for the audit.
    """

    text: str
    name: str = ""
    cookie: str | None = None


class StoreSettings(Message, frozen=True):
    """Have the settings that count now in the box's file. Reply: Done, once they are. For administrators."""

    cookie: str | None = None


class Unlock(Message, frozen=True):
    """Let an extension call outside again that a limit has locked; without one, the site make international calls.

    Reply: Done, or a Refusal when nothing was locked. For administrators.
    """

    extension: str | None = None
    cookie: str | None = None


class DismissAlarms(Message, frozen=True):
    """Somebody has seen the alarms that were there at `until`. Reply: Done. For administrators."""

    until: datetime
    cookie: str | None = None


class Subscribe(Message, frozen=True):
    """From now on this connection carries events only, those after `since` first. No other reply, or a Refusal."""

    cookie: str | None = None
    since: Position | None = None


class GetMetrics(Message, frozen=True):
    """Reply: Metrics. Needs no session: counts only, no names and no numbers."""


class GetHealth(Message, frozen=True):
    """Reply: Health. Needs no session."""


Request = (
    Hello
    | LogIn
    | LogOut
    | GetSession
    | GetStatus
    | Explain
    | ImportSite
    | StoreSettings
    | Unlock
    | DismissAlarms
    | Subscribe
    | GetMetrics
    | GetHealth
)
