"""What an extension has called outside lately: the counters behind the limits (security.md 4). Pure.

Each change gives a new Tally. Times are aware; days are those of the site's zone. Not responsible for what is too much
(`limits.py`) nor for keeping it (`features/limits`).
"""

from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

HOUR = timedelta(hours=1)
FAILURES_WITHIN = timedelta(minutes=10)
HITS_WITHIN = HOUR


class Talk(Struct, frozen=True):
    """One outside call that is going on. `through`: it connects two outside lines; `forwarded`: for the extension."""

    id: str
    began: datetime
    answered: datetime | None = None
    international: bool = False
    night: bool = False
    forwarded: bool = False
    through: bool = False

    def talked_s(self, now: datetime) -> float:
        return max(0.0, (now - self.answered).total_seconds()) if self.answered is not None else 0.0


class Spent(Struct, frozen=True):
    """Seconds of conversation on one day: of all calls, and of those abroad and at night among them."""

    all_s: float = 0.0
    international_s: float = 0.0
    night_s: float = 0.0

    def plus(self, talk: Talk, now: datetime) -> "Spent":
        talked_s = talk.talked_s(now)
        return Spent(
            self.all_s + talked_s,
            self.international_s + (talked_s if talk.international else 0.0),
            self.night_s + (talked_s if talk.night else 0.0),
        )

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.all_s + other.all_s, self.international_s + other.international_s, self.night_s + other.night_s
        )


class Tally(Struct, frozen=True):
    """One extension. `locked` says why it may call inside only, "" when it is not locked."""

    extension: str
    day: date
    spent: Spent = Spent()  # on `day`, of calls that are over
    calls: tuple[datetime, ...] = ()  # began within the last hour
    at_night: tuple[datetime, ...] = ()  # those among them that began at night
    failed: tuple[datetime, ...] = ()
    hits: tuple[datetime, ...] = ()  # refused by a limit
    running: tuple[Talk, ...] = ()
    locked: str = ""
    alarmed: int = 0  # percent of the day's minutes that have been reported

    def today(self, day: date) -> Spent:
        return self.spent if self.day == day else Spent()

    def with_running(self, now: datetime, day: date) -> Spent:
        """Seconds of the day so far, calls that are going on included."""
        spent = self.today(day)
        for talk in self.running:
            spent = spent.plus(talk, now)
        return spent

    def since(self, now: datetime, age: timedelta) -> int:
        """Calls that began within this time."""
        return sum(now - at < age for at in self.calls)


def _on(tally: Tally, now: datetime, day: date) -> Tally:
    """The same, without what is too old to count."""
    if tally.day != day:
        tally = replace(tally, day=day, spent=Spent(), alarmed=0)
    return replace(
        tally,
        calls=_young(tally.calls, now, HOUR),
        at_night=_young(tally.at_night, now, FAILURES_WITHIN),
        failed=_young(tally.failed, now, FAILURES_WITHIN),
        hits=_young(tally.hits, now, HITS_WITHIN),
    )


def _young(times: tuple[datetime, ...], now: datetime, age: timedelta) -> tuple[datetime, ...]:
    return tuple(at for at in times if now - at < age)


def began(tally: Tally, talk: Talk, day: date) -> Tally:
    """A call to the outside begins."""
    now, tally = talk.began, _on(tally, talk.began, day)
    at_night = (*tally.at_night, now) if talk.night else tally.at_night
    return replace(tally, calls=(*tally.calls, now), at_night=at_night, running=(*tally.running, talk))


def answered(tally: Tally, id: str, now: datetime) -> Tally:
    """It was answered, or may have been."""
    return replace(tally, running=tuple(replace(one, answered=now) if one.id == id else one for one in tally.running))


def ended(tally: Tally, id: str, now: datetime, day: date, *, failed: bool) -> Tally:
    """It is over. `failed`: it was not answered."""
    talk = next((one for one in tally.running if one.id == id), None)
    if talk is None:
        return tally
    tally = _on(tally, now, day)
    return replace(
        tally,
        spent=tally.spent.plus(talk, now),
        failed=(*tally.failed, now) if failed else tally.failed,
        running=tuple(one for one in tally.running if one is not talk),
    )


def hit(tally: Tally, now: datetime, day: date) -> Tally:
    """A limit has refused a call."""
    tally = _on(tally, now, day)
    return replace(tally, hits=(*tally.hits, now))


def unlocked(tally: Tally) -> Tally:
    """What led to the lock is forgotten with it; what was spent stays."""
    return replace(tally, locked="", failed=(), hits=())
