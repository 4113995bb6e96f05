"""A menu's conversation with one leg: prompts that stop at a key, and keys that count even if pressed ahead.

Not responsible for what the keys mean. For one number to be asked for, `ask` is enough.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from firmware.calls.audio import audio_of
from firmware.calls.feature import Session
from firmware.calls.leg import Digit, LegEvent
from firmware.media import Source

WAIT_S = 5.0  # for a key, after the prompt
NEXT_S = 4.0  # for the next digit of a number


class Dialogue:
    """Made by `dialogue`. Every wait is to be within `while_up(session.leg)`."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._keys: deque[str] = deque()
        self._came = asyncio.Event()

    def on_event(self, event: LegEvent) -> None:
        if isinstance(event, Digit):
            self._keys.append(event.digit)
            self._came.set()

    # -- files ----------------------------------------------------------------------------------------------------

    def phrases(self, *ids: str) -> list[Path]:
        return [file for id in ids for file in self.session.exchange.phrases.phrase(self.session.language, id)]

    def digits(self, text: str) -> list[Path]:
        return self.session.exchange.phrases.digits(self.session.language, text)

    def number(self, value: int) -> list[Path]:
        return self.session.exchange.phrases.number(self.session.language, value)

    # -- to and fro -----------------------------------------------------------------------------------------------

    async def say(self, *what: str | Sequence[Path]) -> None:
        """Say phrases, by id, and files, to their end or until a key is pressed: it then stops what follows too."""
        files = [file for one in what for file in (self.phrases(one) if isinstance(one, str) else one)]
        if files and not self._keys:
            await self.hear(self.session.exchange.media.play(files))

    async def hear(self, sound: Source) -> bool:
        """Play `sound`, to its end or until a key waits to be taken; it is closed. True: it has ended by itself."""
        try:
            self.session.exchange.media.connect(sound.slot, await audio_of(self.session.leg))
            pressed = asyncio.ensure_future(self._pressed())
            try:
                await asyncio.wait((sound.done, pressed), return_when=asyncio.FIRST_COMPLETED)
            finally:
                pressed.cancel()
            return sound.done.done()
        finally:
            sound.close()

    async def choose(self, among: str, *what: str | Sequence[Path], wait_s: float = WAIT_S) -> str | None:
        """Say something until one of the keys in `among` is pressed; other keys are passed over. None: none in time."""
        await self.say(*what)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while (key := await self.take()) not in among:
                    pass
                return key
        return None

    async def ask(self, *what: str | Sequence[Path], most: int = 32) -> str:
        """Say something, then take digits up to `#`, which is left out, or to a pause. "" when there were none."""
        await self.say(*what)
        got = ""
        with suppress(TimeoutError):
            while len(got) < most:
                key = await asyncio.wait_for(self.take(), NEXT_S if got else WAIT_S)
                if key == "#":
                    break
                got += key
        return got

    async def take(self) -> str:
        """The next key."""
        await self._pressed()
        key = self._keys.popleft()
        if not self._keys:
            self._came.clear()
        return key

    async def _pressed(self) -> None:
        """Until a key waits to be taken."""
        if not self._keys:
            await self._came.wait()


@contextmanager
def dialogue(session: Session) -> Iterator[Dialogue]:
    """Talk with the session's leg while the block runs."""
    talk = Dialogue(session)
    stop = session.leg.signals.watch(talk.on_event)
    try:
        yield talk
    finally:
        stop()
