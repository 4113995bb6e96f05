"""What a NOTIFY says: dialog-info (RFC 4235) and message-summary (RFC 3842). Pure.

Ids are made up and tell nothing of the call: who knows a call's own could take it over (security.md 3.4).
"""

from enum import Enum
from xml.sax.saxutils import quoteattr

from firmware.calls.lamps import Waiting

DIALOG_INFO = "application/dialog-info+xml"
SUMMARY = "application/simple-message-summary"


class Light(Enum):
    """What a busy lamp shows; the value is the dialog state that lights it so."""

    OFF = "terminated"
    RINGING = "early"
    ON = "confirmed"


def dialog_info(entity: str, version: int, light: Light) -> str:
    """`entity`: URI of what the lamp stands for. `version` rises by one with each document (RFC 4235 4.1.1)."""
    direction = ' direction="recipient"' if light is Light.RINGING else ""
    return (
        '<?xml version="1.0"?>\n'
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="full"'
        f" entity={quoteattr(entity)}>\n"
        f'<dialog id="lamp"{direction}><state>{light.value}</state></dialog>\n'
        "</dialog-info>\n"
    )


def summary(account: str, waiting: Waiting) -> str:
    """`account`: URI of the mailbox."""
    return (
        f"Messages-Waiting: {'yes' if waiting.new else 'no'}\r\n"
        f"Message-Account: {account}\r\n"
        f"Voice-Message: {waiting.new}/{waiting.old} (0/0)\r\n"
    )
