"""Telling people of an emergency call (N5): they are rung, and hear who has called for help; others get a mail.

It happens beside the emergency call, which knows nothing of it. Nobody is connected with it: whoever answers can go
there, and two voices on one call would not help. Not responsible for getting the call out (`calls.emergency`).
"""

import logging

from firmware.calls.devices import Alert
from firmware.calls.emergency import EmergencyCall
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Post, Resources, Session
from firmware.calls.leg import Party
from firmware.calls.page import page
from firmware.features.emergency.letters import tell
from firmware.telephony.decision import Outcome
from firmware.telephony.deeds import Act, Deed
from firmware.telephony.site import Site

RING_S = 60.0
TIMES = 2  # that it is said

log = logging.getLogger(__name__)


class Notices:
    """Pages and letters about emergency calls."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._paging: set[str] = set()  # callers about whom telephones ring now

    def begin(self, exchange: Exchange) -> None:
        self._exchange = exchange
        exchange.emergencies.watch(self.placed)

    def placed(self, call: EmergencyCall) -> None:
        """An emergency call is on its way. One who tries again and again is not paged about each time."""
        site = self._exchange.plan.site
        notified = who_is_told(site)
        tell(self._post, site, notified, call)
        extensions = [one for one in notified if "@" not in one and one != call.caller]
        if extensions and call.caller not in self._paging:
            self._paging.add(call.caller)
            self._exchange.start(self._page(extensions, call), f"emergency call of {call.caller}")

    async def _page(self, extensions: list[str], call: EmergencyCall) -> None:
        async def speech(session: Session) -> None:
            for _ in range(TIMES):
                await session.say("emergency-alert")
                await session.say_digits(call.caller)

        shown = Party(call.caller, f"EMERGENCY {call.number}")
        try:
            told = await page(self._exchange, extensions, shown, RING_S, speech, rule="emergency", alert=Alert.URGENT)
        finally:
            self._paging.discard(call.caller)
        if isinstance(told, Outcome):
            log.warning("nobody was told that %s has called %s: %s", call.caller, call.number, told.value)
        else:
            self._exchange.audit(Deed(told, Act.TOLD, call.caller))


def who_is_told(site: Site) -> tuple[str, ...]:
    """Extensions and addresses; the operator, if the site names nobody."""
    operator = site.numbering.operator
    if site.emergency.notify is not None:
        return site.emergency.notify
    return (operator,) if operator is not None else ()


def install(resources: Resources) -> Features:
    return Features(begin=(Notices(resources.post).begin,))
