"""Several legs that hear each other: conference rooms, three at one call. Wires in the bridge; samples stay in C.

Not responsible for who may come in, nor for the legs themselves: a leg that goes is to be removed by its owner.
"""

from firmware.calls.leg import Leg
from firmware.calls.wire import Feed, Hearing
from firmware.media import Media
from firmware.telephony.country import Tone


class Mix:
    """Everyone hears all others, but those who are muted or have put the box on hold. Who is alone hears music."""

    def __init__(self, media: Media, music: int) -> None:
        self._media, self._music = media, music
        self._legs: list[Leg] = []
        self._muted: set[str] = set()  # ids of legs
        self._hearings: dict[tuple[str, str], Hearing] = {}  # by speaker and hearer
        self._alone: Feed | None = None

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(self._legs)

    def add(self, leg: Leg) -> None:
        for other in self._legs:
            for speaker, hearer in ((leg, other), (other, leg)):
                self._hearings[speaker.id, hearer.id] = self._hearing(speaker, hearer)
        self._legs.append(leg)
        self._refresh_music()

    def _hearing(self, speaker: Leg, hearer: Leg) -> Hearing:
        def audible() -> bool:
            return speaker.id not in self._muted and not speaker.signals.held_by_far_end

        return Hearing(self._media, speaker, hearer, audible)

    def remove(self, leg: Leg) -> None:
        """May be called more than once."""
        if leg in self._legs:
            self._legs.remove(leg)
            self._muted.discard(leg.id)
            for pair in [pair for pair in self._hearings if leg.id in pair]:
                self._hearings.pop(pair).close()
            self._refresh_music()

    def mute(self, leg: Leg, on: bool) -> None:
        """The leg is not heard any more, or again; it goes on hearing the others."""
        (self._muted.add if on else self._muted.discard)(leg.id)
        for (speaker, _hearer), hearing in self._hearings.items():
            if speaker == leg.id:
                hearing.refresh()

    def _refresh_music(self) -> None:
        if self._alone is not None:
            self._alone.close()
            self._alone = None
        if len(self._legs) == 1:
            self._alone = Feed(self._media, self._music, self._legs[0])

    def sound(self, tone: Tone) -> None:
        """Everyone who is there now hears the tone, which ends by itself."""
        if not self._legs:
            return
        source = self._media.tone(tone)
        feeds = [Feed(self._media, source.slot, leg) for leg in self._legs]

        def ended(_done: object) -> None:
            for feed in feeds:
                feed.close()
            source.close()

        source.done.add_done_callback(ended)
