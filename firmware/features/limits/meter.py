"""The meter of outside calls: counts what each extension calls, ends what has become too much, locks, raises alarms.

It is `calls.limits.OutsideLimits`. Counters, locks and the brake survive a restart of the core. Not responsible for
the rules (`telephony.limits`, `telephony.tally`).
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from firmware.calls.exchange import Exchange
from firmware.calls.feature import KeptValues
from firmware.calls.leg import Cause, Leg, LegEvent, LegState, StateChanged
from firmware.features.limits.warning import warn
from firmware.telephony.costs import Kind
from firmware.telephony.decision import CallTrunks, Decision, FromExtension
from firmware.telephony.limits import Usage, brake, ends, is_night, local_day, lock
from firmware.telephony.tally import Talk, Tally, answered, began, ended, hit, unlocked

WARNING_S = 60.0  # before a call is ended
ALARMS_PERCENT = (80, 50)  # of a day's minutes

log = logging.getLogger(__name__)


class Brake(Struct, frozen=True):
    """The site's own state. `why` "" : nothing has stopped international calls. `alarmed`: as in `Tally`."""

    why: str = ""
    day: str = ""
    alarmed: int = 0
    alarmed_abroad: int = 0


class Meter:
    """Made at the start; `begin` once the exchange stands."""

    def __init__(self, tallies: KeptValues[Tally], brakes: KeptValues[Brake]) -> None:
        self._kept, self._kept_brake = tallies, brakes
        self._lines: dict[str, Leg] = {}  # by the id of their talk
        self._warned: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._brake = next(iter(brakes.load()), Brake())
        self._tallies = {tally.extension: tally for tally in tallies.load()}

    def begin(self, exchange: Exchange) -> None:
        """Calls of an earlier run of the core ended with it, at the latest now: their time is charged."""
        self._exchange = exchange
        for tally in tuple(self._tallies.values()):
            longest = timedelta(minutes=exchange.plan.site.limits.max_call_minutes)
            for talk in tally.running:
                now = min(self._now(), (talk.answered or talk.began) + longest)
                tally = ended(tally, talk.id, now, local_day(exchange.plan.site, now), failed=False)
            self._put(tally)
        exchange.limits = self
        self.site_changed()

    def site_changed(self) -> None:
        """Limits may be others. What an extension has spent counts until the day is over, even if it is removed."""
        site = self._exchange.plan.site
        extensions, today = {one.number for one in site.extensions}, local_day(site, self._now())
        for tally in tuple(self._tallies.values()):
            if tally.extension not in extensions and tally.day != today and not tally.running:
                self._tallies = {number: one for number, one in self._tallies.items() if one is not tally}
                self._kept.remove(tally.extension)
        self._arm()

    def _now(self) -> datetime:
        return self._exchange.clock.now()

    @property
    def usage(self) -> Usage:
        return Usage(self._tallies, self._brake.why)

    # -- what the exchange tells ----------------------------------------------------------------------------------

    def calls_out(self, line: Leg, action: CallTrunks, decision: Decision) -> None:
        site, now, source = self._exchange.plan.site, self._now(), decision.request.source
        extension = action.on_behalf_of or (source.number if isinstance(source, FromExtension) else "")
        if not extension or action.limited is None:
            return
        talk = Talk(
            uuid.uuid4().hex, now, None, action.limited.kind is not Kind.NATIONAL, is_night(site, now),
            action.on_behalf_of is not None, decision.request.through,
        )  # fmt: skip
        self._lines[talk.id] = line
        self._change(extension, lambda tally: began(tally, talk, local_day(site, now)))
        self._watch(extension, talk.id, line)

    def _watch(self, extension: str, id_: str, line: Leg) -> None:
        up = False

        def moved() -> None:
            nonlocal up
            if line.signals.state is LegState.UP and not up:
                up = True
                self._change(extension, lambda tally: answered(tally, id_, self._now()))
            elif line.signals.gone:
                stop()
                self._over(extension, id_, failed=not up and line.signals.cause is not Cause.CONGESTION)

        def watcher(event: LegEvent) -> None:
            if isinstance(event, StateChanged):
                moved()

        stop = line.signals.watch(watcher)
        moved()

    def _over(self, extension: str, id_: str, *, failed: bool) -> None:
        now = self._now()
        self._lines.pop(id_, None)
        self._warned.discard(id_)
        day = local_day(self._exchange.plan.site, now)
        self._change(extension, lambda tally: ended(tally, id_, now, day, failed=failed))

    def refused(self, decision: Decision) -> None:
        source, now = decision.request.source, self._now()
        if isinstance(source, FromExtension):
            day = local_day(self._exchange.plan.site, now)
            log.info("%s: a limit refused %s", source.number, decision.request.dialled)
            self._change(source.number, lambda tally: hit(tally, now, day))

    def unlock(self, extension: str) -> bool:
        tally = self._tallies.get(extension)
        if tally is None or not tally.locked:
            return False
        log.info("%s is unlocked", extension)
        self._put(unlocked(tally))
        return True

    def release(self) -> bool:
        if not self._brake.why:
            return False
        log.info("international calls are no longer stopped")
        self._put_brake(replace(self._brake, why=""))
        return True

    # -- what follows from it -------------------------------------------------------------------------------------

    def _change(self, extension: str, change: Callable[[Tally], Tally]) -> None:
        tally = self._tallies.get(extension) or Tally(extension, local_day(self._exchange.plan.site, self._now()))
        tally = change(tally)
        if not tally.locked and (why := lock(tally)):
            tally = replace(tally, locked=why)
            self._exchange.alarm(f"extension {extension} is locked, calls inside only: {why}")
        self._put(tally)
        if not self._brake.why and (why := brake(self.usage, self._now())):
            self._put_brake(replace(self._brake, why=why))
            self._exchange.alarm(f"international calls are stopped: {why}")
        self._report(extension)
        self._arm()

    def _put(self, tally: Tally) -> None:
        self._tallies = {**self._tallies, tally.extension: tally}
        self._kept.save(tally)

    def _put_brake(self, state: Brake) -> None:
        self._brake = state
        self._kept_brake.save(state)

    def _report(self, extension: str) -> None:
        """Raise an alarm when half, and when most of a day's minutes are spent (security.md 4)."""
        site, now = self._exchange.plan.site, self._now()
        day, tally, limits = local_day(site, now), self._tallies[extension], site.limits
        minutes = limits.outbound_minutes_per_day
        percent = _reached(tally.with_running(now, day).all_s, minutes)
        if percent > tally.alarmed:
            self._put(replace(tally, alarmed=percent))
            self._exchange.alarm(
                f"extension {extension} has spent {percent} % of its {minutes} outside minutes of today"
            )
        known = self._brake if self._brake.day == day.isoformat() else Brake(self._brake.why, day.isoformat())
        total = self.usage.spent(now, day)
        after = replace(
            known,
            alarmed=self._reported(known.alarmed, total.all_s, limits.site_minutes_per_day, "outside"),
            alarmed_abroad=self._reported(
                known.alarmed_abroad, total.international_s, limits.international_minutes_per_day, "international"
            ),
        )
        if after != known:
            self._put_brake(after)

    def _reported(self, before: int, spent_s: float, minutes: int, what: str) -> int:
        percent = _reached(spent_s, minutes)
        if percent <= before:
            return before
        self._exchange.alarm(f"{percent} % of the site's {minutes} {what} minutes of today are spent")
        return percent

    def _arm(self) -> None:
        """Wake up when the next call is to be warned, or ended."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = [
            left_s if id_ in self._warned else max(0.0, left_s - WARNING_S)
            for id_, (left_s, _why) in ends(self.usage, self._exchange.plan.site, self._now()).items()
            if id_ in self._lines
        ]
        if due:
            self._timer = asyncio.get_running_loop().call_later(min(due), self._due)

    def _due(self) -> None:
        self._timer = None
        for id_, (left_s, why) in ends(self.usage, self._exchange.plan.site, self._now()).items():
            line = self._lines.get(id_)
            if line is not None and left_s <= 0.0:
                self._end(line, why)
            elif line is not None and left_s <= WARNING_S and id_ not in self._warned:
                self._warned.add(id_)
                self._exchange.start(warn(self._exchange, line), f"warning of {line.id}")
        self._arm()

    def _end(self, line: Leg, why: str) -> None:
        call = self._exchange.call_of(line)
        if call is not None:
            call.note("limits", line.party.number, f"the call ends: {why}")
        line.hang_up()


def _reached(spent_s: float, minutes: int) -> int:
    return next((percent for percent in ALARMS_PERCENT if spent_s * 100 >= minutes * 60.0 * percent), 0)
