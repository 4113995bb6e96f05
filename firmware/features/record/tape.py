"""The recording of one call: one file, into which both parties go while it runs and they talk.

Stopped and started again it goes on in the same file; hold and parking are left out. Not responsible for when it runs
(`script.py`) and for where files lie (`calls.recording`).
"""

from firmware.calls.leg import AudioChanged, Leg, LegEvent
from firmware.calls.recording import Opened
from firmware.calls.wire import Hearing
from firmware.media import Media


class Tape:
    """`owner`: the extension by whose wish it runs; None: it stands. `told`: legs that know of it."""

    def __init__(self, media: Media, opened: Opened) -> None:
        self.opened = opened
        self.owner: str | None = None
        self.by_rule = False
        self.told: set[str] = set()
        self._media = media

    def run(self, owner: str, *, by_rule: bool = False) -> None:
        self.owner, self.by_rule = owner, by_rule

    def stop(self) -> None:
        self.owner, self.by_rule = None, False

    def hear(self, *legs: Leg) -> "Both":
        """Record what these legs say while the block runs."""
        return Both(self._media, self.opened.recorder.slot, legs)


class Both:
    """The legs' way into the recorder, as long as none of them is on hold. A context manager."""

    def __init__(self, media: Media, sink: int, legs: tuple[Leg, ...]) -> None:
        self._media, self._sink, self._legs = media, sink, legs
        self._hearings: list[Hearing] = []

    def _audible(self) -> bool:
        return not any(leg.signals.held_by_far_end for leg in self._legs)

    def _on_event(self, event: LegEvent) -> None:
        if isinstance(event, AudioChanged):
            for hearing in self._hearings:
                hearing.refresh()

    def __enter__(self) -> "Both":
        self._hearings = [Hearing(self._media, leg, self._sink, self._audible) for leg in self._legs]
        self._stops = [leg.signals.watch(self._on_event) for leg in self._legs]
        return self

    def __exit__(self, *_: object) -> None:
        for stop in self._stops:
            stop()
        for hearing in self._hearings:
            hearing.close()
