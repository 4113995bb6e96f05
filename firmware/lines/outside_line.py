"""A line of the telephone network as legs: a ring starts one, calling out seizes the line and dials.

One OutsideLine for each FXO port, one leg at a time. Copper cannot tell an answer (product.md 8.3), so a call out is
up once it is dialled, marked as assumed, unless the line signals answers by polarity reversal.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress

from firmware.calls.leg import Cause, CompanyChanged, Digit, Direction, KeySound, LegEvent, LegState, Party, SoundsGone
from firmware.calls.tones import keys_tone, recognised_s
from firmware.clock import Clock
from firmware.lines.caller import heard_caller
from firmware.lines.outside_leg import OutsideLeg
from firmware.lines.port import (
    BatteryLost,
    FxoEvent,
    FxoPort,
    LineDropped,
    OutOfService,
    PolarityReversed,
    RingStarted,
    RingStopped,
)
from firmware.media import (
    Closable,
    Heard,
    KeyHeard,
    KeySounds,
    ListenFor,
    Media,
    ProgressTone,
    Source,
)
from firmware.telephony.country import Country, Tone
from firmware.telephony.site import FxoTrunk

DIAL_TONE_S = 1.0  # the exchange has its receiver on the line by then (Asterisk waits as long with `w`)
RELEASE_S = 1.6  # on-hook for less may be a flash (1.25 s at most): the old call would go on and hear the digits
TURN_AWAY_S = 0.5  # the exchange sees an answer by then
ANSWER_GUARD_S = 0.6  # a reversal sooner after the last one belongs to it (hardware.md section 5)

log = logging.getLogger(__name__)


class OutsideLine:
    """The line at one FXO port, as the trunk of the site file that is plugged in there."""

    def __init__(
        self, port: FxoPort, media: Media, country: Country, clock: Clock, trunk: FxoTrunk,
        rings: Callable[[OutsideLeg], None],
    ) -> None:  # fmt: skip
        self.port, self.trunk, self.plugged = port, trunk, True
        self._media, self._country, self._clock, self._rings = media, country, clock, rings
        self._slot = media.line(port.tdm_slot)
        self._leg: OutsideLeg | None = None
        self._count = 0
        self._sound: Source | None = None
        self._ear: Closable | None = None
        self._task: asyncio.Task[None] | None = None
        self._caller = Party(number="", trunk=trunk.name)
        self._reversed_s = 0.0
        self._released_s = -RELEASE_S
        port.watch(self._on_event)

    def configure(self, trunk: FxoTrunk | None) -> None:
        """The site has changed. None: no trunk is plugged in here any more; a call that is going on keeps the line."""
        self.plugged = trunk is not None
        if trunk is not None:
            self.trunk = trunk
        elif self._leg is None:
            self._stop_task()
            self._deafen()

    @property
    def leg(self) -> OutsideLeg | None:
        return self._leg

    @property
    def free(self) -> bool:
        """A call can go out now. A line that rings unheard would be answered, not dialled on."""
        return self._usable and self._task is None and not self.port.ringing

    @property
    def rings_unheard(self) -> bool:
        """Somebody calls from outside, of whom nobody is told yet or any more: he can be turned away."""
        return self._usable and self.port.ringing

    @property
    def _usable(self) -> bool:
        return self.plugged and self.port.in_service and self.port.line_present and self._leg is None

    def call(self, digits: str) -> OutsideLeg:
        """Seize the line and dial. `free` or `rings_unheard` must hold."""
        self._stop_task()
        self._deafen()
        leg = self._new_leg(Direction.OUTGOING, Party(number=digits, trunk=self.trunk.name), digits)
        self._start(self._dial(leg, digits))
        return leg

    async def _dial(self, leg: OutsideLeg, digits: str) -> None:
        if self.port.ringing:
            await self._turn_away()
        await asyncio.sleep(self._released_s + RELEASE_S - self._clock.monotonic_s())
        self.port.seize()
        self._reversed_s = self._clock.monotonic_s()
        await asyncio.sleep(DIAL_TONE_S)
        self.play(keys_tone(digits))
        assert self._sound is not None
        await self._sound.done
        self._listen(self._in_call())
        leg.open_audio(self._slot)
        leg.signals.move(LegState.UP if leg.answer_assumed else LegState.EARLY)

    async def _turn_away(self) -> None:
        """Answer and hang up: whoever calls would be at the other end, and hear the digits."""
        self.port.seize()
        await asyncio.sleep(TURN_AWAY_S)
        self.port.release()
        self._released_s = self._clock.monotonic_s()

    # -- what the line does ---------------------------------------------------------------------------------------

    def _on_event(self, event: FxoEvent) -> None:
        leg = self._leg
        match event:
            case PolarityReversed() | RingStarted() if leg is None and not self.plugged:
                return
            case PolarityReversed() if leg is None and self._caller_before_ring and self._task is None:
                self._start(self._hear_caller())
            case RingStarted() if leg is None and (self._task is None or self._caller_before_ring):
                self._stop_task()
                self._start(self._announce())
            case RingStopped() if leg is not None and leg.signals.state is not LegState.UP:
                self.release(Cause.NORMAL)
            case RingStopped() if leg is None:
                self._stop_task()
                self._deafen()
            case PolarityReversed() if leg is not None:
                self._on_reversal(leg)
            case BatteryLost() | LineDropped() if leg is not None and "battery" in self.trunk.hang_up_on:
                self.release(Cause.NORMAL)
            case OutOfService():
                self._stop_task()
                self.release(Cause.FAILED)

    def _on_reversal(self, leg: OutsideLeg) -> None:
        now_s = self._clock.monotonic_s()
        recent, self._reversed_s = now_s - self._reversed_s < ANSWER_GUARD_S, now_s
        if leg.signals.state is LegState.EARLY:
            leg.signals.move(LegState.UP)
        elif leg.signals.state is LegState.UP and not recent and "polarity" in self.trunk.hang_up_on:
            self.release(Cause.NORMAL)

    async def _announce(self) -> None:
        """Let the call in, with the caller's number if the network sends one before the second ring."""
        if self.trunk.caller_id and not self._caller_before_ring:
            await self._hear_caller()
        caller, self._caller = self._caller, Party(number="", trunk=self.trunk.name)
        self._deafen()
        leg = self._new_leg(Direction.INCOMING, caller, self.trunk.number or "")
        self._task = None
        self._rings(leg)

    @property
    def _caller_before_ring(self) -> bool:
        """The exchange reverses the line and sends the caller before the first ring."""
        return self.trunk.caller_id and self._country.caller_id.before_ring

    async def _hear_caller(self) -> None:
        self._caller = Party(number="", trunk=self.trunk.name)
        standard = self._country.caller_id.standard
        self._caller = await heard_caller(self._media, self._slot, standard, self.port.name, self.trunk.name)

    def _on_heard(self, heard: Heard) -> None:
        leg = self._leg
        match heard:
            case KeyHeard(digit) if leg is not None:
                leg.signals.post(Digit(digit))
            case KeySounds(on) if leg is not None:
                leg.signals.post(KeySound(on))
            case ProgressTone(name) if leg is not None and "busy-tone" in self.trunk.hang_up_on:
                self._sounds_gone(leg, name)

    def _sounds_gone(self, leg: OutsideLeg, tone: str) -> None:
        log.info("%s: %s tone from the network%s", leg.id, tone, " in company" if leg.signals.in_company else "")
        if leg.signals.in_company:
            leg.signals.post(SoundsGone())
            return
        leg.signals.tone_s = recognised_s(self._country.tones[tone])
        self.release(Cause.BUSY if leg.direction is Direction.OUTGOING else Cause.NORMAL)

    def _on_leg_event(self, event: LegEvent) -> None:
        """Nobody else's busy tone is to end the call (H7): tones that began in other company are heard anew."""
        if isinstance(event, CompanyChanged) and self._ear is not None and self._leg is not None:
            self._listen(self._in_call())

    def _in_call(self) -> ListenFor:
        tones = self._country.tones
        return ListenFor(keys=True, progress=(("busy", tones["busy"]), ("congestion", tones["congestion"])))

    # -- what the box does ----------------------------------------------------------------------------------------

    def pick_up(self, leg: OutsideLeg) -> None:
        self.port.seize()
        self._reversed_s = self._clock.monotonic_s()
        self._listen(self._in_call())
        leg.open_audio(self._slot)
        leg.signals.move(LegState.UP)

    def release(self, cause: Cause) -> None:
        """Put the line back and end its leg, if there is one."""
        leg, self._leg = self._leg, None
        self._stop_task()
        self._deafen()
        if self._sound is not None:
            self._sound.close()
            self._sound = None
        if leg is not None:
            self.port.release()
            self._released_s = self._clock.monotonic_s()
            leg.end(cause)

    def play(self, tone: Tone) -> None:
        """Send a tone down the line, in place of one that still sounds."""
        if self._sound is not None:
            self._sound.close()
        self._sound = self._media.tone(tone)
        self._media.connect(self._sound.slot, self._slot)

    def _new_leg(self, direction: Direction, party: Party, dialled: str) -> OutsideLeg:
        self._count += 1
        self._leg = OutsideLeg(self, direction, party, dialled, self._count)
        self._leg.signals.watch(self._on_leg_event)
        return self._leg

    def _listen(self, what: ListenFor) -> None:
        self._deafen()
        self._ear = self._media.listen(self._slot, what, self._on_heard)

    def _deafen(self) -> None:
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
                self.release(Cause.FAILED)
            else:
                self._task = None

    def _stop_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
