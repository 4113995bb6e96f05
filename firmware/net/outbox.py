"""Letters on their way: kept over a restart, tried until the server takes them, given up after three days.

Not responsible for the protocol: `mail.py`. Nothing here blocks; the server is spoken to in a thread.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from firmware.clock import Clock
from firmware.net.mail import Letter, NotNow, Undeliverable, hand_over
from firmware.telephony.site import Mail

FIRST_PAUSE_S, LONGEST_PAUSE_S = 60.0, 3600.0
PATIENCE = timedelta(days=3)
MOST = 1000
"""Letters that wait at most; the oldest is given up when there are more."""

HandOver = Callable[[Letter, Mail, str], None]
log = logging.getLogger(__name__)


class KeptLetters(Protocol):
    """As `calls.feature.KeptValues`."""

    def load(self) -> Iterable[Letter]: ...
    def save(self, value: Letter) -> None: ...
    def remove(self, *key: str) -> None: ...


class Outbox:
    """The one queue of a box. `server` and `box_name` are asked anew for each letter."""

    def __init__(
        self, kept: KeptLetters, clock: Clock, server: Callable[[], Mail], box_name: Callable[[], str],
        hand_over: HandOver = hand_over,
    ) -> None:  # fmt: skip
        self._kept, self._clock, self._server, self._box_name = kept, clock, server, box_name
        self._hand_over = hand_over
        self._letters = {one.id: one for one in sorted(kept.load(), key=lambda one: one.at)}
        self._due_s: dict[str, float] = dict.fromkeys(self._letters, 0.0)  # on the monotonic clock
        self._closed_until_s = 0.0  # the server takes nothing before
        self._pause_s = FIRST_PAUSE_S
        self._changed = asyncio.Event()
        self._watchers: list[Callable[[Letter], None]] = []

    @property
    def waiting(self) -> int:
        return len(self._letters)

    @property
    def ready(self) -> bool:
        """There is a server to send by."""
        return self._server().host is not None

    def watch(self, sent: Callable[[Letter], None]) -> None:
        """Tell `sent` of each letter that the server has taken."""
        self._watchers.append(sent)

    def post(self, to: str, subject: str, text: str, *, attachment: str = "", name: str = "", tag: str = "") -> None:
        """Send a letter as soon as it can be. `attachment`: path of a WAV file that shall be called `name`."""
        letter = Letter(secrets.token_hex(8), self._clock.now(), to, subject, text, attachment, name, tag)
        if len(self._letters) >= MOST:
            self._give_up(next(iter(self._letters.values())), f"more than {MOST} letters wait")
        self._letters[letter.id], self._due_s[letter.id] = letter, 0.0
        self._kept.save(letter)
        self._changed.set()

    def hurry(self) -> None:
        """Try again at once: the server has been set up anew."""
        self._due_s = dict.fromkeys(self._letters, 0.0)
        self._pause_s, self._closed_until_s = FIRST_PAUSE_S, 0.0
        self._changed.set()

    async def run(self) -> None:
        """Send, for ever."""
        while True:
            self._changed.clear()
            letter, wait_s = self._next()
            if letter is not None and wait_s <= 0:
                await self._try(letter)
                continue
            try:
                async with asyncio.timeout(wait_s if letter is not None else None):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def _next(self) -> tuple[Letter | None, float]:
        """The letter that is due first, and how long until then."""
        if not self._letters:
            return None, 0.0
        letter = min(self._letters.values(), key=lambda one: self._due_s[one.id])
        return letter, max(self._due_s[letter.id], self._closed_until_s) - self._clock.monotonic_s()

    async def _try(self, letter: Letter) -> None:
        try:
            if not self.ready:
                raise NotNow("no mail server is set up (mail.host)", server=True)
            await asyncio.to_thread(self._hand_over, letter, self._server(), self._box_name())
        except Undeliverable as error:
            self._give_up(letter, str(error))
        except NotNow as error:
            self._later(letter, error)
        else:
            log.info("letter %s to %s is sent", letter.id, letter.to)
            self._pause_s, self._closed_until_s = FIRST_PAUSE_S, 0.0
            self._forget(letter)
            for watcher in self._watchers:
                watcher(letter)

    def _later(self, letter: Letter, why: NotNow) -> None:
        now_s = self._clock.monotonic_s()
        if self._clock.now() - letter.at > PATIENCE:
            self._give_up(letter, str(why))
        else:
            pause_s = min(FIRST_PAUSE_S * 2.0**letter.tries, LONGEST_PAUSE_S)
            self._letters[letter.id] = replace(letter, tries=min(letter.tries + 1, 10))
            self._due_s[letter.id] = now_s + pause_s
            log.warning("letter %s to %s is tried again in %.0f s: %s", letter.id, letter.to, pause_s, why)
        if why.server:
            self._closed_until_s = now_s + self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _give_up(self, letter: Letter, why: str) -> None:
        log.error("letter %s to %s is given up: %s", letter.id, letter.to, why)
        self._forget(letter)

    def _forget(self, letter: Letter) -> None:
        self._letters.pop(letter.id, None)
        self._due_s.pop(letter.id, None)
        self._kept.remove(letter.id)
