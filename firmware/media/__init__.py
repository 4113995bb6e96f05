"""Sound as the call scripts see it. `bridge.py` implements it on pjmedia; tests have a silent stand-in.

A slot is a number of the conference bridge; everything that makes or takes sound has one. Samples stay in C.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from firmware.telephony.country import Tone


class MediaError(Exception):
    """The media module refused; the message names what it was asked for."""


class Source(Protocol):
    """Something that sounds until it is closed."""

    @property
    def slot(self) -> int: ...
    @property
    def done(self) -> asyncio.Future[None]:
        """Resolves when the sound has played to its end; never for one that repeats."""

    def close(self) -> None:
        """Leave the bridge. May be called more than once."""


class Playback(Source, Protocol):
    """One recording that can be wound while it plays."""

    def skip(self, by_s: float) -> None:
        """Go on later, or earlier when negative; beyond its end the recording is done."""


class Recorder(Protocol):
    """A file that takes what its slot hears, mixed: 8 kHz, 16 bit, mono. While nothing is connected it takes nothing.

    `done` resolves when the file is complete, some time after `close`.
    """

    @property
    def slot(self) -> int: ...
    @property
    def done(self) -> asyncio.Future[None]: ...
    def close(self) -> None:
        """Leave the bridge. May be called more than once."""


class Gate(Protocol):
    """A noise gate: its slot says what is connected to it, while somebody speaks there, 40 ms later."""

    @property
    def slot(self) -> int: ...
    def close(self) -> None:
        """Leave the bridge. May be called more than once."""


class Closable(Protocol):
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class KeyHeard:
    digit: str


@dataclass(frozen=True, slots=True)
class KeySounds:
    """The sound of a key begins (`on`) or ends; KeyHeard comes between, if it lasts."""

    on: bool


@dataclass(frozen=True, slots=True)
class ProgressTone:
    """A call-progress tone of the country was heard for three cycles."""

    name: str  # busy, congestion …


@dataclass(frozen=True, slots=True)
class FaxTone:
    kind: int  # MODEM_CONNECT_TONES_* of spandsp


@dataclass(frozen=True, slots=True)
class CallerIdMessage:
    """A caller ID message as it came down the line: type, length, parameters, no checksum."""

    message: bytes


@dataclass(frozen=True, slots=True)
class Silence:
    """Silence has lasted as long as was asked for (`on`); not `on`: the first sound, or one that ends the silence."""

    on: bool


Heard = KeyHeard | KeySounds | ProgressTone | FaxTone | CallerIdMessage | Silence


@dataclass(frozen=True, slots=True)
class ListenFor:
    """What a detector searches for."""

    keys: bool = False
    fax: bool = False
    progress: tuple[tuple[str, Tone], ...] = ()
    caller_id: str | None = None  # "bell202", "v23"
    silence_ms: int = 0  # how long it must last; 0: not at all


class Media(Protocol):
    """Make sound, listen, and connect slots. Every call returns at once."""

    def connect(self, source: int, sink: int) -> None: ...
    def disconnect(self, source: int, sink: int) -> None: ...
    def line(self, channel: int) -> int:
        """Slot of an analog line's channel of the sound card."""

    def tone(self, tone: Tone) -> Source: ...
    def play(self, files: Sequence[Path], *, repeat: bool = False) -> Source: ...
    def playback(self, file: Path) -> Playback: ...
    def fsk(self, bits: bytes, standard: str) -> Source:
        """Caller ID audio: one line bit a byte; `standard` is "bell202" or "v23"."""

    def listen(self, slot: int, what: ListenFor, heard: Callable[[Heard], None]) -> Closable:
        """Search what `slot` says; `heard` runs on the loop."""

    def recorder(self, file: Path) -> Recorder: ...
    def gate(self) -> Gate: ...
