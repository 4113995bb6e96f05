"""Two legs in a conversation: audio both ways, keys carried over or taken as codes, music for the one on hold.

It ends when a leg goes, when a code is pressed, or when somebody else asks for one of the legs; what then happens is
for the owner of the legs to decide.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from firmware.calls.call import Call
from firmware.calls.leg import AudioChanged, Digit, KeySound, Leg, LegEvent, LegState, StateChanged
from firmware.calls.wire import Wire
from firmware.media import Media
from firmware.telephony.incall import GAP_S, NO_KEYS, ArmGap, KeyTable, Matched, Pass, gap, press


@dataclass(frozen=True, slots=True)
class Gone:
    """This leg has hung up."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class Pressed:
    """This leg has pressed the code of this id."""

    leg: Leg
    id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`Call.ask` was called; the request is the owner's to carry out."""


Ended = Gone | Pressed | Asked


class _Half:
    """One direction: what `speaker` says goes to `hearer`."""

    def __init__(
        self, media: Media, speaker: Leg, hearer: Leg, music: int, table: KeyTable,
        pressed: Callable[[Pressed], None],
    ) -> None:  # fmt: skip
        self._media, self._speaker, self._hearer, self._music = media, speaker, hearer, music
        self._table, self._pressed = table, pressed
        self._wire: Wire | None = None
        self._muted = False
        self._held_keys = ""
        self._gap: asyncio.TimerHandle | None = None

    def refresh(self) -> None:
        """Connect what should be heard now: the speaker, or music while the speaker has put the hearer on hold."""
        source = self._music if self._speaker.signals.held_by_far_end else self._speaker.slot
        sink = self._hearer.slot
        ends = None if source is None or sink is None or self._muted else (source, sink)
        if ends == (self._wire.ends if self._wire is not None else None):
            return
        self._cut()
        if ends is not None and not (self._speaker.signals.gone or self._hearer.signals.gone):
            self._wire = Wire(self._media, *ends, self._speaker, self._hearer)

    def _cut(self) -> None:
        if self._wire is not None:
            self._wire.cut()
            self._wire = None

    def close(self) -> None:
        self._cut()
        if self._gap is not None:
            self._gap.cancel()

    @property
    def _regenerates(self) -> bool:
        """Keys are taken out of the audio and sent anew: they may be a code, or travel as events."""
        return bool(self._table.ids) or self._hearer.takes_key_events

    def on_event(self, event: LegEvent) -> None:
        """An event of the speaker."""
        match event:
            case Digit(digit):
                self._held_keys, actions = press(self._held_keys, digit, self._table)
                for action in actions:
                    self._act(action)
            case KeySound(on) if self._regenerates:
                self._muted = on
                self.refresh()
            case AudioChanged():
                self.refresh()

    def _act(self, action: Matched | Pass | ArmGap) -> None:
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None
        match action:
            case Matched(id_):
                self._pressed(Pressed(self._speaker, id_))
            case Pass(keys) if self._regenerates or not self._speaker.keys_in_audio:
                self._hearer.send_digits(keys)
            case ArmGap():
                self._gap = asyncio.get_running_loop().call_later(GAP_S, self._on_gap)

    def _on_gap(self) -> None:
        held, self._held_keys = self._held_keys, ""
        for action in gap(held, self._table):
            self._act(action)


async def talk(
    media: Media, a: Leg, b: Leg, music: int, *, keys: Callable[[Leg], KeyTable] = lambda _leg: NO_KEYS,
    call: Call | None = None,
) -> Ended:  # fmt: skip
    """Connect `a` and `b` until the conversation ends, see the module.

    `keys`: which codes a leg may press (N8). `call`: what it is asked ends the conversation.

    Cancelled, it leaves both legs apart and alive.
    """
    loop = asyncio.get_running_loop()
    over: asyncio.Future[Ended] = loop.create_future()

    def end(how: Ended) -> None:
        if not over.done():
            over.set_result(how)

    halves = (
        (a, _Half(media, a, b, music, keys(a), end)),
        (b, _Half(media, b, a, music, keys(b), end)),
    )

    def watcher(leg: Leg, own: _Half, other: _Half) -> Callable[[LegEvent], None]:
        def on_event(event: LegEvent) -> None:
            if isinstance(event, StateChanged) and event.state is LegState.GONE:
                end(Gone(leg))
            own.on_event(event)
            if isinstance(event, AudioChanged):
                other.refresh()

        return on_event

    stops = [a.signals.watch(watcher(a, halves[0][1], halves[1][1]))]
    stops.append(b.signals.watch(watcher(b, halves[1][1], halves[0][1])))
    if call is not None:
        call.on_asked = lambda: loop.call_soon(end, Asked())  # a leg that goes in the same moment comes first
    try:
        if call is not None and call.requests:
            return Asked()
        for leg, half in halves:
            if leg.signals.gone:
                return Gone(leg)
            half.refresh()
        a.signals.talk_to(b)
        b.signals.talk_to(a)
        return await over
    finally:
        for leg in (a, b):
            leg.signals.talk_to(None)
        if call is not None:
            call.on_asked = None
        for stop in stops:
            stop()
        for _leg, half in halves:
            half.close()
