"""Connections in the bridge that do not outlive their legs.

The slot of an analog line stays in the bridge when its leg has gone: a wire that were left would let the next caller
hear the last one. So wires are cut in the very event in which a leg goes, before a slot can become someone else's.
"""

from collections.abc import Callable

from firmware.calls.leg import AudioChanged, Leg, LegEvent, LegState, StateChanged
from firmware.media import Media

End = Leg | int
"""A leg, whatever slot it gets, or a slot of the bridge: music on hold, a recorder."""


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
    """`hearer` hears `speaker` until `close`. Also a context manager."""

    def __init__(
        self, media: Media, speaker: End, hearer: End, audible: Callable[[], bool] = lambda: True
    ) -> None:  # fmt: skip
        """`audible` is asked with each change of audio, and on `refresh`: whether anything is heard now."""
        self._media, self._speaker, self._hearer, self._audible = media, speaker, hearer, audible
        self._wire: Wire | None = None
        self._legs = tuple(end for end in (speaker, hearer) if not isinstance(end, int))
        self._stops = [leg.signals.watch(self._on_event) for leg in self._legs]
        self.refresh()

    def _on_event(self, event: LegEvent) -> None:
        if isinstance(event, AudioChanged):
            self.refresh()

    def refresh(self) -> None:
        source, sink = _slot(self._speaker), _slot(self._hearer)
        gone = any(leg.signals.gone for leg in self._legs)
        ends = None if source is None or sink is None or gone or not self._audible() else (source, sink)
        if ends == (self._wire.ends if self._wire is not None else None):
            return
        self._cut()
        if ends is not None:
            self._wire = Wire(self._media, *ends, *self._legs)

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


def _slot(end: End) -> int | None:
    return end if isinstance(end, int) else end.slot
