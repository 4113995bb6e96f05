"""Emergency calls (N5): who has called for help, lines that are freed for it, those who want to know of it.

Not responsible for deciding what is one (telephony), nor for telling anybody in the house (`features.emergency`).
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from firmware.calls.audio import say
from firmware.calls.call import Call
from firmware.calls.leg import Cause, Leg
from firmware.calls.scopes import HungUp, while_up
from firmware.telephony.decision import TrunkAttempt
from firmware.telephony.deeds import Act, Deed

if TYPE_CHECKING:
    from firmware.calls.exchange import Exchange

CALL_BACK_S = 3600.0  # the emergency service may call back: do-not-disturb and the like do not count for it
LONGEST_EXPLANATION_S = 15.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EmergencyCall:
    """One that was placed: by whom (an extension, as a rule), and the number that was called."""

    caller: str
    name: str
    number: str
    at: datetime


class Emergencies:
    """Those of the exchange."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._called_at_s: dict[str, float] = {}  # by extension, on the monotonic clock
        self._watchers: list[Callable[[EmergencyCall], None]] = []

    def watch(self, watcher: Callable[[EmergencyCall], None]) -> None:
        """Tell `watcher` of each emergency call, when its line is on its way already."""
        self._watchers.append(watcher)

    def recent_callers(self) -> frozenset[str]:
        """Extensions that the service may want to call back."""
        recent_s = self._exchange.clock.monotonic_s() - CALL_BACK_S
        return frozenset(number for number, at_s in self._called_at_s.items() if at_s >= recent_s)

    def placed(self, call: Call, number: str) -> None:
        """An emergency call is about to get its line. What others do about it comes later and cannot make it fail."""
        call.emergency = True
        extension = call.caller.extension
        if extension is not None:
            self._called_at_s[extension] = self._exchange.clock.monotonic_s()
        self._exchange.audit(Deed(call.caller.number, Act.CALLED_FOR_HELP, number))
        placed = EmergencyCall(call.caller.number, call.caller.name, number, self._exchange.clock.now())
        for watcher in self._watchers:
            asyncio.get_running_loop().call_soon(watcher, placed)

    def lines(self, wanting: Call, caller: Leg, attempts: Iterable[TrunkAttempt]) -> Iterator[tuple[str, Leg]]:
        """Trunks for an emergency call, each with its line on its way: free ones, then those of the longest calls.

        For a trunk that is meant for them (`emergency.trunks`) a call has to end even if another trunk is free.
        """
        for group in self._groups(tuple(attempts)):
            in_use = []
            for attempt in group:
                line = self._exchange.devices.call_out(attempt, caller.party)
                if line is None:
                    in_use.append(attempt)
                else:
                    yield attempt.trunk, line
            yield from self._seized(wanting, caller, in_use)

    def _groups(self, attempts: tuple[TrunkAttempt, ...]) -> tuple[list[TrunkAttempt], ...]:
        """What is tried together, before anything that follows. The last ones are down, as far as is known."""
        meant, down = self._exchange.plan.site.emergency.trunks, self._exchange.live().trunks_down
        ready = [one for one in attempts if one.trunk not in down]
        return (
            [one for one in ready if one.trunk in meant],
            [one for one in ready if one.trunk not in meant],
            [one for one in attempts if one.trunk in down],
        )

    def _seized(self, wanting: Call, caller: Leg, in_use: list[TrunkAttempt]) -> Iterator[tuple[str, Leg]]:
        """Take trunks from their calls, one by one, the longest call first, but from no other emergency call."""
        while using := [
            (call, attempt)
            for call in self._exchange.calls.values()
            for attempt in in_use
            if call is not wanting and not call.emergency and any(leg.party.trunk == attempt.trunk for leg in call.legs)
        ]:
            victim, attempt = min(using, key=lambda one: one[0].start)
            in_use.remove(attempt)
            log.warning("%s loses line %s, which is needed for an emergency call", victim.id[:8], attempt.trunk)
            losers = " and ".join(leg.party.number or "somebody" for leg in victim.legs)
            self._exchange.audit(Deed(wanting.caller.number, Act.SEIZED, attempt.trunk, f"from a call of {losers}"))
            victim.note("emergency", attempt.trunk, "the line is needed: it is taken away")
            self._take(victim, attempt.trunk)
            line = self._exchange.devices.call_out(attempt, caller.party)
            if line is not None:
                yield attempt.trunk, line

    def _take(self, call: Call, trunk: str) -> None:
        """Hang up the line. People of the house who talk to it are told why; one who was still being connected hears
        that all lines are busy, or gets another line."""
        for leg in call.legs:
            if leg.party.trunk == trunk:
                leg.hang_up(Cause.CONGESTION)
            elif leg.party.extension is not None and self._exchange.talks(leg):
                call.let_go(leg)
                self._exchange.start(self._explain(leg, leg.party.extension), f"end of {leg.id}")

    async def _explain(self, leg: Leg, extension: str) -> None:
        exchange = self._exchange
        exchange.occupancy.enter(extension)
        try:
            with suppress(HungUp, TimeoutError):
                async with asyncio.timeout(LONGEST_EXPLANATION_S), while_up(leg):
                    phrase = exchange.phrases.phrase(exchange.language_of(leg), "emergency-line-seized")
                    await say(exchange.media, leg, phrase)
        finally:
            leg.hang_up(Cause.CONGESTION)
            exchange.occupancy.leave(extension)
