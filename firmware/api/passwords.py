"""Passwords: made, hashed and verified. argon2id, one at a time in one worker thread, never on the loop.

Figures of security.md section 5: t=2, m=19 MiB, p=1; four may wait, the next is told that the box is busy.
Not responsible for how often one may try: that is `throttle`.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

R = TypeVar("R")
WAITING_MAX: Final = 4
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # no 0 o 1 i l: it is read from a screen
PASSWORD_LENGTH: Final = 16  # 79 bit


class Busy(Exception):
    """Too many verifications wait already."""


def new_password() -> str:
    """A random password in groups of four."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, PASSWORD_LENGTH, 4))


def same_ha1(extension: str, realm: str, secret: str, stored: str | None, decoy_key: bytes) -> bool:
    """Compare a SIP secret with the stored SHA-256 HA1 (RFC 7616 3.4.2); the same work for an unknown extension."""
    offered = hashlib.sha256(f"{extension}:{realm}:{secret}".encode()).hexdigest()
    decoy = hmac.new(decoy_key, extension.encode(), "sha256").hexdigest()
    return hmac.compare_digest(offered, stored or decoy) and stored is not None


class Passwords:
    """The argon2 worker. `close` ends it; verifications that wait are dropped."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2")
        self._waiting = 0
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password fits. Without a stored hash a decoy is verified, so that the time tells nothing.

        Raises Busy.
        """
        return await self._run(self._verify, stored, password)

    def _verify(self, stored: str | None, password: str) -> bool:
        if self._decoy is None:
            self._decoy = self._hasher.hash(secrets.token_hex(16))
        try:
            return self._hasher.verify(stored or self._decoy, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., R], *args: str | None) -> R:
        if self._waiting > WAITING_MAX:
            raise Busy("too many log-ins at once; try again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, work, *args)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)
