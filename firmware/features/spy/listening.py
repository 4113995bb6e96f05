"""One listener on one target: who hears whom in the bridge, whatever the target's call does.

The target is followed, not the one it talks to. The listener hears both, the other one only while nobody is on hold;
it is heard by the target when it whispers, by both when it barges. Not responsible for who may (`rules.py`).
"""

import asyncio
from collections.abc import Callable, Collection

from firmware.calls.leg import AudioChanged, Beside, Digit, KeySound, Leg, LegEvent, PeerChanged
from firmware.calls.wire import Hearing
from firmware.features.spy.rules import MODE_OF_KEY, Mode
from firmware.media import Media
from firmware.telephony.country import Tone, ToneSegment

BEEP_S = 15.0
BEEP = Tone("monitoring", (ToneSegment((1400.0,), 200, 0),), repeat=False)  # 47 CFR 64.501 (e)


class Listening:
    """The wires of one listener. Also a context manager."""

    def __init__(
        self, media: Media, spy: Leg, target: Leg, mode: Mode, allowed: Collection[Mode],
        switched: Callable[[Mode], None],
    ) -> None:  # fmt: skip
        """`allowed`: what the keys 4, 5, 6 may switch to; `switched` is told."""
        self._media, self._spy, self._target, self._allowed = media, spy, target, allowed
        self.mode, self._switched = mode, switched
        self._key_sounds = False
        self._with_target = (Hearing(media, target, spy), Hearing(media, spy, target, self._whispers))
        self._with_peer: tuple[Hearing, ...] = ()
        self._stops = [spy.signals.watch(self._on_spy), target.signals.watch(self._on_target)]
        self._follow()

    def _on_spy(self, event: LegEvent) -> None:
        match event:
            case Digit(digit) if digit in MODE_OF_KEY and MODE_OF_KEY[digit] in self._allowed:
                self.mode = MODE_OF_KEY[digit]
                self._switched(self.mode)
                self._refresh()
            case KeySound(on):  # the target is not to hear which key was pressed
                self._key_sounds = on
                self._refresh()

    def _on_target(self, event: LegEvent) -> None:
        match event:
            case PeerChanged():
                self._follow()
            case AudioChanged():
                self._refresh()

    def _follow(self) -> None:
        """The target talks to somebody else now, or to nobody."""
        self._leave_peer()
        peer = self._target.signals.peer
        if peer is not None:
            to_peer = Hearing(self._media, self._spy, peer, self._barges)
            self._with_peer = (Hearing(self._media, peer, self._spy, self._peer_is_there), to_peer)
        self._show()

    def _leave_peer(self) -> None:
        for hearing in self._with_peer:
            hearing.close()
        self._with_peer = ()

    def _refresh(self) -> None:
        for hearing in (*self._with_target, *self._with_peer):
            hearing.refresh()
        self._show()

    def _show(self) -> None:
        """Let others know whom the target hears, such as those who record it."""
        speaks = Beside(self._spy, privately=self.mode is Mode.WHISPER) if self._whispers() else None
        self._target.signals.hear_beside(speaks)

    def _whispers(self) -> bool:
        return self.mode is not Mode.LISTEN and not self._key_sounds

    def _barges(self) -> bool:
        return self.mode is Mode.BARGE and not self._key_sounds and self._peer_is_there()

    def _peer_is_there(self) -> bool:
        peer = self._target.signals.peer
        return not self._target.signals.held_by_far_end and peer is not None and not peer.signals.held_by_far_end

    async def beep(self) -> None:
        """Let target and peer know, for ever: to be cancelled."""
        while True:
            await asyncio.sleep(BEEP_S)
            sound = self._media.tone(BEEP)
            try:
                for leg in (self._target, self._target.signals.peer):
                    if leg is not None and leg.slot is not None:
                        self._media.connect(sound.slot, leg.slot)
                await sound.done
            finally:
                sound.close()

    def close(self) -> None:
        for stop in self._stops:
            stop()
        self._leave_peer()
        for hearing in self._with_target:
            hearing.close()
        self._target.signals.hear_beside(None)

    def __enter__(self) -> "Listening":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
