"""Sessions: opaque cookies that stand for a user, held hashed; the core alone can tell whom they name.

256 bit, at most 12 h, an administrator's 30 min without use (security.md section 5). A restart of the core keeps them.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from firmware.api.box import KeptSession, SessionStore
from firmware.clock import Clock
from firmware.contract.replies import Role

LIFE: Final = timedelta(hours=12)
ADMIN_IDLE: Final = timedelta(minutes=30)
SESSIONS_MAX: Final = 256
SAVE_USE_EVERY: Final = timedelta(minutes=1)  # a later use is not worth a write


@dataclass(slots=True)
class Login:
    """One session. `extension` is set for the role extension."""

    user: str
    role: Role
    extension: str | None
    ends_at: datetime
    idle_at: datetime | None  # ends then unless used before
    on_end: set[Callable[[], None]] = field(default_factory=set)  # called when it ends before its time

    def last_instant(self) -> datetime:
        """When it ends if it is not used again."""
        return min(self.ends_at, self.idle_at or self.ends_at)

    def ended(self, now: datetime) -> bool:
        return now >= self.last_instant()


def digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


@dataclass(slots=True)
class Sessions:
    """All sessions that are valid. Without a store they end with the core."""

    clock: Clock
    store: SessionStore | None = None
    _logins: dict[str, Login] = field(default_factory=dict)

    def __post_init__(self) -> None:
        now = self.clock.now()
        for kept in self.store.load() if self.store else []:
            login = Login(kept.user, kept.role, kept.extension, kept.ends_at, kept.idle_at)
            if login.ended(now):
                self._forget(kept.key)
            else:
                self._logins[kept.key] = login

    def open(self, user: str, role: Role, extension: str | None = None) -> tuple[str, Login]:
        """A new session and its cookie; the oldest goes when there are too many."""
        now = self.clock.now()
        self._drop_ended(now)
        while len(self._logins) >= SESSIONS_MAX:
            self._end([next(iter(self._logins))])
        cookie = secrets.token_urlsafe(32)
        idle_at = now + ADMIN_IDLE if role is Role.ADMIN else None
        login = Login(user, role, extension, now + LIFE, idle_at)
        self._logins[digest(cookie)] = login
        self._save(digest(cookie), login)
        return cookie, login

    def find(self, cookie: str, *, use: bool = True) -> Login | None:
        """The session of a cookie, None when it is unknown or over. `use` puts off the end by idleness."""
        now = self.clock.now()
        login = self._logins.get(digest(cookie))
        if login is None or login.ended(now):
            return None
        if use and login.idle_at is not None:
            worth_a_write = now + ADMIN_IDLE - login.idle_at >= SAVE_USE_EVERY
            login.idle_at = now + ADMIN_IDLE
            if worth_a_write:
                self._save(digest(cookie), login)
        return login

    def seconds_left(self, cookie: str | None) -> float | None:
        """Seconds until the session ends if it is not used; None for no cookie, which never ends."""
        if cookie is None:
            return None
        login = self._logins.get(digest(cookie))
        return (login.last_instant() - self.clock.now()).total_seconds() if login else 0.0

    def extensions(self) -> set[str]:
        """Those whose users are logged in."""
        return {login.extension for login in self._logins.values() if login.extension is not None}

    def close(self, cookie: str) -> None:
        """End a session before its time; one that has ended already is no error."""
        self._end([digest(cookie)])

    def close_all(self, user: str) -> None:
        """End every session of a user: the password changed or the account is off."""
        self._end([key for key, login in self._logins.items() if login.user == user])

    def _end(self, keys: Iterable[str]) -> None:
        for key in keys:
            login = self._logins.pop(key, None)
            self._forget(key)
            for tell in tuple(login.on_end) if login else ():
                tell()

    def _save(self, key: str, login: Login) -> None:
        if self.store is not None:
            self.store.save(KeptSession(key, login.user, login.role, login.extension, login.ends_at, login.idle_at))

    def _forget(self, key: str) -> None:
        if self.store is not None:
            self.store.remove(key)

    def _drop_ended(self, now: datetime) -> None:
        self._end([key for key, login in self._logins.items() if login.ended(now)])
