"""Bans that outlive the core."""

from datetime import UTC, datetime, timedelta

from firmware.sip.bans import Banned, Bans
from firmware.sip.guard import Ban


class Shelf:
    def __init__(self) -> None:
        self.kept: dict[str, Banned] = {}

    def load(self) -> list[Banned]:
        return list(self.kept.values())

    def save(self, banned: Banned) -> None:
        self.kept[banned.ip] = banned

    def remove(self, ip: str) -> None:
        del self.kept[ip]


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 1, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return 0.0


def test_what_is_left_of_a_ban_comes_back() -> None:
    shelf, clock, pushed = Shelf(), Clock(), list[Ban]()
    bans = Bans(shelf, clock)
    bans.remember(Ban("10.0.0.1", 3600, 1))
    bans.remember(Ban("10.0.0.2", 60, 1))
    clock.at += timedelta(seconds=600)
    bans.restore(pushed.extend)
    assert pushed == [Ban("10.0.0.1", 3000, 1)]
    assert list(shelf.kept) == ["10.0.0.1"]
