"""Taking down what a leg says: a message, a greeting. It ends by `#`, by silence, by a busy tone or after a time.

Where nothing is said at all, nothing is left.
Not responsible for what becomes of the file: `cut_s` says how much of its end is no speech.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from firmware.calls.audio import audio_of, sounding
from firmware.calls.feature import Session
from firmware.calls.leg import AudioChanged, Digit, LegEvent
from firmware.calls.tones import RECORD_BEEP, recognised_s
from firmware.media import Heard, ListenFor, ProgressTone, Silence
from firmware.telephony.country import Tone

SILENCE_S = 10.0  # Asterisk's maxsilence as product.md 2.1 has it
TAIL_S = 0.5  # of the silence is kept, so that the last word does not sound cut off
KEY_S = 0.2  # what may be heard of the key that ends it

Ended = Literal["key", "silence", "tone", "time"]


class Taking:
    """One recording in the making. Made by `taking`."""

    def __init__(self, session: Session, part: Path) -> None:
        self._leg, self._media = session.leg, session.exchange.media
        self._tones: dict[str, Tone] = {name: session.exchange.tones[name] for name in ("busy", "congestion")}
        self._begin_s = self._end_s = asyncio.get_running_loop().time()
        self._over: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._wire: int | None = None
        self.recorder = self._media.recorder(part)
        self.cut_s = 0.0
        self._spoken = False

    @property
    def length_s(self) -> float:
        """Seconds of speech."""
        return max(0.0, self._end_s - self._begin_s - self.cut_s)

    @property
    def listen_for(self) -> ListenFor:
        return ListenFor(progress=tuple(self._tones.items()), silence_ms=round(SILENCE_S * 1000))

    def connect(self, slot: int) -> None:
        if self._wire != slot:
            self._media.connect(slot, self.recorder.slot)
            self._wire = slot

    def on_event(self, event: LegEvent) -> None:
        match event:
            case Digit("#"):
                self._end("key", KEY_S if self._leg.keys_in_audio else 0.0)
            case AudioChanged() if self._leg.slot is not None:
                self.connect(self._leg.slot)

    def on_heard(self, heard: Heard) -> None:
        match heard:
            case Silence(False):
                self._spoken = True
            case Silence(True):
                self._end("silence", SILENCE_S - TAIL_S)
            case ProgressTone(name):
                self._end("tone", recognised_s(self._tones[name]))

    def _end(self, how: Ended, cut_s: float) -> None:
        if not self._over.done():
            self.cut_s = cut_s
            self._over.set_result(how)

    async def ended(self, longest_s: float) -> Ended:
        """Wait for the end. To be used within `while_up` of the leg."""
        try:
            async with asyncio.timeout(longest_s):
                return await self._over
        except TimeoutError:
            return "time"

    def close(self) -> None:
        self._end_s = asyncio.get_running_loop().time()
        self._over.cancel()
        if self._leg.signals.gone:
            self.cut_s = max(self.cut_s, self._leg.signals.tone_s)
        if not self._spoken:
            self.cut_s = self._end_s - self._begin_s + TAIL_S
        self.recorder.close()


@asynccontextmanager
async def taking(session: Session, part: Path) -> AsyncIterator[Taking]:
    """Record what the leg says into `part` while the block runs. `recorder.done` tells when the file is written."""
    slot = await audio_of(session.leg)
    take = Taking(session, part)
    stop = session.leg.signals.watch(take.on_event)
    ear = session.exchange.media.listen(slot, take.listen_for, take.on_heard)
    try:
        take.connect(slot)
        yield take
    finally:
        ear.close()
        stop()
        take.close()


async def beep(session: Session) -> None:
    """The tone after which one speaks."""
    media = session.exchange.media
    async with sounding(media, session.leg, media.tone(RECORD_BEEP)) as tone:
        await tone.done
