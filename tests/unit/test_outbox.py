"""The queue of letters: a server that is down, one that refuses, a restart, patience."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from firmware.net.mail import Letter, NotNow, Undeliverable
from firmware.net.outbox import MOST, Outbox
from firmware.telephony.site import Mail
from tests.component.house import Kept
from tests.virtual import VirtualClock, run_virtual


class Server:
    """What the mail server does to each attempt: an error, or nothing."""

    def __init__(self) -> None:
        self.host: str | None = "mail.example.test"
        self.does: Callable[[Letter], Exception | None] = lambda _letter: None
        self.attempts: list[tuple[float, str]] = []
        self.taken: list[str] = []

    def hand_over(self, letter: Letter, _server: Mail, _box: str) -> None:
        self.attempts.append((asyncio.get_running_loop().time(), letter.subject))
        if (error := self.does(letter)) is not None:
            raise error
        self.taken.append(letter.subject)


class Office:
    def __init__(self, kept: dict[tuple[str, ...], Letter] | None = None) -> None:
        self.server = Server()
        self.kept = {} if kept is None else kept
        self.box = Outbox(
            Kept(lambda one: (one.id,), self.kept), VirtualClock(), lambda: Mail(host=self.server.host),
            lambda: "Office", self.server.hand_over,
        )  # fmt: skip
        self.task = asyncio.get_running_loop().create_task(self.box.run())


def play(story: Callable[[Office], Awaitable[None]], kept: dict[tuple[str, ...], Letter] | None = None) -> Office:
    async def main() -> Office:
        office = Office(kept)
        await story(office)
        office.task.cancel()
        return office

    return run_virtual(main, limit_s=10 * 86_400)


def test_a_letter_is_sent_at_once_and_its_sender_is_told() -> None:
    sent: list[str] = []

    async def story(office: Office) -> None:
        office.box.watch(lambda letter: sent.append(letter.tag))
        office.box.post("a@example.test", "one", "text", tag="mine")
        await asyncio.sleep(1)

    office = play(story)
    assert office.server.taken == ["one"]
    assert sent == ["mine"]
    assert office.kept == {}


def test_a_server_that_is_down_gets_every_letter_when_it_is_back() -> None:
    async def story(office: Office) -> None:
        office.server.does = lambda _letter: NotNow("refused", server=True)
        office.box.post("a@example.test", "one", "text")
        office.box.post("a@example.test", "two", "text")
        await asyncio.sleep(3600)
        tries = len(office.server.attempts)
        assert 4 <= tries <= 8  # it is left alone for longer each time, whatever the number of letters
        office.server.does = lambda _letter: None
        await asyncio.sleep(3700)
        assert sorted(office.server.taken) == ["one", "two"]

    play(story)


def test_a_letter_that_is_refused_for_ever_holds_up_no_other() -> None:
    async def story(office: Office) -> None:
        office.server.does = lambda letter: Undeliverable("no such user") if letter.subject == "bad" else None
        office.box.post("nobody@example.test", "bad", "text")
        office.box.post("a@example.test", "good", "text")
        await asyncio.sleep(1)
        assert office.server.taken == ["good"]
        assert office.box.waiting == 0

    play(story)


def test_a_letter_that_is_refused_for_now_waits_alone() -> None:
    async def story(office: Office) -> None:
        office.server.does = lambda letter: NotNow("greylisted", server=False) if letter.subject == "grey" else None
        office.box.post("grey@example.test", "grey", "text")
        office.box.post("a@example.test", "good", "text")
        await asyncio.sleep(1)
        assert office.server.taken == ["good"]
        office.server.does = lambda _letter: None
        await asyncio.sleep(61)
        assert office.server.taken == ["good", "grey"]

    play(story)


def test_letters_survive_a_restart() -> None:
    async def before(office: Office) -> None:
        office.server.does = lambda _letter: NotNow("down", server=True)
        office.box.post("a@example.test", "one", "text")
        await asyncio.sleep(1)

    async def after(office: Office) -> None:
        await asyncio.sleep(1)
        assert office.server.taken == ["one"]

    play(after, play(before).kept)


def test_after_three_days_a_letter_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    async def story(office: Office) -> None:
        office.server.does = lambda _letter: NotNow("down", server=True)
        office.box.post("a@example.test", "one", "text")
        await asyncio.sleep(4 * 86_400)
        assert office.box.waiting == 0

    play(story)
    assert "is given up: down" in caplog.text


def test_a_new_server_is_tried_at_once() -> None:
    async def story(office: Office) -> None:
        office.server.host = None
        office.box.post("a@example.test", "one", "text")
        await asyncio.sleep(1000)
        assert office.server.attempts == []
        office.server.host = "mail.example.test"
        office.box.hurry()
        await asyncio.sleep(0.1)
        assert office.server.taken == ["one"]

    play(story)


def test_the_queue_is_bounded() -> None:
    async def story(office: Office) -> None:
        office.server.does = lambda _letter: NotNow("down", server=True)
        for number in range(MOST + 5):
            office.box.post("a@example.test", str(number), "text")
        assert office.box.waiting == MOST

    play(story)
