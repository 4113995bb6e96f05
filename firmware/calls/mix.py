"""Several legs that hear each other: conference rooms. Wires in the bridge; samples stay in C.

Not responsible for who may come in, nor for the legs themselves: a leg that goes is to be removed by its owner.
"""

from functools import partial

from firmware.calls.doubt import Doubt
from firmware.calls.leg import Leg
from firmware.calls.voice import Voice
from firmware.calls.wire import Hearing
from firmware.media import Media, Source
from firmware.telephony.country import Tone

COMPANY = 3  # so many do not know whose noise and whose busy tone it is
_RECORDER = "recorder"


class Mix:
    """Everyone hears all others, but those who are muted or have put the box on hold. Who is alone hears music."""

    def __init__(self, media: Media, music: int, *, gates: bool = False) -> None:
        """`gates`: once there are three, nobody's noise is heard while they do not speak."""
        self._media, self._music, self.gates = media, music, gates
        self._voices: dict[str, Voice] = {}  # by id of the leg
        self._doubts: dict[str, Doubt] = {}
        self._recorder: int | None = None
        self._alone: Hearing | None = None

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(voice.leg for voice in self._voices.values())

    def add(self, leg: Leg) -> None:
        new = Voice(self._media, leg)
        for id, voice in self._voices.items():
            voice.add(leg.id, leg)
            if not self._doubts[id].is_aside:
                new.add(id, voice.leg)
        self._voices[leg.id] = new
        self._doubts[leg.id] = Doubt(leg, partial(self._aside, leg))
        self._refresh()

    def remove(self, leg: Leg) -> None:
        """May be called more than once."""
        voice = self._voices.pop(leg.id, None)
        if voice is not None:
            self._doubts.pop(leg.id).close()
            voice.close()
            for other in self._voices.values():
                other.remove(leg.id)
            leg.signals.keep_company(False)
            self._refresh()

    def mute(self, leg: Leg, on: bool) -> None:
        """The leg is not heard any more, or again; it goes on hearing the others."""
        if leg.id in self._voices:
            self._voices[leg.id].mute(on)

    def record(self, slot: int | None) -> None:
        """Let this recorder hear everybody, from two on; None: no more."""
        if slot != self._recorder:
            for voice in self._voices.values():
                voice.remove(_RECORDER)
        self._recorder = slot
        self._refresh()

    def _aside(self, leg: Leg, on: bool) -> None:
        """Let the leg hear nobody, or the others again."""
        for id, voice in self._voices.items():
            if id != leg.id and on:
                voice.remove(leg.id)
            elif id != leg.id:
                voice.add(leg.id, leg)
        self._refresh()

    def _refresh(self) -> None:
        """Company, gates, recorder and music are as many as there are now need them."""
        company = len(self._voices) >= COMPANY
        for id, voice in self._voices.items():
            voice.gate(self.gates and company)
            voice.leg.signals.keep_company(company and not self._doubts[id].is_aside)
            if self._recorder is not None and len(self._voices) > 1:
                voice.add(_RECORDER, self._recorder)
            else:
                voice.remove(_RECORDER)
        if self._alone is not None:
            self._alone.close()
            self._alone = None
        if len(self._voices) == 1:
            self._alone = Hearing(self._media, self._music, self.legs[0])

    def sound(self, tone: Tone) -> None:
        """Everyone who is there now hears the tone, which ends by itself."""
        if self._voices:
            let_hear(self._media, self._media.tone(tone), *self.legs)


def let_hear(media: Media, source: Source, *legs: Leg) -> None:
    """These legs hear what ends by itself, whatever becomes of them meanwhile."""
    hearings = [Hearing(media, source.slot, leg) for leg in legs]

    def ended(_done: object) -> None:
        for hearing in hearings:
            hearing.close()
        source.close()

    source.done.add_done_callback(ended)
