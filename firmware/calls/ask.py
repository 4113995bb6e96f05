"""Asking a leg for digits: the prompt stops at the first key, `#` ends the number.

Not responsible for what the number means.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from firmware.calls.audio import audio_of
from firmware.calls.keys import collect, keys_of
from firmware.calls.leg import Digit, Leg, LegEvent
from firmware.media import Media

FIRST_S = 8.0  # after the prompt
NEXT_S = 4.0


async def ask(media: Media, leg: Leg, prompt: Sequence[Path], *, most: int, end: str = "#") -> str | None:
    """What the leg dials up to `end` (left out); "" for `end` alone, None for nothing in time.

    To be used within `while_up(leg)`.
    """
    with keys_of(leg) as keys:
        if prompt:
            await _until_key(media, leg, prompt)
        return await collect(keys, first_s=FIRST_S, next_s=NEXT_S, most=most, end=end)


async def _until_key(media: Media, leg: Leg, prompt: Sequence[Path]) -> None:
    """Play the prompt to its end, or to the first key."""
    slot = await audio_of(leg)
    sound = media.play(prompt)

    def on_event(event: LegEvent) -> None:
        if isinstance(event, Digit):
            sound.close()  # which ends the wait below

    stop = leg.signals.watch(on_event)
    try:
        media.connect(sound.slot, slot)
        await asyncio.wait((sound.done,))
    finally:
        stop()
        sound.close()
