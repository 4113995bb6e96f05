"""What a feature gets and what it is.

Three kinds, each a coroutine: a code dialled like a number (`codes`), a code pressed in a call (`in_call`), and a
service that routing sends calls to (`services`: voicemail, queue, room …). A feature's `script.py` has a function
`install(resources) -> Features` that is called once and gives any of the three tables. The exchange finds a coroutine
in them by its id in `telephony.codes`, or by the service's name. A feature's state is an object that `install` makes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from firmware.calls.ask import ask
from firmware.calls.audio import audio_of, say, sounding
from firmware.calls.call import Call
from firmware.calls.leg import Cause, Leg, LegState
from firmware.calls.scopes import HungUp, while_up
from firmware.clock import Clock
from firmware.net.addresses import Ip
from firmware.net.mail import Letter
from firmware.net.webhook import Message, push
from firmware.telephony.deeds import Act, Deed
from firmware.telephony.site import Extension, Site, Webhook

if TYPE_CHECKING:  # the exchange runs features, features use the exchange
    from concurrent.futures import Future

    from firmware.calls.exchange import Exchange

LONGEST_ANNOUNCEMENT_S = 15
ERROR_S = 2.0  # one cycle of the special information tone (ITU-T E.180)

Value = TypeVar("Value")


class Phrases(Protocol):
    """Recordings for what is to be said (`firmware.media.prompts.Prompts`)."""

    def phrase(self, language: str, id: str) -> list[Path]: ...
    def digits(self, language: str, text: str) -> list[Path]: ...
    def number(self, language: str, value: int, *, feminine: bool = False) -> list[Path]: ...
    def date(self, language: str, at: date, *, with_year: bool = False) -> list[Path]: ...
    def time(self, language: str, at: time) -> list[Path]: ...


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
    def owner(self) -> Extension | None:
        """Whose telephone the leg is, with its settings as they are now; None: nobody's, or it is outside."""
        return self.exchange.plan.extensions.get(self.leg.party.extension or "")

    @property
    def language(self) -> str:
        return self.exchange.language_of(self.leg)

    def audit(self, act: Act, about: str = "", detail: str = "") -> None:
        """The one at the leg does what the audit is to keep."""
        self.exchange.audit(Deed(self.leg.party.number, act, about, detail))

    async def answered(self) -> None:
        """Answer the leg and wait until it can hear."""
        self.leg.answer()
        await self.leg.signals.until(LegState.UP)
        await audio_of(self.leg)

    async def refuse(self, cause: Cause, *ids: str) -> None:
        """End the call for this cause, which the leg hears in words first if it takes audio before the answer."""
        self.call.cause = cause
        self.leg.early()
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_ANNOUNCEMENT_S):
                await self.say(*ids)

    async def say(self, *ids: str) -> None:
        """Say phrases of the catalogue in the leg's language."""
        await self.play([file for id in ids for file in self.exchange.phrases.phrase(self.language, id)])

    async def tell(self, *ids: str) -> None:
        """Like `say`, for use outside of any scope: the leg may leave before the end."""
        with suppress(HungUp):
            async with while_up(self.leg):
                await self.say(*ids)

    async def refuse_parking(self) -> None:
        """Say that this call is not parked; the talk goes on (product.md 2.3)."""
        self.call.note("parking", self.leg.party.number, "refused: a consultation or a conference is not parked")
        await self.tell("not-parkable")

    async def say_digits(self, text: str) -> None:
        await self.play(self.exchange.phrases.digits(self.language, text))

    async def play(self, files: Sequence[Path]) -> None:
        if files:
            await say(self.exchange.media, self.leg, files)

    async def beep(self) -> None:
        """The country's confirmation tone."""
        await self._sound("confirmation")

    async def beep_error(self) -> None:
        """The country's error tone, for as long as it takes to be recognised."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ERROR_S):
                await self._sound("error")

    async def _sound(self, name: str) -> None:
        media = self.exchange.media
        async with sounding(media, self.leg, media.tone(self.exchange.tones[name])) as sound:
            await sound.done

    async def ask(self, *ids: str, most: int = 32) -> str | None:
        """Say phrases until a key is pressed; what is dialled up to `#`, "" for `#` alone, None for nothing."""
        prompt = [file for id in ids for file in self.exchange.phrases.phrase(self.language, id)]
        return await ask(self.exchange.media, self.leg, prompt, most=most)


Feature = Callable[[Session], Awaitable[None]]
"""Codes and services run within `while_up(session.leg)`; the leg is hung up at their end, unless the call let it go.
In-call codes run outside any scope, the two legs apart: afterwards whoever are `call.a` and `call.b` talk on; if one
of them has gone or is None, the call ends."""


Beside = Callable[["Exchange", Call], AbstractAsyncContextManager[None]]


class SettingsStore(Protocol):
    """Settings that features read and change (`firmware.store.settings.Settings`)."""

    @property
    def site(self) -> Site: ...
    def change_extension(self, number: str, **changes: Any) -> "Future[None]": ...
    def change_extensions(self, changed: Iterable[Extension]) -> "Future[None]": ...
    def replace(self, site: Site) -> "Future[None]": ...
    def watch(self, watcher: Callable[[Site], None]) -> Callable[[], None]: ...


class KeptValues(Protocol[Value]):
    """Values of one type that survive a restart of the core (`firmware.store.kept.Kept`)."""

    def load(self) -> Iterable[Value]: ...
    def save(self, value: Value) -> None: ...
    def remove(self, *key: str) -> None: ...


class Keep(Protocol):
    def __call__(
        self, name: str, type_: type[Value], key: Callable[[Value], tuple[str, ...]], *, synced: bool = False
    ) -> KeptValues[Value]:
        """`synced`: a power cut, too, loses no more than the last second."""


class Post(Protocol):
    """Letters by e-mail (`firmware.net.outbox.Outbox`)."""

    @property
    def ready(self) -> bool: ...
    def watch(self, sent: Callable[[Letter], None]) -> None: ...
    def post(
        self, to: str, subject: str, text: str, *, attachment: str = "", name: str = "", tag: str = ""
    ) -> None: ...


Push = Callable[[Webhook, Message], Awaitable[None]]
"""Tells a program of the owner's something (`firmware.net.webhook.push`)."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What features are made of."""

    settings: SettingsStore
    keep: Keep  # opens the kept values of this name
    folder: Path  # DATA/media: recordings and messages
    clock: Clock
    post: Post
    push: Push = push


@dataclass(frozen=True, slots=True)
class Features:
    """Features by id. `begin` is called once the exchange stands: for what a feature does by itself. `reminders` say
    whether an extension's dial tone shall stutter, so that a forward or a message is not forgotten. `beside` are
    entered when two legs of a call are about to talk, and left when they are apart: outside any scope of the legs.
    `offers` are what the portal acts on, by the feature's name: mailboxes, the book of wake-up calls …"""

    codes: Mapping[str, Feature] = field(default_factory=dict)
    in_call: Mapping[str, Feature] = field(default_factory=dict)
    services: Mapping[str, Feature] = field(default_factory=dict)
    begin: tuple[Callable[["Exchange"], None], ...] = ()
    reminders: tuple[Callable[[str], bool], ...] = ()
    beside: tuple[Beside, ...] = ()
    offers: Mapping[str, object] = field(default_factory=dict)
