"""Log-in: from a user name and password to a session. The only place that decides it.

Administrators by argon2id, extensions by the HA1 of their SIP secret (security.md 3.2). Unknown user, wrong password
and a portal that is off get one and the same answer after the same work.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from firmware.api.box import AccountStore
from firmware.api.passwords import Busy, Passwords, new_password, same_ha1
from firmware.api.sessions import Login, Sessions
from firmware.api.throttle import Throttle
from firmware.clock import Clock
from firmware.contract.replies import Reason, Refusal, Role
from firmware.contract.requests import LogIn
from firmware.log import printable
from firmware.telephony.deeds import Act, Deed, forget

ADMIN: Final = "admin"
PASSWORD_MAX: Final = 256  # characters; longer ones would only cost time

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Doorkeeper:
    """Opens sessions. Holds the tries of the last minutes."""

    accounts: AccountStore
    sessions: Sessions
    passwords: Passwords
    clock: Clock
    audit: Callable[[Deed], None] = forget
    _throttle: Throttle = field(default_factory=Throttle)
    _decoy_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    async def claim(self) -> str | None:
        """Make the administrator's account when there is none. Returns its password, to be shown once, else None."""
        if self.accounts.admin_hash(ADMIN) is not None:
            return None
        password = new_password()
        self.accounts.keep_admin_hash(ADMIN, await self.passwords.hash(password))
        return password

    async def log_in(self, request: LogIn) -> tuple[str, Login] | Refusal:
        """A new session with its cookie, or why not."""
        user, now_s = request.user.strip()[:64], self.clock.monotonic_s()
        if wait_s := self._throttle.wait_s(user, request.source, now_s):
            text = f"Too many wrong log-ins. Try again in {wait_s:.0f} s."
            return Refusal(Reason.TOO_MANY_TRIES, text, wait_s)
        try:
            right = len(request.password) <= PASSWORD_MAX and await self._fits(user, request.password)
        except Busy as busy:
            return Refusal(Reason.BUSY, str(busy), 2.0)
        if not right:
            self._throttle.failed(user, request.source, now_s)
            log.warning("log-in refused for %s from %s", printable(user), printable(request.source))
            self.audit(Deed(user, Act.LOG_IN_FAILED, detail=f"from {request.source}"))
            return Refusal(Reason.WRONG_LOG_IN, "User or password is wrong.")
        self._throttle.succeeded(user)
        extension = user if user.isdigit() else None
        self.audit(Deed(user, Act.LOGGED_IN, detail=f"from {request.source}"))
        return self.sessions.open(user, Role.EXTENSION if extension else Role.ADMIN, extension)

    async def _fits(self, user: str, password: str) -> bool:
        if user.isdigit():
            return same_ha1(user, self.accounts.realm(), password, self.accounts.portal_ha1(user), self._decoy_key)
        return await self.passwords.verify(self.accounts.admin_hash(user), password)
