"""What the audit store keeps: who did what to whom or what. Pure.

Not responsible for keeping it (`firmware.store.audit`).
"""

from dataclasses import dataclass
from enum import StrEnum

BOX = "the box"
COMMAND_LINE = "command line"


class Act(StrEnum):
    """Values are stored and printed; they follow `who` in a sentence."""

    LISTENED = "listened to"
    LISTEN_REFUSED = "was not let listen to"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    CALLED_FOR_HELP = "called for help"
    SEIZED = "seized the line"
    TOLD = "was told of an emergency call of"
    RAISED = "raised an alarm"
    DISMISSED = "dismissed alarms"
    UNLOCKED = "unlocked"
    IMPORTED = "imported a site file"
    LOGGED_IN = "logged in"
    LOG_IN_FAILED = "failed to log in"
    RECORDED = "began to record"
    CHANGED_GREETING = "changed the greeting"
    CHANGED_PASSWORD = "changed the password of mailbox"  # noqa: S105, no password


@dataclass(frozen=True, slots=True)
class Deed:
    """`who`: an extension, a user of the portal, BOX or COMMAND_LINE. `about`: extension, number, line, address …"""

    who: str
    act: Act
    about: str = ""
    detail: str = ""


def forget(_deed: Deed) -> None:
    """For those who need no audit: tests, tools."""
