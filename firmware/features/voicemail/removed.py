"""Mailboxes of extensions that do not exist any more: kept for a month, in case the extension comes back, then removed.

Not responsible for what is in them (`boxes.py`).
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.calls.feature import KeptValues
from firmware.clock import Clock, is_set
from firmware.features.voicemail.boxes import Boxes
from firmware.telephony.site import Site

GRACE = timedelta(days=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Removed:
    """`since`: when it was first seen that the mailbox has no extension; aware."""

    mailbox: str
    since: datetime


class RemovedMailboxes:
    """Made at the start; `look` at each change of the site and once a day."""

    def __init__(self, boxes: Boxes, kept: KeptValues[Removed], clock: Clock) -> None:
        self._boxes, self._kept, self._clock = boxes, kept, clock
        self._removed = {one.mailbox: one for one in kept.load()}
        self._seen = boxes.known() | self._removed.keys()

    def look(self, site: Site) -> None:
        """Notice which extensions have gone or come back; remove what has waited long enough."""
        extensions, now = {one.number for one in site.extensions}, self._clock.now()
        self._seen |= extensions
        for mailbox in self._removed.keys() & extensions:
            self._forget(mailbox)
        if not is_set(now):
            return
        for mailbox in self._seen - extensions - self._removed.keys():
            log.info("mailbox %s has no extension any more: it is kept for %d days", mailbox, GRACE.days)
            self._removed[mailbox] = Removed(mailbox, now)
            self._kept.save(self._removed[mailbox])
        for mailbox in [one.mailbox for one in self._removed.values() if now - one.since > GRACE]:
            log.info("mailbox %s is removed: its extension has not come back", mailbox)
            self._boxes.remove_mailbox(mailbox)
            self._forget(mailbox)
            self._seen.discard(mailbox)

    def _forget(self, mailbox: str) -> None:
        del self._removed[mailbox]
        self._kept.remove(mailbox)
