"""The recording of one call: one file, into which both parties go while it runs and they talk.

Stopped and started again it goes on in the same file; hold and parking are left out. Not responsible for when it runs
(`script.py`) and for where files lie (`calls.recording`).
"""

from collections.abc import Callable

from firmware.calls.leg import AudioChanged, Beside, BesideChanged, Leg, LegEvent
from firmware.calls.recording import Opened
from firmware.calls.wire import Hearing
from firmware.media import Media

Joins = Callable[[Beside, Callable[[], None]], bool]
"""Whether who is heard besides the two is recorded too. It is asked anew when the second argument is called."""


class Tape:
    """`owner`: the extension by whose wish it runs; None: it stands. `told`: legs that know of it."""

    def __init__(self, media: Media, opened: Opened) -> None:
        self.opened = opened
        self.owner: str | None = None
        self.by_rule = False
        self.told: set[str] = set()
        self.telling: set[str] = set()
        self._media = media

    def run(self, owner: str, *, by_rule: bool = False) -> None:
        self.owner, self.by_rule = owner, by_rule

    def stop(self) -> None:
        self.owner, self.by_rule = None, False

    def hear(self, *legs: Leg, joins: Joins) -> "Both":
        """Record what these legs say while the block runs, and those who join them."""
        return Both(self._media, self.opened.recorder.slot, legs, joins)


class Both:
    """The legs' way into the recorder, as long as none of them is on hold. A context manager."""

    def __init__(self, media: Media, sink: int, legs: tuple[Leg, ...], joins: Joins) -> None:
        self._media, self._sink, self._legs, self._joins = media, sink, legs, joins
        self._hearings: list[Hearing] = []
        self._joined: dict[Leg, Hearing] = {}

    def _audible(self) -> bool:
        return not any(leg.signals.held_by_far_end for leg in self._legs)

    def _on_event(self, event: LegEvent) -> None:
        match event:
            case AudioChanged():
                for hearing in (*self._hearings, *self._joined.values()):
                    hearing.refresh()
            case BesideChanged():
                self._join()

    def _join(self) -> None:
        """Those who are heard besides the two come and go."""
        there = (leg.signals.beside for leg in self._legs) if self._hearings else ()
        now = {one.leg for one in there if one is not None and self._joins(one, self._join)}
        for left in self._joined.keys() - now:
            self._joined.pop(left).close()
        for new in now - self._joined.keys():
            self._joined[new] = Hearing(self._media, new, self._sink, self._audible)

    def __enter__(self) -> "Both":
        self._hearings = [Hearing(self._media, leg, self._sink, self._audible) for leg in self._legs]
        self._stops = [leg.signals.watch(self._on_event) for leg in self._legs]
        self._join()
        return self

    def __exit__(self, *_: object) -> None:
        for stop in self._stops:
            stop()
        for hearing in self._hearings:
            hearing.close()
        self._hearings = []
        self._join()
