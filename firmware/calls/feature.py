"""What a feature gets and what it is.

Three kinds, each a coroutine: a code dialled like a number (`CODES`), a code pressed in a call (`IN_CALL`), and a
service that routing sends calls to (`SERVICES`: voicemail, queue, room …). A feature's `script.py` has any of the three
tables; the exchange finds it by the id in `telephony.codes` or the service's name.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from firmware.calls.audio import audio_of, say
from firmware.calls.call import Call
from firmware.calls.leg import Leg, LegState
from firmware.net.addresses import Ip

if TYPE_CHECKING:  # the exchange runs features, features use the exchange
    from firmware.calls.exchange import Exchange


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
    """One use of a feature by one leg. In a call `leg` is the one that pressed the code."""

    exchange: "Exchange"
    call: Call
    leg: Leg
    argument: str = ""  # what was dialled after the code; the service's number
    greeting: str = ""  # of a mailbox: busy, unavailable

    @property
    def language(self) -> str:
        return self.exchange.language_of(self.leg)

    async def answered(self) -> None:
        """Answer the leg and wait until it can hear."""
        self.leg.answer()
        await self.leg.signals.until(LegState.UP)
        await audio_of(self.leg)

    async def say(self, *ids: str) -> None:
        """Say phrases of the catalogue in the leg's language."""
        await self.play([file for id in ids for file in self.exchange.phrases.phrase(self.language, id)])

    async def say_digits(self, text: str) -> None:
        await self.play(self.exchange.phrases.digits(self.language, text))

    async def play(self, files: Sequence[Path]) -> None:
        if files:
            await say(self.exchange.media, self.leg, files)


Feature = Callable[[Session], Awaitable[None]]
"""CODES and SERVICES run within `while_up(session.leg)`; the leg is hung up at their end, unless the call let it go.
IN_CALL runs outside any scope, the two legs apart: when it returns, whoever are `call.a` and `call.b` then talk on;
if one of them has gone or is None, the call ends."""


@dataclass(frozen=True, slots=True)
class Features:
    """Every feature there is, by id."""

    codes: Mapping[str, Feature] = field(default_factory=dict)
    in_call: Mapping[str, Feature] = field(default_factory=dict)
    services: Mapping[str, Feature] = field(default_factory=dict)
