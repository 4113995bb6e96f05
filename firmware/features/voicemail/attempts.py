"""Wrong passwords: five within ten minutes lock a mailbox for a quarter of an hour (product.md 2.1), over restarts.

What was dialled counts, so a mailbox that does not exist locks like any other. Kept as wall-clock time, since the
monotonic clock may begin anew; counted on the monotonic one, since the wall clock may be set.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.calls.feature import KeptValues
from firmware.clock import Clock

FAILURES = 5
WITHIN_S = 600.0
LOCKED_S = 900.0
REMEMBERED = 1000
"""Mailboxes; the one that has been left alone longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Failures:
    """When somebody gave wrong passwords for a mailbox."""

    mailbox: str
    at: tuple[datetime, ...]


class Attempts:
    """Failures by mailbox."""

    def __init__(self, kept: KeptValues[Failures], clock: Clock) -> None:
        self._kept, self._clock = kept, clock
        self._failures: OrderedDict[str, list[float]] = OrderedDict()  # on the monotonic clock
        for one in sorted(kept.load(), key=lambda one: one.at[-1:]):
            ages_s = [max(0.0, (clock.now() - at).total_seconds()) for at in one.at]
            if any(age_s < LOCKED_S for age_s in ages_s):
                self._failures[one.mailbox] = [clock.monotonic_s() - age_s for age_s in ages_s]
            else:
                kept.remove(one.mailbox)

    def locked(self, mailbox: str) -> bool:
        failures = self._failures.get(mailbox, [])
        return len(failures) >= FAILURES and self._clock.monotonic_s() - failures[-1] < LOCKED_S

    def failed(self, mailbox: str) -> None:
        """A wrong password; while the mailbox is locked none is tried."""
        now_s, now = self._clock.monotonic_s(), self._clock.now()
        recent = [one for one in self._failures.pop(mailbox, []) if now_s - one < WITHIN_S]
        self._failures[mailbox] = [*recent, now_s]
        self._kept.save(Failures(mailbox, tuple(now - timedelta(seconds=now_s - one) for one in (*recent, now_s))))
        if len(self._failures) > REMEMBERED:
            self._kept.remove(self._failures.popitem(last=False)[0])

    def passed(self, mailbox: str) -> None:
        if self._failures.pop(mailbox, None) is not None:
            self._kept.remove(mailbox)
