"""Limits of outside calls as pure rules; that emergency calls are exempt in every state."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware.telephony.costs import Cost, Kind
from firmware.telephony.decision import CallTrunks, FromExtension, Request, Snapshot
from firmware.telephony.limits import Usage, Wish, brake, ends, is_night, lock, stopped
from firmware.telephony.numbering import Plan
from firmware.telephony.routing import route
from firmware.telephony.site import Site
from firmware.telephony.site.check import checked
from firmware.telephony.tally import Spent, Talk, Tally, answered, began, ended, hit, unlocked

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)  # a Monday
DAY = NOW.date()
TEXT = """
site: {country: DE, timezone: Europe/Berlin}
extensions: [{number: "101", name: A, port: fxs1}, {number: "102", name: B, port: fxs2}]
trunks: [{name: line1, type: fxo, port: fxo1}]
outbound: [{name: outside, prefix: "9", trunks: [line1]}]
hours: {office: {weekdays: "mo-fr 09:00-18:00", holidays: ["2026-01-06"]}}
"""
NATIONAL, FRANCE, PREMIUM = Cost(Kind.NATIONAL), Cost(Kind.INTERNATIONAL, "FR"), Cost(Kind.PREMIUM)


def site(limits: str = "") -> Site:
    made = checked(TEXT + (f"limits: {{{limits}}}" if limits else "")).site
    assert made is not None
    return made


OPEN = site("international: true")


def wish(cost: Cost = NATIONAL, at: datetime = NOW, **more: bool) -> Wish:
    return Wish("101", cost, at, **more)


def usage(*tallies: Tally, braked: str = "") -> Usage:
    return Usage({tally.extension: tally for tally in tallies}, braked)


def tally(extension: str = "101", **fields: object) -> Tally:
    return replace(Tally(extension, DAY), **fields)


def why(wanted: Wish, used: Usage, where: Site = OPEN) -> str:
    stop = stopped(wanted, used, where)
    return stop.why if stop else ""


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def test_nothing_spent_nothing_stopped() -> None:
    assert not why(wish(), usage())
    assert not why(wish(FRANCE), usage())


@pytest.mark.parametrize(
    ("limits", "cost", "at", "text"),
    [
        ("international: false", FRANCE, NOW, "international calls are off"),
        ("international: true, international_countries: [AT, CH]", FRANCE, NOW, "FR is not among the countries"),
        ("international: true, international_countries: [FR]", Cost(Kind.INTERNATIONAL), NOW, "an unknown country"),
        ("international: true", PREMIUM, NOW, "a price of its own"),
        ("international: true", FRANCE, NOW.replace(hour=20), "no international calls at night"),
        ("international: true", FRANCE, NOW.replace(day=3), "no international calls at night"),  # Saturday
        ("international: true", FRANCE, NOW.replace(day=6), "no international calls at night"),  # holiday
    ],
)
def test_what_may_not_be_called(limits: str, cost: Cost, at: datetime, text: str) -> None:
    assert text in why(wish(cost, at), usage(), site(limits))
    assert not why(wish(NATIONAL, at), usage(), site(limits))


def test_what_is_allowed_is_called() -> None:
    assert not why(wish(PREMIUM), usage(), site("premium: true"))
    assert not why(wish(FRANCE), usage(), site("international: true, international_countries: [FR]"))


def test_hours_of_the_day() -> None:
    assert not is_night(site(), NOW.replace(hour=18, minute=59))  # 19:59 in Berlin
    assert is_night(site(), NOW.replace(hour=19))
    assert is_night(site("day: office"), NOW.replace(hour=17))
    assert checked(TEXT + "limits: {day: nowhere}").site is None


def test_calls_a_minute_and_an_hour() -> None:
    five = tally(calls=tuple(ago(seconds=10 * n) for n in range(5)))
    assert "5 outside calls within a minute" in why(wish(), usage(five))
    assert not why(wish(at=NOW + timedelta(seconds=30)), usage(five))
    thirty = tally(calls=(*(ago(minutes=2 * n + 1) for n in range(29)), ago(minutes=59.5)))
    assert "30 outside calls within an hour" in why(wish(), usage(thirty))
    assert not why(wish(at=NOW + timedelta(minutes=1)), usage(thirty))


def test_calls_at_once() -> None:
    talks = tuple(Talk(str(n), NOW) for n in range(2))
    assert "2 outside calls are going on" in why(wish(), usage(tally(running=talks)))
    assert not why(wish(), usage(tally("102", running=talks)))
    forwarded = tally(running=(Talk("x", NOW, forwarded=True),))
    assert "forwarded outside already" in why(wish(forwarded=True), usage(forwarded))
    through = usage(tally("102", running=tuple(Talk(str(n), NOW, through=True) for n in range(2))))
    assert "pairs of outside lines" in why(wish(through=True), through)
    abroad = usage(tally("102", running=(Talk("x", NOW, international=True),)))
    assert "an international call is going on" in why(wish(FRANCE), abroad)
    assert not why(wish(), abroad)


@pytest.mark.parametrize(
    ("spent", "cost", "at", "text"),
    [
        (Spent(all_s=240 * 60), NATIONAL, NOW, "101's minutes of today are used up"),
        (Spent(international_s=3600), FRANCE, NOW, "international minutes of today are used up"),
        (Spent(night_s=3600), NATIONAL, NOW.replace(hour=22), "minutes at night are used up"),
    ],
)
def test_minutes(spent: Spent, cost: Cost, at: datetime, text: str) -> None:
    assert text in why(wish(cost, at), usage(tally(spent=spent)))
    assert not why(wish(cost, at), usage(tally(spent=spent, day=DAY - timedelta(days=1))))
    assert not why(wish(at=NOW), usage(tally(spent=replace(spent, all_s=0.0))))


def test_the_minutes_of_the_site_are_those_of_all() -> None:
    others = [tally(str(number), spent=Spent(all_s=200 * 60)) for number in range(201, 207)]
    assert "the site's minutes" in why(wish(), usage(*others))
    stop = stopped(wish(), usage(*others), OPEN)
    assert stop is not None and not stop.hit  # not of this extension's doing


def test_calls_going_on_count_with_their_time_so_far() -> None:
    long = tally(running=(Talk("x", ago(hours=5), ago(minutes=240)),))
    assert "101's minutes" in why(wish(), usage(long))


def test_when_calls_end() -> None:
    one = usage(tally(running=(Talk("x", ago(hours=3), ago(minutes=100)),)))
    assert ends(one, site("max_call_minutes: 120"), NOW)["x"] == (20 * 60.0, "120 minutes are over")
    through = usage(tally(running=(Talk("x", ago(hours=3), ago(minutes=50), through=True),)))
    assert ends(through, OPEN, NOW)["x"] == (600.0, "60 minutes are over")
    two = usage(tally(spent=Spent(all_s=200 * 60), running=(Talk("a", NOW, NOW), Talk("b", NOW, NOW))))
    assert [left for left, _why in ends(two, OPEN, NOW).values()] == [20 * 60.0] * 2  # they share 40 minutes
    ringing = usage(tally(running=(Talk("x", NOW),)))
    assert ends(ringing, OPEN, NOW) == {}


def test_international_calls_end_with_a_lock_and_with_the_brake() -> None:
    talk = Talk("x", NOW, NOW, international=True)
    assert ends(usage(tally(locked="why", running=(talk,))), OPEN, NOW)["x"][0] == 0.0
    assert ends(usage(tally(running=(talk,)), braked="why"), OPEN, NOW)["x"][0] == 0.0
    national = usage(tally(locked="why", running=(replace(talk, international=False),)))
    assert ends(national, OPEN, NOW)["x"][0] > 0.0


def test_counting() -> None:
    one = began(tally(), Talk("x", NOW), DAY)
    one = answered(one, "x", NOW)
    later = NOW + timedelta(minutes=3)
    assert one.with_running(later, DAY).all_s == 180
    one = ended(one, "x", later, DAY, failed=False)
    assert (one.spent.all_s, one.running, one.calls) == (180, (), (NOW,))
    assert ended(one, "x", later, DAY, failed=True) == one  # only once
    tomorrow = began(one, Talk("y", NOW + timedelta(days=1)), DAY + timedelta(days=1))
    assert (tomorrow.spent, len(tomorrow.calls)) == (Spent(), 1)


def test_locks() -> None:
    one = tally()
    for n in range(3):
        assert not lock(one)
        one = hit(one, NOW + timedelta(minutes=15 * n), DAY)
    assert "3 times" in lock(one)
    assert not lock(hit(tally(hits=(ago(minutes=61), ago(minutes=5))), NOW, DAY))
    assert not lock(unlocked(replace(one, locked="why")))
    failures = tally()
    for n in range(10):
        failures = began(failures, Talk(str(n), NOW), DAY)
        failures = ended(failures, str(n), NOW + timedelta(seconds=50 * n), DAY, failed=True)
    assert "failed" in lock(failures)


def test_the_brake() -> None:
    locked = [tally(number, locked="why") for number in ("101", "102", "103")]
    assert not brake(usage(*locked[:2]), NOW)
    assert "101, 102, 103 are locked" in brake(usage(*locked), NOW)
    busy = [tally(str(n), at_night=tuple(ago(seconds=60 * m) for m in range(5))) for n in range(6)]
    assert "30 outside calls" in brake(usage(*busy), NOW)
    assert not brake(usage(*busy), NOW + timedelta(minutes=9))
    hits = tuple(ago(seconds=n) for n in range(2))
    assert not brake(usage(*(tally(str(n), hits=hits) for n in range(2))), NOW)
    assert "hit 6 times" in brake(usage(*(tally(str(n), hits=hits) for n in range(3))), NOW)
    braked = usage(braked="why")
    assert "why" in why(wish(FRANCE), braked)
    assert not why(wish(), braked)


TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
TALKS = st.builds(
    Talk, st.uuids().map(str), TIMES, st.none() | TIMES, st.booleans(), st.booleans(), st.booleans(), st.booleans()
)
TALLIES = st.builds(
    Tally, st.sampled_from(("101", "102")), st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.builds(Spent, *[st.floats(0, 1e6)] * 3), *[st.lists(TIMES, max_size=40).map(tuple)] * 4,
    st.lists(TALKS, max_size=5).map(tuple), st.sampled_from(("", "why")), st.sampled_from((0, 50, 80)),
)  # fmt: skip


@given(st.lists(TALLIES, max_size=2), st.sampled_from(("", "why")), TIMES, st.sampled_from(("", "9")), st.booleans())
def test_an_emergency_call_gets_a_route_in_every_state(
    tallies: list[Tally], braked: str, at: datetime, prefix: str, barred: bool
) -> None:
    """N5, security.md 4: decided first, exempt from every limit, lock and brake."""
    strict = site("outbound_per_minute: 1, outbound_per_hour: 1, outbound_at_once: 1, outbound_minutes_per_day: 1")
    if barred:
        extensions = tuple(replace(one, outbound=()) for one in strict.extensions)
        strict = replace(strict, extensions=extensions)
    snapshot = Snapshot(Plan(strict, ("110", "112")), usage=usage(*tallies, braked=braked))
    for number in ("110", "112"):
        action = route(Request(FromExtension("101"), prefix + number, at), snapshot).action
        assert isinstance(action, CallTrunks)
        assert action.emergency and action.limited is None


@given(st.lists(TALLIES, max_size=2), TIMES)
def test_when_a_call_must_end_is_always_a_time(tallies: list[Tally], at: datetime) -> None:
    for left_s, text in ends(usage(*tallies), OPEN, at).values():
        assert isinstance(left_s, float)
        assert text
