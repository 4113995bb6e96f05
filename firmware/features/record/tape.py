"""The recording of one call: one file, into which both parties go while it runs and they talk.

Stopped and started again it goes on in the same file; hold and parking are left out. Not responsible for when it runs
(`script.py`) and for where files lie (`files.py`).
"""

from pathlib import Path

from firmware.calls.leg import AudioChanged, Leg, LegEvent
from firmware.calls.wire import Wire
from firmware.media import Media


class Tape:
    """`owner`: the extension by whose wish it runs; None: it stands. `told`: legs that know of it."""

    def __init__(self, media: Media, file: Path, part: Path) -> None:
        self.file, self.part = file, part
        self.owner: str | None = None
        self.by_rule = False
        self.told: set[str] = set()
        self._media = media
        self.recorder = media.recorder(part)

    def run(self, owner: str, *, by_rule: bool = False) -> None:
        self.owner, self.by_rule = owner, by_rule

    def stop(self) -> None:
        self.owner, self.by_rule = None, False

    def hear(self, *legs: Leg) -> "Both":
        """Record what these legs say while the block runs."""
        return Both(self._media, self.recorder.slot, legs)


class Both:
    """The legs' way into the recorder, as long as none of them is on hold. A context manager."""

    def __init__(self, media: Media, sink: int, legs: tuple[Leg, ...]) -> None:
        self._media, self._sink, self._legs = media, sink, legs
        self._wires: dict[str, Wire] = {}

    def _on_event(self, event: LegEvent) -> None:
        if isinstance(event, AudioChanged):
            self._refresh()

    def _refresh(self) -> None:
        held = any(leg.signals.held_by_far_end for leg in self._legs)
        for leg in self._legs:
            wire = self._wires.get(leg.id)
            if wire is not None and (held or wire.ends[0] != leg.slot):
                self._wires.pop(leg.id).cut()
            if leg.id not in self._wires and leg.slot is not None and not held and not leg.signals.gone:
                self._wires[leg.id] = Wire(self._media, leg.slot, self._sink, leg)

    def __enter__(self) -> "Both":
        self._stops = [leg.signals.watch(self._on_event) for leg in self._legs]
        self._refresh()
        return self

    def __exit__(self, *_: object) -> None:
        for stop in self._stops:
            stop()
        for wire in self._wires.values():
            wire.cut()
        self._wires.clear()
