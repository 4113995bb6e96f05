"""What one of several says to the others: directly, or through a noise gate, which spares them what is no speech.

Not responsible for who the others are: `mix`.
"""

from firmware.calls.leg import Leg
from firmware.calls.wire import End, Hearing
from firmware.media import Gate, Media


class Voice:
    """Heard by those who were added, unless it is muted or its leg has put the box on hold."""

    def __init__(self, media: Media, leg: Leg) -> None:
        self.leg, self._media = leg, media
        self._muted = False
        self._hearers: dict[str, End] = {}
        self._hearings: dict[str, Hearing] = {}
        self._gate: Gate | None = None
        self._into_gate: Hearing | None = None

    def _audible(self) -> bool:
        return not self._muted and not self.leg.signals.held_by_far_end

    def add(self, name: str, hearer: End) -> None:
        """Let `hearer` hear it, if it does not yet; `name` tells hearers apart."""
        if name not in self._hearers:
            self._hearers[name] = hearer
            self._hearings[name] = self._hearing(hearer)

    def remove(self, name: str) -> None:
        """May be called more than once."""
        if self._hearers.pop(name, None) is not None:
            self._hearings.pop(name).close()

    def mute(self, on: bool) -> None:
        self._muted = on
        for hearing in (*self._hearings.values(), self._into_gate):
            if hearing is not None:
                hearing.refresh()

    def gate(self, on: bool) -> None:
        """Put the noise gate in between, or take it out."""
        if on is (self._gate is not None):
            return
        self._disconnect()
        if on:
            self._gate = self._media.gate()
            self._into_gate = Hearing(self._media, self.leg, self._gate.slot, self._audible)
        self._hearings = {name: self._hearing(hearer) for name, hearer in self._hearers.items()}

    def _hearing(self, hearer: End) -> Hearing:
        if self._gate is not None:
            return Hearing(self._media, self._gate.slot, hearer)
        return Hearing(self._media, self.leg, hearer, self._audible)

    def _disconnect(self) -> None:
        for hearing in self._hearings.values():
            hearing.close()
        if self._gate is not None and self._into_gate is not None:
            self._into_gate.close()
            self._gate.close()
            self._gate = self._into_gate = None

    def close(self) -> None:
        self._disconnect()
        self._hearers.clear()
        self._hearings.clear()
