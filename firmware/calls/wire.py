"""A connection in the bridge that does not outlive its legs.

The slot of an analog line stays in the bridge when its leg has gone: a wire that were left would let the next caller
hear the last one. So wires are cut in the very event in which a leg goes, before a slot can become someone else's.
"""

from firmware.calls.leg import Leg, LegEvent, LegState, StateChanged
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
