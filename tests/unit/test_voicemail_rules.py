"""What mailboxes decide without a telephone: room, age, passwords, locks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.calls.lamps import Kind, Lamps, Waiting
from firmware.features.voicemail.attempts import REMEMBERED, Attempts, Failures
from firmware.features.voicemail.message import Message, making_room, too_old, waiting
from firmware.features.voicemail.password import random_password, right, weak
from firmware.telephony.site import Voicemail
from tests.component.house import Kept

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECOND = 16_000  # bytes


def message(days: int, *, read: bool = False, saved: bool = False, length_s: float = 10) -> Message:
    return Message("101", f"{days}{read}{saved}", NOW - timedelta(days=days), "0301", "", "", length_s, read, saved)


def test_the_oldest_heard_messages_make_room() -> None:
    """F4: quota; oldest read purged; new and saved ones never."""
    messages = [message(9), message(8, read=True, saved=True), message(7, read=True), message(6, read=True)]
    room = making_room(messages, 10 * SECOND, quota_bytes=40 * SECOND)
    assert room == [messages[2]]
    assert making_room(messages, 10 * SECOND, quota_bytes=50 * SECOND) == []
    assert making_room(messages, 30 * SECOND, quota_bytes=40 * SECOND) is None


MESSAGES = st.builds(message, st.integers(0, 99), read=st.booleans(), saved=st.booleans(), length_s=st.floats(3, 180))


@given(st.lists(MESSAGES, max_size=20), st.integers(0, 3_000_000), st.integers(0, 20_000_000))
def test_room_is_what_is_asked_for(messages: list[Message], needed: int, quota: int) -> None:
    victims = making_room(messages, needed, quota)
    if victims is not None:
        assert all(one.read and not one.saved for one in victims)
        kept = [one for one in messages if one not in victims]
        assert sum(round(one.length_s * SECOND) for one in kept) + needed <= quota


def test_what_was_kept_long_enough() -> None:
    messages = [message(181), message(179)]
    assert too_old(messages, NOW, 180) == messages[:1]


def test_the_lamp_counts_new_and_old() -> None:
    assert waiting([message(1), message(2, read=True), message(3, read=True)]) == Waiting(new=1, old=2)


def test_lamps_tell_only_what_changes() -> None:
    lamps, told = Lamps(), list[tuple[str, Kind]]()
    stop = lamps.watch(lambda extension, kind: told.append((extension, kind)))
    lamps.message_lamp("101", 0, 0)
    lamps.message_lamp("101", 1, 0)
    lamps.message_lamp("101", 1, 0)
    stop()
    lamps.message_lamp("101", 0, 1)
    assert told == [("101", Kind.MESSAGES)]
    assert lamps.messages("101") == Waiting(0, 1)


@pytest.mark.parametrize("password", ["", "123", "1234567890123", "103", "1111", "2345", "6543", "12a4", "٤٧١١"])
def test_weak_passwords(password: str) -> None:
    assert weak(password, "103")


def test_good_and_random_passwords() -> None:
    assert not weak("8215", "103")
    assert weak("8215", "8215")
    found = {random_password("103") for _ in range(50)}
    assert len(found) > 45
    assert all(len(one) == 6 and not weak(one, "103") for one in found)


def test_only_the_right_password_of_a_mailbox_that_is_on_is_right() -> None:
    assert right("8215", Voicemail(pin="8215"))
    for given_, mailbox in (
        ("8216", Voicemail(pin="8215")), ("8215", Voicemail(pin="8215", enabled=False)), ("", Voicemail()), ("", None),
    ):  # fmt: skip
        assert not right(given_, mailbox)


class Hand:
    """A clock that is put forward by hand; `set_by`: how far its wall time is off."""

    def __init__(self, started_s: float = 0.0) -> None:
        self.at_s, self.started_s, self.set_by = started_s, started_s, timedelta()

    def monotonic_s(self) -> float:
        return self.at_s - self.started_s

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.at_s) + self.set_by


def attempts_at(clock: Hand, kept: dict[tuple[str, ...], Failures] | None = None) -> Attempts:
    return Attempts(Kept(lambda one: (one.mailbox,), {} if kept is None else kept), clock)


def fail(attempts: Attempts, clock: Hand, *times_s: float) -> None:
    for clock.at_s in times_s:
        attempts.failed("103")


@pytest.mark.parametrize(
    ("times_s", "then_s", "locked"),
    [
        ((0, 1, 2, 3), 4, False),
        ((0, 1, 2, 3, 590), 591, True),
        ((0, 1, 2, 3, 590), 590 + 899, True),
        ((0, 1, 2, 3, 590), 590 + 900, False),
        (tuple(range(0, 2000, 200)), 1801, False),
    ],
)
@pytest.mark.parametrize("restart", [False, True])
def test_five_failures_within_ten_minutes_lock_for_a_quarter_of_an_hour(
    times_s: tuple[float, ...], then_s: float, locked: bool, restart: bool
) -> None:
    """F1: the lock, also when the box starts anew meanwhile."""
    clock, kept = Hand(), dict[tuple[str, ...], Failures]()
    attempts = attempts_at(clock, kept)
    fail(attempts, clock, *times_s)
    if restart:
        clock = Hand(clock.at_s)
        attempts = attempts_at(clock, kept)
    clock.at_s = then_s
    assert attempts.locked("103") is locked
    attempts.passed("103")
    assert not attempts.locked("103")
    assert kept == {}


def test_failures_before_a_restart_count_with_those_after_it() -> None:
    clock, kept = Hand(), dict[tuple[str, ...], Failures]()
    fail(attempts_at(clock, kept), clock, 0, 1, 2)
    clock = Hand(60)
    attempts = attempts_at(clock, kept)
    fail(attempts, clock, 61, 62)
    assert attempts.locked("103")


def test_a_clock_that_was_set_back_locks_nobody_for_longer() -> None:
    clock, kept = Hand(), dict[tuple[str, ...], Failures]()
    fail(attempts_at(clock, kept), clock, 0, 1, 2, 3, 4)
    clock = Hand(10)
    clock.set_by = -timedelta(days=400)
    attempts = attempts_at(clock, kept)
    clock.at_s += 899
    assert attempts.locked("103")
    clock.at_s += 2
    assert not attempts.locked("103")


def test_old_failures_are_not_kept() -> None:
    clock, kept = Hand(), dict[tuple[str, ...], Failures]()
    fail(attempts_at(clock, kept), clock, 0, 1)
    attempts_at(Hand(1000), kept)
    assert kept == {}


def test_what_is_remembered_of_failures_is_bounded() -> None:
    clock, kept = Hand(), dict[tuple[str, ...], Failures]()
    attempts = attempts_at(clock, kept)
    for number in range(REMEMBERED + 10):
        for _ in range(5):
            attempts.failed(str(number))
    assert not attempts.locked("0")
    assert attempts.locked(str(REMEMBERED + 9))
    assert len(kept) == REMEMBERED


def test_a_message_that_is_heard_is_old() -> None:
    one = message(1)
    assert replace(one, read=True).folder.value == "old"
    assert one.folder.value == "new"
