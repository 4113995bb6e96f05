"""Waiting for a leg's audio and playing to it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from firmware.calls.leg import AudioChanged, Leg, LegEvent, LegState
from firmware.calls.wire import Hearing
from firmware.media import Media, Source
from firmware.telephony.country import Tone


async def audio_of(leg: Leg) -> int:
    """The leg's slot, as soon as it has one. To be used within `while_up(leg)`: a gone leg never gets one."""
    while leg.slot is None:
        changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def watcher(event: LegEvent, changed: asyncio.Future[None] = changed) -> None:
            if isinstance(event, AudioChanged) and not changed.done():
                changed.set_result(None)

        stop = leg.signals.watch(watcher)
        try:
            await changed
        finally:
            stop()
    return leg.slot


async def say(media: Media, leg: Leg, files: Sequence[Path]) -> None:
    """Play recordings to the leg, one after the other, to their end."""
    slot = await audio_of(leg)
    sound = media.play(files)
    try:
        media.connect(sound.slot, slot)
        await sound.done
    finally:
        sound.close()


@asynccontextmanager
async def sounding(media: Media, leg: Leg, sound: Source) -> AsyncIterator[Source]:
    """The leg hears `sound` while the block runs."""
    try:
        media.connect(sound.slot, await audio_of(leg))
        yield sound
    finally:
        sound.close()


@asynccontextmanager
async def listening_to(media: Media, leg: Leg, slot: int) -> AsyncIterator[None]:
    """The leg hears what `slot` says, such as the music on hold, while the block runs and it has audio."""
    with Hearing(media, slot, leg):
        yield


class Ringback:
    """The ringback tone for a leg that has been answered; before that the leg's device makes its own."""

    def __init__(self, media: Media, tone: Tone, leg: Leg) -> None:
        self._media, self._tone, self._leg = media, tone, leg
        self._sound: Source | None = None

    def __enter__(self) -> "Ringback":
        return self

    def __exit__(self, *_: object) -> None:
        self.off()

    def on(self) -> None:
        if self._sound is None and self._leg.signals.state is LegState.UP and self._leg.slot is not None:
            self._sound = self._media.tone(self._tone)
            self._media.connect(self._sound.slot, self._leg.slot)

    def off(self) -> None:
        if self._sound is not None:
            self._sound.close()
            self._sound = None
