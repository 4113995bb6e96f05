"""What the box itself lets an off-hook telephone hear: tones, keys, and the signals of a forgotten handset (H8).

Not responsible for the far end's voice (calls connect it) nor for call waiting, which sounds beside all this.
"""

from collections.abc import Mapping

from firmware.calls.tones import keys_tone
from firmware.lines.timer import Timer
from firmware.media import Media, Source
from firmware.telephony.country import Tone

BUSY_S, HOWLER_S = 30.0, 60.0  # H8: then the howler, then silence until the handset is back


class Earpiece:
    """One sound at a time, on the line's slot."""

    def __init__(self, media: Media, slot: int, tones: Mapping[str, Tone]) -> None:
        self._media, self._slot, self._tones = media, slot, tones
        self._sound: Source | None = None
        self._timer = Timer(lambda: self._forgotten())
        self._howls = False

    def sound(self, name: str) -> None:
        """Play a tone of the country in place of what sounds."""
        self._play(self._tones[name])

    def keys(self, digits: str) -> None:
        self._play(keys_tone(digits))

    def no_call(self, tone: str, *, howl: bool) -> None:
        """Say by `tone` why there is no call; later, if `howl`, that the handset lies beside the telephone."""
        self.sound(tone)
        self._howls = howl
        self._timer.start(BUSY_S)

    def hush(self) -> None:
        self._timer.stop()
        if self._sound is not None:
            self._sound.close()
            self._sound = None

    def _play(self, tone: Tone) -> None:
        self.hush()
        self._sound = self._media.tone(tone)
        self._media.connect(self._sound.slot, self._slot)

    def _forgotten(self) -> None:
        howls, self._howls = self._howls, False
        if howls:
            self.sound("howler")
            self._timer.start(HOWLER_S)
        else:
            self.hush()


async def sound_to_end(media: Media, slot: int, sound: Source) -> None:
    """Let the line hear a sound to its end."""
    try:
        media.connect(sound.slot, slot)
        await sound.done
    finally:
        sound.close()
