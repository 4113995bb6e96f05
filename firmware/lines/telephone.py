"""An analog telephone as legs: lifting it starts one, calling it rings it and shows the caller.

One Telephone for each FXS port, one leg at a time. Not here: hook and ring timing (the port), where a call goes.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress

from firmware.calls.leg import (
    AudioChanged,
    Cause,
    Digit,
    Direction,
    Flash,
    KeySound,
    LegState,
    Party,
    Signals,
)
from firmware.calls.tones import keys_tone
from firmware.clock import Clock
from firmware.lines.port import FirstRingEnded, FxsEvent, FxsPort, HookFlash, OffHook, OnHook, OutOfService, PulseDigit
from firmware.media import Closable, Heard, KeyHeard, KeySounds, ListenFor, Media, Source
from firmware.telephony.callerid import caller_id_bits
from firmware.telephony.country import Country, Tone

BUSY_S = 30.0  # H8: then the howler, then silence until the handset is back

log = logging.getLogger(__name__)
_TONE_OF = {Cause.CONGESTION: "congestion", Cause.FAILED: "congestion", Cause.NOT_FOUND: "congestion"}


class TelephoneLeg:
    """A conversation of one telephone. Made by Telephone only."""

    keys_in_audio = True
    takes_key_events = False
    answer_assumed = False

    def __init__(self, telephone: "Telephone", direction: Direction, party: Party, number: int) -> None:
        self.direction, self.party, self.dialled = direction, party, ""
        self.id = f"{telephone.port.name}-{number}"
        self.signals = Signals()
        self.slot: int | None = None
        self._telephone = telephone

    def open_audio(self, slot: int) -> None:
        self.slot = slot
        self.signals.post(AudioChanged())

    def end(self, cause: Cause) -> None:
        self.slot = None
        self.signals.move(LegState.GONE, cause)

    def ringing(self) -> None:
        if self.signals.state is LegState.NEW:
            self.signals.move(LegState.RINGING)
            self._telephone.sound("ringback")

    def early(self) -> None:
        self._telephone.hush()
        self.signals.move(LegState.EARLY)

    def answer(self) -> None:
        self._telephone.hush()
        self.signals.move(LegState.UP)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        if not self.signals.gone:
            self._telephone.release(cause)

    def send_digits(self, digits: str) -> None:
        self._telephone.play_keys(digits)

    def show(self, party: Party) -> None:
        """An off-hook telephone has no display to change."""


class Telephone:
    """The telephone at one port."""

    def __init__(
        self, port: FxsPort, media: Media, country: Country, clock: Clock, owner: Party,
        lifted: Callable[[TelephoneLeg], None],
    ) -> None:  # fmt: skip
        self.port, self.owner = port, owner
        self._media, self._country, self._clock, self._lifted = media, country, clock, lifted
        self._slot = media.line(port.tdm_slot)
        self._leg: TelephoneLeg | None = None
        self._count = 0
        self._sound: Source | None = None
        self._ear: Closable | None = None
        self._task: asyncio.Task[None] | None = None  # caller ID, or the tones after a call
        port.watch(self._on_event)

    @property
    def leg(self) -> TelephoneLeg | None:
        return self._leg

    @property
    def free(self) -> bool:
        """Can be rung now."""
        return self.port.in_service and self._leg is None and not self.port.off_hook

    def ring(self, caller: Party, distinctive: str | None = None) -> TelephoneLeg:
        """Ring with the caller's number and name on the display. `free` must hold."""
        leg = self._new_leg(Direction.OUTGOING, self.owner)
        leg.dialled = self.owner.number
        self._start(self._ring(leg, caller, distinctive))
        return leg

    async def _ring(self, leg: TelephoneLeg, caller: Party, distinctive: str | None) -> None:
        cadence = self._country.cadence(distinctive)
        if self._country.caller_id.before_ring:
            await self.port.prepare_caller_id()
            await self._sound_to_end(self._media.tone(self._country.caller_id.alert_tone))
            await self._send_caller_id(caller)
            await asyncio.sleep(self._country.caller_id.after_fsk_ms / 1000)
            self.port.ring(cadence)
            leg.signals.move(LegState.RINGING)
            return
        ended = asyncio.get_running_loop().create_future()

        def first_ring(event: FxsEvent) -> None:
            if isinstance(event, FirstRingEnded) and not ended.done():
                ended.set_result(None)

        stop = self.port.watch(first_ring)
        try:
            self.port.ring(cadence)
            leg.signals.move(LegState.RINGING)
            await ended
        finally:
            stop()
        await asyncio.sleep(self._country.caller_id.before_fsk_ms / 1000)
        await self._send_caller_id(caller)

    async def _send_caller_id(self, caller: Party) -> None:
        bits = caller_id_bits(caller.number, caller.name, self._clock.now(), self._country.caller_id.standard)
        await self._sound_to_end(self._media.fsk(bits, self._country.caller_id.standard))

    async def _sound_to_end(self, sound: Source) -> None:
        try:
            self._media.connect(sound.slot, self._slot)
            await sound.done
        finally:
            sound.close()

    # -- what the telephone does ----------------------------------------------------------------------------------

    def _on_event(self, event: FxsEvent) -> None:
        leg = self._leg
        match event:
            case OffHook():
                self._listen()
                if leg is None:
                    self._stop_task()
                    self._lift()
                elif leg.direction is Direction.OUTGOING:
                    self._stop_task()
                    leg.open_audio(self._slot)
                    leg.signals.move(LegState.UP)
            case OnHook() | OutOfService():
                self._stop_task()
                self._be_quiet()
                if leg is not None:
                    self._leg = None
                    leg.end(Cause.NORMAL if isinstance(event, OnHook) else Cause.UNAVAILABLE)
            case HookFlash() if leg is not None:
                leg.signals.post(Flash())
            case PulseDigit(digit) if leg is not None:
                leg.signals.post(Digit(digit))

    def _lift(self) -> None:
        leg = self._new_leg(Direction.INCOMING, self.owner)
        leg.open_audio(self._slot)
        self._lifted(leg)

    def _new_leg(self, direction: Direction, party: Party) -> TelephoneLeg:
        self._count += 1
        self._leg = TelephoneLeg(self, direction, party, self._count)
        return self._leg

    def _listen(self) -> None:
        if self._ear is None:
            self._ear = self._media.listen(self._slot, ListenFor(keys=True), self._on_heard)

    def _on_heard(self, heard: Heard) -> None:
        if self._leg is None:
            return
        match heard:
            case KeyHeard(digit):
                self._leg.signals.post(Digit(digit))
            case KeySounds(on):
                self._leg.signals.post(KeySound(on))

    # -- what the box does ----------------------------------------------------------------------------------------

    def sound(self, name: str) -> None:
        """Let the telephone hear a tone of its country in place of the one before."""
        self._play(self._country.tones[name])

    def play_keys(self, digits: str) -> None:
        self._play(keys_tone(digits))

    def _play(self, tone: Tone) -> None:
        self.hush()
        self._sound = self._media.tone(tone)
        self._media.connect(self._sound.slot, self._slot)

    def hush(self) -> None:
        if self._sound is not None:
            self._sound.close()
            self._sound = None

    def release(self, cause: Cause) -> None:
        """The box ends the leg. A telephone that is still off hook hears why until it is put back."""
        leg, self._leg = self._leg, None
        self._stop_task()
        self.hush()
        if leg is None:
            return
        if self.port.off_hook:
            self._start(self._after_call(_TONE_OF.get(cause, "busy")))
        else:
            self.port.stop_ring()
        leg.end(cause)

    async def _after_call(self, tone: str) -> None:
        self.sound(tone)
        await asyncio.sleep(BUSY_S)
        self.sound("howler")

    def _be_quiet(self) -> None:
        self.hush()
        if self._ear is not None:
            self._ear.close()
            self._ear = None

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._task = asyncio.get_running_loop().create_task(self._guarded(work))

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        with suppress(asyncio.CancelledError):
            try:
                await work
            except Exception:
                log.exception("%s failed", self.port.name)
                if self._leg is not None:
                    self.release(Cause.FAILED)

    def _stop_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
