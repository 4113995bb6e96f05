"""A menu's conversation with one leg: prompts that stop at a key, and keys that count even if pressed ahead.

Not responsible for what the keys mean. For one number to be asked for, `ask` is enough.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from firmware.calls.audio import audio_of
from firmware.calls.feature import Session
from firmware.calls.leg import Digit, LegEvent
from firmware.calls.race import within
from firmware.media import Source

WAIT_S = 5.0  # for a key, after the prompt
NEXT_S = 4.0  # for the next digit of a number
KEYS = "0123456789*#ABCD"


class Dialogue:
    """Made by `dialogue`. Every wait is to be within `while_up(session.leg)`."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._keys: deque[str] = deque()
        self._came = asyncio.Event()
        self._among = KEYS  # those that count now
        self._at_once: Mapping[str, Callable[[], None]] = {}

    def on_event(self, event: LegEvent) -> None:
        """A key. While a choice is open, another key than its own does not even stop the prompt."""
        match event:
            case Digit(key) if key in self._at_once:
                self._at_once[key]()
            case Digit(key) if self._keys or key in self._among:
                self._keys.append(key)
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
            pressed = asyncio.ensure_future(self._until_pressed())
            try:
                await asyncio.wait((sound.done, pressed), return_when=asyncio.FIRST_COMPLETED)
            finally:
                pressed.cancel()
            return sound.done.done()
        finally:
            sound.close()

    @contextmanager
    def at_once(self, keys: Mapping[str, Callable[[], None]]) -> Iterator[None]:
        """These keys do something while the block runs, and wait for nobody."""
        self._at_once = keys
        try:
            yield
        finally:
            self._at_once = {}

    def forget(self) -> None:
        """Keys that were pressed so far count no more."""
        self._keys.clear()
        self._came.clear()

    @property
    def pressed(self) -> bool:
        """A key waits to be taken."""
        return bool(self._keys)

    async def choose(self, among: str, *what: str | Sequence[Path], wait_s: float = WAIT_S) -> str | None:
        """Say something until one of the keys in `among` is pressed; other keys are passed over. None: none in time."""
        while self._keys and self._keys[0] not in among:
            await self.take()
        self._among = among
        try:
            await self.say(*what)
            async with asyncio.timeout(wait_s):
                return await self.take()
        except TimeoutError:
            return None
        finally:
            self._among = KEYS

    async def ask(self, *what: str | Sequence[Path], most: int = 32) -> str:
        """Say something, then take digits up to `#`, which is left out, or to a pause. "" when there were none."""
        await self.say(*what)
        got = ""
        with suppress(TimeoutError):
            while len(got) < most:
                key = await within(NEXT_S if got else WAIT_S, self.take())
                if key == "#":
                    break
                got += key
        return got

    async def take(self) -> str:
        """The next key."""
        await self._until_pressed()
        key = self._keys.popleft()
        if not self._keys:
            self._came.clear()
        return key

    async def _until_pressed(self) -> None:
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
