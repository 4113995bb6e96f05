"""Waiting for a leg's audio, playing to it, and hearing one leg on another before the answer."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from firmware.calls.leg import AudioChanged, Leg, LegEvent
from firmware.calls.wire import Wire
from firmware.media import Media, Source


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
    """The leg hears what `slot` says, such as the music on hold, while the block runs."""
    with Wire(media, slot, await audio_of(leg), leg):
        yield


@contextmanager
def overheard(media: Media, speaker: Leg, hearer: Leg) -> Iterator[None]:
    """`hearer` hears `speaker` while the block runs: early audio of a line that is being called."""
    wire: Wire | None = None

    def refresh(_event: LegEvent | None = None) -> None:
        nonlocal wire
        if wire is None and speaker.slot is not None and hearer.slot is not None:
            wire = Wire(media, speaker.slot, hearer.slot, speaker, hearer)

    stops = [leg.signals.watch(refresh) for leg in (speaker, hearer)]
    refresh()
    try:
        yield
    finally:
        for stop in stops:
            stop()
        if wire is not None:
            wire.cut()
