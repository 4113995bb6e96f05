"""Alarms (security.md 4): who is told, how often, and what stands on the banner until it is dismissed."""

import asyncio
from collections.abc import Awaitable, Callable

from firmware.calls.leg import Cause
from firmware.contract.status import Alarm
from firmware.features.alarms.board import Board
from firmware.telephony.deeds import BOX, Act, Deed
from tests.component.house import House
from tests.component.story import play_in_house
from tests.virtual import START

SITE = """
version: 1
site: {name: Office, country: DE, language: en, timezone: Europe/Berlin}
mail: {host: mail.example.test, sender: box@example.test}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Guard, sip: {secret: guard-secret-102}, dnd: true}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
trunks:
  - {name: provider, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: outside, prefix: "9", trunks: [provider]}
"""
ALL = (
    SITE
    + """
alarms:
  email: [chief@example.test, second@example.test]
  webhook: {url: "https://hooks.example.test/", secret: a-secret-of-ours}
  call: ["101", "102"]
"""
)


def play(story: Callable[[House], Awaitable[None]], text: str = SITE, before: House | None = None) -> House:
    return play_in_house(text, story, before=before)


def board(here: House) -> Board:
    found = here.exchange.features.offers["alarms"]
    assert isinstance(found, Board)
    return found


def test_a_thief_is_told_of_by_mail_by_webhook_and_by_telephone() -> None:
    async def story(here: House) -> None:
        for _ in range(3):
            here.dials("103", "90033123456789")
            await asyncio.sleep(5)
        reception, guard = await here.telephone("101"), await here.telephone("102")
        here.media.said.clear()
        reception.pick_up()
        await asyncio.sleep(0.5)
        assert guard.signals.cause is Cause.ELSEWHERE
        await asyncio.sleep(3)
        assert here.media.said == ["alarm-raised", "alarm-raised"]
        assert reception.signals.gone

    here = play(story, ALL)
    (alarm,) = board(here).alarms
    assert alarm.text.startswith("extension 103 is locked")
    assert [one.to for one in here.post.letters] == ["chief@example.test", "second@example.test"]
    assert here.post.letters[0].subject == f"Alarm: {alarm.text}"
    assert here.post.letters[0].text.startswith("2026-01-05 10:0") and alarm.text in here.post.letters[0].text
    assert [(one["box"], one["alarm"], one["times"]) for one in here.pushed] == [("Office", alarm.text, 1)]
    assert Deed(BOX, Act.RAISED, detail=alarm.text) in here.deeds


def test_by_default_there_is_the_banner_alone() -> None:
    async def story(here: House) -> None:
        here.exchange.alarm("half of it is spent")
        await asyncio.sleep(100)

    here = play(story)
    assert board(here).alarms == (Alarm(START, "half of it is spent"),)
    assert not here.rung and not here.post.letters and not here.pushed


def test_the_same_alarm_is_told_once_in_ten_minutes() -> None:
    """With how often it has come meanwhile; another one is told of at once."""

    async def story(here: House) -> None:
        for _ in range(5):
            here.exchange.alarm("again")
            await asyncio.sleep(60)
        here.exchange.alarm("another")
        await asyncio.sleep(1)
        assert [(one["alarm"], one["times"]) for one in here.pushed] == [("again", 1), ("another", 1)]
        await asyncio.sleep(600)
        assert [(one["alarm"], one["times"]) for one in here.pushed[2:]] == [("again", 4)]
        await asyncio.sleep(3600)
        assert len(here.pushed) == 3
        here.exchange.alarm("again")
        await asyncio.sleep(1)
        assert here.pushed[-1]["times"] == 1

    here = play(story, ALL)
    assert "4 times since the last letter" in here.post.letters[4].text
    assert [(one.text, one.times) for one in board(here).alarms] == [("again", 6), ("another", 1)]


def test_two_at_once_are_one() -> None:
    async def story(here: House) -> None:
        here.exchange.alarm("again")
        here.exchange.alarm("again")
        await asyncio.sleep(1)
        assert [one["times"] for one in here.pushed] == [2]

    play(story, ALL)


def test_a_webhook_that_is_away_is_tried_again_and_given_up() -> None:
    async def story(here: House) -> None:
        here.pushes_refused = 2
        here.exchange.alarm("first")
        await asyncio.sleep(100)
        assert len(here.pushed) == 3 and here.pushed[0] == here.pushed[2]
        here.pushes_refused = 100
        here.exchange.alarm("second")
        await asyncio.sleep(1000)
        assert len(here.pushed) == 6

    play(story, ALL)


def test_one_call_at_a_time() -> None:
    async def story(here: House) -> None:
        here.exchange.alarm("first")
        here.exchange.alarm("second")
        await asyncio.sleep(30)
        assert len(here.rung["101"]) == len(here.rung["102"]) == 1
        await asyncio.sleep(40)
        assert here.rung["101"][0].signals.gone
        here.exchange.alarm("third")
        await asyncio.sleep(1)
        assert len(here.rung["101"]) == 2

    play(story, ALL)


def test_the_banner_survives_a_restart_until_it_is_dismissed() -> None:
    async def story(here: House) -> None:
        here.exchange.alarm("first")
        await asyncio.sleep(10)
        here.exchange.alarm("second")

    async def later(here: House) -> None:
        assert [one.text for one in board(here).alarms] == ["second", "first"]
        changes: list[int] = []
        board(here).watch(lambda: changes.append(len(board(here).alarms)))
        assert board(here).dismiss(START) == 1
        assert [one.text for one in board(here).alarms] == ["second"]
        here.exchange.alarm("third")
        assert changes == [1, 2]

    async def latest(here: House) -> None:
        assert {one.text for one in board(here).alarms} == {"second", "third"}

    first = play(story)
    play(latest, before=play(later, before=first))


def test_no_more_than_twenty_are_kept() -> None:
    async def story(here: House) -> None:
        for number in range(25):
            here.exchange.alarm(f"alarm {number}")

    here = play(story)
    assert [one.text for one in board(here).alarms] == [f"alarm {n}" for n in range(24, 4, -1)]
    assert len(here.kept["alarms"]) == 20
