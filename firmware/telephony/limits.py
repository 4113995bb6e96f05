"""Limits of outside calls against toll fraud (security.md 4): what may be called, when a call must end, who is locked.

Pure. Emergency calls never come here: they are decided first. Not responsible for counting (`tally.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from firmware.telephony.costs import Cost, Kind
from firmware.telephony.hours import open_at, schedule
from firmware.telephony.site import Hours, Site
from firmware.telephony.tally import Spent, Talk, Tally

MINUTE = timedelta(minutes=1)
DAYTIME = "mo-fr 07:00-20:00"  # outside of it, and on holidays, the limits of the night hold
THROUGH_MINUTES = 60  # nobody of the house hears when two outside lines have done talking
THROUGH_AT_ONCE = 2
INTERNATIONAL_AT_ONCE = 1
FORWARDED_AT_ONCE = 1
FAILURES_TO_LOCK = 10
HITS_TO_LOCK = 3
LOCKED_TO_BRAKE = 3
HITS_TO_BRAKE = 6  # ours: several extensions together that each stay just below a lock
NIGHT_CALLS_TO_BRAKE = 30


@dataclass(frozen=True, slots=True)
class Usage:
    """What all extensions have spent. `braked` says why the site makes no international calls, "" when it does."""

    tallies: Mapping[str, Tally] = field(default_factory=dict)
    braked: str = ""

    def of(self, extension: str, at: datetime) -> Tally:
        return self.tallies.get(extension) or Tally(extension, at.date())

    def spent(self, now: datetime, day: date) -> Spent:
        """By all extensions on this day so far."""
        total = Spent()
        for tally in self.tallies.values():
            total += tally.with_running(now, day)
        return total

    def running(self) -> Iterator[tuple[Tally, Talk]]:
        return ((tally, talk) for tally in self.tallies.values() for talk in tally.running)


@dataclass(frozen=True, slots=True)
class Wish:
    """An outside call that `extension` is to pay for. `forwarded`, `through`: see `tally.Talk`."""

    extension: str
    cost: Cost
    at: datetime
    forwarded: bool = False
    through: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Why there is no such call now. `hit`: the extension's own doing, which counts towards a lock."""

    why: str
    setting: str
    hit: bool = True


def local_day(site: Site, at: datetime) -> date:
    return at.astimezone(site.site.zone).date()


def is_night(site: Site, at: datetime) -> bool:
    """Outside of `limits.day`, on its holidays; without it, outside of DAYTIME and on every holiday of the site."""
    hours = site.hours.get(site.limits.day or "")
    if hours is None:
        hours = Hours(weekdays=DAYTIME, holidays=tuple({day for one in site.hours.values() for day in one.holidays}))
    return not open_at(schedule(hours), at, site.site.zone)


def stopped(wish: Wish, usage: Usage, site: Site) -> Stop | None:
    """Why the call is not made; None: it may be."""
    tally = usage.of(wish.extension, wish.at)
    if tally.locked:
        return Stop(f"{wish.extension} is locked: {tally.locked}", "limits", hit=False)
    night = is_night(site, wish.at)
    return next(
        (
            stop
            for stop in (
                _by_kind(wish, usage, site, night=night),
                _by_number(wish, tally, usage, site),
                _by_minutes(wish, usage, site, night=night),
            )
            if stop is not None
        ),
        None,
    )


def _by_kind(wish: Wish, usage: Usage, site: Site, *, night: bool) -> Stop | None:
    """What is called, whatever was called before."""
    limits, cost = site.limits, wish.cost
    if cost.kind is Kind.PREMIUM:
        return None if limits.premium else Stop("a number with a price of its own", "limits.premium")
    if cost.kind is not Kind.INTERNATIONAL:
        return None
    if not limits.international:
        return Stop("international calls are off", "limits.international")
    if limits.international_countries and cost.region not in limits.international_countries:
        return Stop(
            f"{cost.region or 'an unknown country'} is not among the countries", "limits.international_countries"
        )
    if usage.braked:
        return Stop(f"international calls are off: {usage.braked}", "limits", hit=False)
    return Stop("no international calls at night", "limits.day") if night else None


def _by_number(wish: Wish, tally: Tally, usage: Usage, site: Site) -> Stop | None:
    """How many calls there are, and were a short time ago."""
    limits, talks = site.limits, [talk for _tally, talk in usage.running()]
    if len(tally.running) >= limits.outbound_at_once:
        return Stop(f"{len(tally.running)} outside calls are going on", "limits.outbound_at_once")
    if wish.forwarded and sum(talk.forwarded for talk in tally.running) >= FORWARDED_AT_ONCE:
        return Stop("a call is forwarded outside already", "limits", hit=False)
    if tally.since(wish.at, MINUTE) >= limits.outbound_per_minute:
        return Stop(f"{limits.outbound_per_minute} outside calls within a minute", "limits.outbound_per_minute")
    if tally.since(wish.at, timedelta(hours=1)) >= limits.outbound_per_hour:
        return Stop(f"{limits.outbound_per_hour} outside calls within an hour", "limits.outbound_per_hour")
    if wish.through and sum(talk.through for talk in talks) >= THROUGH_AT_ONCE:
        return Stop(f"{THROUGH_AT_ONCE} pairs of outside lines are connected", "limits", hit=False)
    if wish.cost.kind is not Kind.NATIONAL and sum(talk.international for talk in talks) >= INTERNATIONAL_AT_ONCE:
        return Stop("an international call is going on", "limits.international")
    return None


def _by_minutes(wish: Wish, usage: Usage, site: Site, *, night: bool) -> Stop | None:
    day, abroad = local_day(site, wish.at), wish.cost.kind is not Kind.NATIONAL
    for budget in _budgets(usage, site, wish.at, day):
        concerned = budget.extension in ("", wish.extension)
        concerned &= (abroad or not budget.international) and (night or not budget.night)
        if concerned and budget.left_s <= 0:
            return Stop(f"{budget.what} are used up", budget.setting, hit=bool(budget.extension))
    return None


@dataclass(frozen=True, slots=True)
class _Budget:
    """Minutes of a day for some of the calls. `extension` "": for all."""

    what: str
    setting: str
    minutes: int
    spent_s: float
    extension: str = ""
    international: bool = False
    night: bool = False

    @property
    def left_s(self) -> float:
        return self.minutes * 60.0 - self.spent_s

    def holds_for(self, tally: Tally, talk: Talk) -> bool:
        whose = self.extension in ("", tally.extension)
        return whose and (talk.international or not self.international) and (talk.night or not self.night)


def _budgets(usage: Usage, site: Site, now: datetime, day: date) -> Iterator[_Budget]:
    limits, total = site.limits, usage.spent(now, day)
    yield _Budget(
        "the site's minutes of today", "limits.site_minutes_per_day", limits.site_minutes_per_day, total.all_s
    )
    yield _Budget(
        "the site's international minutes of today", "limits.international_minutes_per_day",
        limits.international_minutes_per_day, total.international_s, international=True,
    )  # fmt: skip
    yield _Budget(
        "the site's minutes at night", "limits.night_minutes_per_day", limits.night_minutes_per_day, total.night_s,
        night=True,
    )  # fmt: skip
    for tally in usage.tallies.values():
        yield _Budget(
            f"{tally.extension}'s minutes of today", "limits.outbound_minutes_per_day",
            limits.outbound_minutes_per_day, tally.with_running(now, day).all_s, tally.extension,
        )  # fmt: skip


def ends(usage: Usage, site: Site, now: datetime) -> dict[str, tuple[float, str]]:
    """When each answered call must end, in seconds from now (0: at once), and why; by its id.

    Calls that share minutes use them up together: to be asked again at each change.
    """
    found: dict[str, tuple[float, str]] = {}
    talking = [(tally, talk) for tally, talk in usage.running() if talk.answered is not None]
    for tally, talk in talking:
        minutes = min(site.limits.max_call_minutes, THROUGH_MINUTES if talk.through else 1 << 30)
        found[talk.id] = minutes * 60.0 - talk.talked_s(now), f"{minutes} minutes are over"
        if talk.international and (why := tally.locked or usage.braked):
            found[talk.id] = 0.0, f"no international calls any more: {why}"
    for budget in _budgets(usage, site, now, local_day(site, now)):
        sharing = [talk.id for tally, talk in talking if budget.holds_for(tally, talk)]
        for id_ in sharing:
            found[id_] = min(found[id_], (max(0.0, budget.left_s) / len(sharing), f"{budget.what} are used up"))
    return found


def lock(tally: Tally) -> str:
    """Why the extension is to be locked, as it stands; "" when there is no reason."""
    if len(tally.failed) >= FAILURES_TO_LOCK:
        return f"{FAILURES_TO_LOCK} outside calls have failed within 10 minutes"
    if len(tally.hits) >= HITS_TO_LOCK:
        return f"limits were hit {HITS_TO_LOCK} times within an hour"
    return ""


def brake(usage: Usage, now: datetime) -> str:
    """Why the site is to make no more international calls; "" when there is no reason."""
    locked = sorted(tally.extension for tally in usage.tallies.values() if tally.locked)
    if len(locked) >= LOCKED_TO_BRAKE:
        return f"extensions {', '.join(locked)} are locked"
    hits = sum(now - at < 10 * MINUTE for tally in usage.tallies.values() for at in tally.hits)
    if hits >= HITS_TO_BRAKE:
        return f"limits were hit {hits} times within 10 minutes"
    lately = sum(now - at < 10 * MINUTE for tally in usage.tallies.values() for at in tally.at_night)
    return f"{lately} outside calls within 10 minutes at night" if lately >= NIGHT_CALLS_TO_BRAKE else ""
