"""What a feature gets and what it is: a coroutine that serves one leg from its first word to its end."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from firmware.calls.audio import audio_of, say
from firmware.calls.leg import Leg, LegState
from firmware.media import Media
from firmware.net.addresses import Ip


class Phrases(Protocol):
    """Recordings for what is to be said (`firmware.media.prompts.Prompts`)."""

    def phrase(self, language: str, id: str) -> list[Path]: ...
    def digits(self, language: str, text: str) -> list[Path]: ...


class Addresses(Protocol):
    """The box's network addresses, read when asked (`firmware.net.addresses`)."""

    def wan(self) -> list[Ip]: ...
    def lan(self) -> list[Ip]: ...


@dataclass(frozen=True, slots=True)
class Session:
    """One use of a feature."""

    leg: Leg
    argument: str
    language: str
    media: Media
    phrases: Phrases
    addresses: Addresses
    music: int  # slot of the music on hold

    async def answered(self) -> None:
        """Answer the leg and wait until it can hear."""
        self.leg.answer()
        await self.leg.signals.until(LegState.UP)
        await audio_of(self.leg)

    async def say(self, *ids: str) -> None:
        """Say phrases of the catalogue in the leg's language."""
        await self.play([file for id in ids for file in self.phrases.phrase(self.language, id)])

    async def play(self, files: Sequence[Path]) -> None:
        if files:
            await say(self.media, self.leg, files)


Feature = Callable[[Session], Awaitable[None]]
"""Runs within `while_up(session.leg)`; the leg is hung up when it returns."""
