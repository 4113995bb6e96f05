"""Call waiting (H6): beeps during a call, and the new caller on the display of a telephone that asks for it (type 2).

With the first beep comes the tone that wakes a display (CAS); a telephone that has one answers with a key, then the
caller's number follows. Meanwhile the two who talk do not hear each other. Not responsible for taking the call.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from firmware.calls.leg import LegState, Party
from firmware.clock import Clock
from firmware.lines.earpiece import sound_to_end
from firmware.lines.telephone_leg import TelephoneLeg
from firmware.lines.work import Work
from firmware.media import Media
from firmware.telephony.callerid import waiting_caller_bits
from firmware.telephony.country import Country, Tone, ToneSegment

BEEPS, EVERY_S = 3, 10.0  # H6
CAS = Tone("cas", (ToneSegment((2130.0, 2750.0), 80, 0),), False, -16.0)  # GR-30-CORE section 3.2; EN 300 659-2
ACK_S = 0.5  # Asterisk's CIDCW_EXPIRE_SAMPLES: the key may take its time through the sound card
ACK_GAP_S = 0.1  # EN 300 659-2: 50 to 500 ms from the key's end to the message; a key of 65 ms is heard after 40
ACKS = ("D", "A")  # GR-30-CORE: D; some telephones send A, which Asterisk takes too


class CallWaiting:
    """One for each telephone."""

    def __init__(self, name: str, media: Media, slot: int, country: Country, clock: Clock) -> None:
        self._media, self._slot, self._country, self._clock = media, slot, country, clock
        self._work = Work(f"{name} call waiting")
        self._muted: TelephoneLeg | None = None
        self._ack: asyncio.Future[None] | None = None

    def start(self, waiting: TelephoneLeg, talking: TelephoneLeg | None) -> None:
        """Let `waiting` ring by beeps, its caller on the display, in the conversation of `talking`."""
        self._work.start(self._announce(waiting, talking))

    def stop(self) -> None:
        self._work.stop()
        self._unmute()

    def takes(self, key: str) -> bool:
        """The key is a display's answer, not one that somebody pressed."""
        if self._ack is None or self._ack.done() or key not in ACKS:
            return False
        self._ack.set_result(None)
        return True

    async def _announce(self, waiting: TelephoneLeg, talking: TelephoneLeg | None) -> None:
        waiting.signals.move(LegState.RINGING)
        for beep in range(BEEPS):
            if beep:
                await asyncio.sleep(EVERY_S)
            await sound_to_end(self._media, self._slot, self._media.tone(self._country.tones["call_waiting"]))
            if not beep and talking is not None and talking.signals.peer is not None:
                with self._mute(talking):
                    await self._show(waiting.caller)

    async def _show(self, caller: Party) -> None:
        self._ack = asyncio.get_running_loop().create_future()
        await sound_to_end(self._media, self._slot, self._media.tone(CAS))
        await asyncio.wait((self._ack,), timeout=ACK_S)
        if self._ack.done():
            await asyncio.sleep(ACK_GAP_S)
            standard = self._country.caller_id.standard
            bits = waiting_caller_bits(caller.number, caller.name, self._clock.now(), standard)
            await sound_to_end(self._media, self._slot, self._media.fsk(bits, standard))

    @contextmanager
    def _mute(self, leg: TelephoneLeg) -> Iterator[None]:
        self._muted = leg
        leg.mute(True)
        try:
            yield
        finally:
            if self._muted is leg:
                self._unmute()

    def _unmute(self) -> None:
        muted, self._muted, self._ack = self._muted, None, None
        if muted is not None:
            muted.mute(False)
