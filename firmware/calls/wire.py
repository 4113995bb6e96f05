"""Connections in the bridge that do not outlive their legs.

The slot of an analog line stays in the bridge when its leg has gone: a wire that were left would let the next caller
hear the last one. So wires are cut in the very event in which a leg goes, before a slot can become someone else's.
"""

from collections.abc import Callable

from firmware.calls.leg import AudioChanged, Leg, LegEvent, LegState, StateChanged
from firmware.media import Media


class Wire:
    """`sink` hears `source` until `cut`, or until one of `legs` has gone. Also a context manager."""

    def __init__(self, media: Media, source: int, sink: int, *legs: Leg) -> None:
        self.ends = (source, sink)
        self._media, self._whole = media, True
        self._stops = [leg.signals.watch(self._on_event) for leg in legs]
        media.connect(source, sink)

    def _on_event(self, event: LegEvent) -> None:
        if isinstance(event, StateChanged) and event.state is LegState.GONE:
            self.cut()

    def cut(self) -> None:
        """Disconnect; may be called more than once."""
        if self._whole:
            self._whole = False
            for stop in self._stops:
                stop()
            self._media.disconnect(*self.ends)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()


class Hearing:
    """`hearer` hears `speaker`, whatever slots the two get, until `close`. Also a context manager."""

    def __init__(
        self, media: Media, speaker: Leg, hearer: Leg, audible: Callable[[], bool] = lambda: True
    ) -> None:  # fmt: skip
        """`audible` is asked with each change of audio, and on `refresh`: whether anything is heard now."""
        self._media, self._speaker, self._hearer, self._audible = media, speaker, hearer, audible
        self._wire: Wire | None = None
        self._stops = [leg.signals.watch(self._on_event) for leg in (speaker, hearer)]
        self.refresh()

    def _on_event(self, event: LegEvent) -> None:
        if isinstance(event, AudioChanged):
            self.refresh()

    def refresh(self) -> None:
        source, sink = self._speaker.slot, self._hearer.slot
        gone = self._speaker.signals.gone or self._hearer.signals.gone
        ends = None if source is None or sink is None or gone or not self._audible() else (source, sink)
        if ends == (self._wire.ends if self._wire is not None else None):
            return
        self._cut()
        if ends is not None:
            self._wire = Wire(self._media, *ends, self._speaker, self._hearer)

    def _cut(self) -> None:
        if self._wire is not None:
            self._wire.cut()
            self._wire = None

    def close(self) -> None:
        for stop in self._stops:
            stop()
        self._cut()

    def __enter__(self) -> "Hearing":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Feed:
    """`hearer` hears what `slot` says, such as the music on hold, whatever slots it gets, until `close`."""

    def __init__(self, media: Media, slot: int, hearer: Leg) -> None:
        self._media, self._slot, self._hearer = media, slot, hearer
        self._wire: Wire | None = None
        self._stop = hearer.signals.watch(self._on_event)
        self._refresh()

    def _on_event(self, event: LegEvent) -> None:
        if isinstance(event, AudioChanged):
            self._refresh()

    def _refresh(self) -> None:
        sink = self._hearer.slot if not self._hearer.signals.gone else None
        if sink == (self._wire.ends[1] if self._wire is not None else None):
            return
        self._cut()
        if sink is not None:
            self._wire = Wire(self._media, self._slot, sink, self._hearer)

    def _cut(self) -> None:
        if self._wire is not None:
            self._wire.cut()
            self._wire = None

    def close(self) -> None:
        self._stop()
        self._cut()

    def __enter__(self) -> "Feed":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
