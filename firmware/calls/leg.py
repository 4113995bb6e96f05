"""One leg: the connection between the box and one device or line, whatever carries it.

Scripts see legs only through this protocol, so they cannot tell a SIP phone from a copper one. `sip` and `lines`
implement it. A leg never raises for being gone: an action on a gone leg does nothing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


class LegState(Enum):
    """Where the leg stands. It only moves forward."""

    NEW = "new"  # incoming: not told anything yet; outgoing: on its way
    RINGING = "ringing"
    EARLY = "early"  # audio flows before the answer
    UP = "up"
    GONE = "gone"


_ORDER = tuple(LegState)


class Cause(Enum):
    """Why a leg ended, or is to be ended. `sip` and `lines` map it to status codes and tones."""

    NORMAL = "normal"
    BUSY = "busy"
    NO_ANSWER = "no answer"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    NOT_FOUND = "not found"
    FORBIDDEN = "forbidden"
    CONGESTION = "congestion"
    ELSEWHERE = "answered elsewhere"
    FAILED = "failed"


class Direction(Enum):
    INCOMING = "incoming"  # the device or line called the box
    OUTGOING = "outgoing"  # the box calls the device or line


@dataclass(frozen=True, slots=True)
class Party:
    """Who is at the far end. At most one of `extension` and `trunk` is set."""

    number: str  # as it would be dialled or shown; "" = withheld or unknown
    name: str = ""
    extension: str | None = None
    trunk: str | None = None
    withheld: bool = False  # `number` is "" because the caller wants it so, as the network says


@dataclass(frozen=True, slots=True)
class StateChanged:
    state: LegState


@dataclass(frozen=True, slots=True)
class Digit:
    """A key, once, whatever brought it (RFC 4733, INFO, in-band, pulse)."""

    digit: str  # 0-9 * # A-D


@dataclass(frozen=True, slots=True)
class KeySound:
    """The sound of a key begins (`on`) or ends in the leg's audio."""

    on: bool


@dataclass(frozen=True, slots=True)
class AudioChanged:
    """`audio` was set, replaced or taken away (hold, resume, codec change)."""


@dataclass(frozen=True, slots=True)
class PeerChanged:
    """The leg now talks to another one, or to nobody: see `Signals.peer`."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Who is heard by a leg besides its peer: a listener who speaks. `privately`: not by the peer."""

    leg: "Leg"
    privately: bool


@dataclass(frozen=True, slots=True)
class BesideChanged:
    """Somebody is heard besides the peer, or no longer: see `Signals.beside`."""


@dataclass(frozen=True, slots=True)
class CompanyChanged:
    """More than two talk with each other now, or no longer do: see `Signals.in_company`."""


@dataclass(frozen=True, slots=True)
class SoundsGone:
    """In company: the leg's audio sounds as if its far end had gone, unless that is an echo of somebody else's."""


LegEvent = StateChanged | Digit | KeySound | AudioChanged | PeerChanged | BesideChanged | CompanyChanged | SoundsGone
Watcher = Callable[[LegEvent], None]


@dataclass(slots=True)
class Signals:
    """State of a leg and those who watch it. Owned by the leg; scripts only read and watch."""

    state: LegState = LegState.NEW
    cause: Cause | None = None
    held_by_far_end: bool = False
    moved_to: str = ""  # the number that the device wants the call to go to instead (302)
    peer: "Leg | None" = None  # whom the leg talks to now, itself in no menu, mailbox or room
    beside: Beside | None = None
    in_company: bool = False  # with more than one other: a busy tone may be anybody's, so it ends nothing (H7)
    consulting: bool = False  # one of two calls of a telephone that asks in one about the other, or has joined them
    tone_s: float = 0.0  # at the end of its audio, of a tone by which the network said that the far end has gone
    _watchers: list[Watcher] = field(default_factory=list)
    _hash_until_s: float = 0.0  # on the loop's clock

    @property
    def gone(self) -> bool:
        return self.state is LegState.GONE

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with each event, on the loop, in order. Returns the call that ends it (may be repeated)."""
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def post(self, event: LegEvent) -> None:
        """For the leg itself: tell the watchers."""
        if isinstance(event, Digit) and self._ends_number(event.digit):
            return
        for watcher in tuple(self._watchers):
            watcher(event)

    def move(self, state: LegState, cause: Cause | None = None) -> None:
        """For the leg itself: enter a state. Moves back, and out of GONE, are ignored."""
        if _ORDER.index(state) <= _ORDER.index(self.state):
            return
        self.state, self.cause = state, cause
        self.post(StateChanged(state))

    def number_taken(self, hash_within_s: float) -> None:
        """For whoever took a number that was complete without `#`: one that comes next and in time belongs to it.

        The user guide prints codes with `#`; it is not to be taken as an answer to what the code asks, nor as a code.
        """
        self._hash_until_s = asyncio.get_running_loop().time() + hash_within_s

    def _ends_number(self, digit: str) -> bool:
        until_s, self._hash_until_s = self._hash_until_s, 0.0
        return digit == "#" and until_s > asyncio.get_running_loop().time()

    def talk_to(self, peer: "Leg | None") -> None:
        """For whoever connects the leg to another one, or takes the two apart."""
        if peer is not self.peer:
            self.peer = peer
            self.post(PeerChanged())

    def hear_beside(self, who: Beside | None) -> None:
        """For whoever lets the leg hear another one besides its peer."""
        if who != self.beside:
            self.beside = who
            self.post(BesideChanged())

    def keep_company(self, on: bool) -> None:
        """For whoever connects the leg to several others, or no longer does."""
        if on is not self.in_company:
            self.in_company = on
            self.post(CompanyChanged())

    async def until(self, *states: LegState) -> LegState:
        """Wait for one of the states; GONE always ends the wait."""
        if self.state in states or self.gone:
            return self.state
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def watcher(event: LegEvent) -> None:
            if isinstance(event, StateChanged) and (self.state in states or self.gone) and not arrived.done():
                arrived.set_result(None)

        stop = self.watch(watcher)
        try:
            await arrived
        finally:
            stop()
        return self.state


class Leg(Protocol):
    """See the module. `id` is unique while the core runs and stands in every log line of the leg."""

    @property
    def id(self) -> str: ...
    @property
    def direction(self) -> Direction: ...
    @property
    def party(self) -> Party: ...
    @property
    def dialled(self) -> str:
        """Incoming: the number that the far end called. Outgoing: the number that the box called."""

    @property
    def signals(self) -> Signals: ...
    @property
    def slot(self) -> int | None:
        """Conference slot of the leg's audio, None while no audio flows."""

    @property
    def keys_in_audio(self) -> bool:
        """The far end's keys are heard in its audio (analog, or SIP without RFC 4733)."""

    @property
    def takes_key_events(self) -> bool:
        """`send_digits` goes out of band (RFC 4733), so keys need not be heard in the audio sent."""

    @property
    def answer_assumed(self) -> bool:
        """The line cannot tell an answer, so UP means only that the number was dialled (product.md 8.3)."""

    def ringing(self) -> None:
        """Incoming: tell the caller that it rings (180, or ringback tone from the box)."""

    def early(self) -> None:
        """Incoming: open audio before the answer (183)."""

    def answer(self) -> None: ...
    def hang_up(self, cause: Cause = Cause.NORMAL) -> None: ...
    def send_digits(self, digits: str) -> None:
        """Send keys to the far end by the means that the leg has negotiated."""

    def show(self, party: Party) -> None:
        """Show this party on the far end's display, where it can; `party` stays who the far end is."""
