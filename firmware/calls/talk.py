"""Two legs in a conversation: audio both ways, keys carried over, music for the one who is put on hold.

Not here: codes in a call (features); those watch the same legs.
"""

import asyncio
from collections.abc import Callable

from firmware.calls.leg import AudioChanged, Digit, KeySound, Leg, LegEvent, LegState, StateChanged
from firmware.media import Media


class _Half:
    """One direction: what `speaker` says goes to `hearer`."""

    def __init__(self, media: Media, speaker: Leg, hearer: Leg, music: int) -> None:
        self._media, self._speaker, self._hearer, self._music = media, speaker, hearer, music
        self._wire: tuple[int, int] | None = None
        self._muted = False

    def refresh(self) -> None:
        """Connect what should be heard now: the speaker, or music while the speaker has put the hearer on hold."""
        source = self._music if self._speaker.signals.held_by_far_end else self._speaker.slot
        sink = self._hearer.slot
        wire = None if source is None or sink is None or self._muted else (source, sink)
        if wire != self._wire:
            self.cut()
            if wire is not None:
                self._media.connect(*wire)
            self._wire = wire

    def cut(self) -> None:
        """Disconnect, unless a leg has gone: its slot left the bridge with it and may be someone else's now."""
        if self._wire is not None and not self._speaker.signals.gone and not self._hearer.signals.gone:
            self._media.disconnect(*self._wire)
        self._wire = None

    def on_event(self, event: LegEvent) -> None:
        """An event of the speaker."""
        match event:
            case Digit(digit) if self._hearer.takes_key_events or not self._speaker.keys_in_audio:
                self._hearer.send_digit(digit)
            case KeySound(on) if self._hearer.takes_key_events:  # it gets the key as an event, not twice
                self._muted = on
                self.refresh()
            case AudioChanged():
                self.refresh()


async def talk(media: Media, a: Leg, b: Leg, music: int) -> Leg:
    """Connect `a` and `b` until one hangs up; returns the one that did. Cancelled, it leaves both legs apart."""
    over: asyncio.Future[Leg] = asyncio.get_running_loop().create_future()
    halves = {a.id: _Half(media, a, b, music), b.id: _Half(media, b, a, music)}

    def watcher(leg: Leg) -> Callable[[LegEvent], None]:
        def on_event(event: LegEvent) -> None:
            if isinstance(event, StateChanged) and event.state is LegState.GONE and not over.done():
                over.set_result(leg)
            halves[leg.id].on_event(event)
            if isinstance(event, AudioChanged):
                halves[b.id if leg is a else a.id].refresh()

        return on_event

    stops = [leg.signals.watch(watcher(leg)) for leg in (a, b)]
    try:
        for leg in (a, b):
            if leg.signals.gone:
                return leg
            halves[leg.id].refresh()
        return await over
    finally:
        for stop in stops:
            stop()
        for half in halves.values():
            half.cut()
