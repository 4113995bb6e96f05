"""What the exchange tells of its outside calls, and asks about them (security.md 4); without the feature, no limits.

Not responsible for the limits (`telephony.limits`), nor for keeping account (`features.limits`).
"""

from typing import Protocol

from firmware.calls.leg import Leg
from firmware.telephony.decision import CallTrunks, Decision
from firmware.telephony.limits import Usage


class OutsideLimits(Protocol):
    """Emergency calls are never told of."""

    @property
    def usage(self) -> Usage:
        """What has been spent so far, for the next decision."""

    def calls_out(self, line: Leg, action: CallTrunks, decision: Decision) -> None:
        """A line is on its way for what was decided; its answer and its end are the leg's to tell."""

    def refused(self, decision: Decision) -> None:
        """A limit has refused what an extension wanted."""

    def unlock(self, extension: str) -> bool:
        """Let the extension call outside again. False: it was not locked."""

    def release(self) -> bool:
        """Let the site make international calls again. False: nothing had stopped it."""


class NoLimits:
    """`OutsideLimits` that counts nothing."""

    usage = Usage()

    def calls_out(self, line: Leg, action: CallTrunks, decision: Decision) -> None: ...
    def refused(self, decision: Decision) -> None: ...
    def unlock(self, extension: str) -> bool:
        return False

    def release(self) -> bool:
        return False
