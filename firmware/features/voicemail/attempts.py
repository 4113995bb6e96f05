"""Wrong passwords: five within ten minutes lock a mailbox for a quarter of an hour (product.md 2.1). Pure but for its
own memory. What was dialled counts, so a mailbox that does not exist locks like any other.
"""

from collections import OrderedDict

FAILURES = 5
WITHIN_S = 600.0
LOCKED_S = 900.0
REMEMBERED = 1000
"""Mailboxes; the one that has been left alone longest is forgotten first."""


class Attempts:
    """Failures by mailbox, on the monotonic clock."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def locked(self, mailbox: str, now_s: float) -> bool:
        failures = self._failures.get(mailbox, [])
        return len(failures) >= FAILURES and now_s - failures[-1] < LOCKED_S

    def failed(self, mailbox: str, now_s: float) -> None:
        """A wrong password; while the mailbox is locked none is tried."""
        recent = [one for one in self._failures.pop(mailbox, []) if now_s - one < WITHIN_S]
        self._failures[mailbox] = [*recent, now_s]
        if len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def passed(self, mailbox: str) -> None:
        self._failures.pop(mailbox, None)
