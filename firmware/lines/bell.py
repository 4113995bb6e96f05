"""The bell and the display of an on-hook telephone: ringing with the caller's number, and the message lamp.

Not responsible for cadence and ringing power (the port), nor for whose call it is (`telephone.py`).
"""

import asyncio
from collections.abc import Callable

from firmware.calls.leg import Party
from firmware.clock import Clock
from firmware.lines.earpiece import sound_to_end
from firmware.lines.port import FirstRingEnded, FxsEvent, FxsPort
from firmware.lines.work import Work
from firmware.media import Media
from firmware.telephony.callerid import caller_id_bits, message_waiting_bits
from firmware.telephony.country import Country

LAMP_AFTER_S = 1.0  # from the end of a call: a telephone that was just put back does not listen yet


class Bell:
    """One for each telephone. What the lamp shows is sent again after a call that came between."""

    def __init__(
        self, port: FxsPort, media: Media, slot: int, country: Country, clock: Clock, failed: Callable[[], None]
    ) -> None:
        self._port, self._media, self._slot, self._country, self._clock = port, media, slot, country, clock
        self._ringing = Work(f"{port.name} ring", failed)
        self._telling = Work(f"{port.name} message lamp")
        self._lamp: bool | None = None  # what the telephone is still to be told

    def ring(self, caller: Party, distinctive: str | None, rings: Callable[[], None]) -> None:
        """Ring until stopped; `rings` is called when the bell begins."""
        self._telling.stop()
        self._ringing.start(self._ring(caller, distinctive, rings))

    def stop(self) -> None:
        """No more ringing, nor anything for the display: the call is over, or the handset was lifted."""
        self._ringing.stop()
        self._telling.stop()
        if not self._port.off_hook:
            self._port.stop_ring()

    def light(self, lamp: bool) -> None:
        """Messages wait, or no more do. `idle` sends it."""
        self._lamp = lamp

    def idle(self) -> None:
        """The telephone is on-hook and not called: time for what its lamp is to show."""
        if self._lamp is not None and self._port.in_service and not self._port.off_hook:
            self._telling.start(self._tell(self._lamp))

    async def _ring(self, caller: Party, distinctive: str | None, rings: Callable[[], None]) -> None:
        cadence, spec = self._country.cadence(distinctive), self._country.caller_id
        if spec.before_ring:
            await self._wake_display()
            await self._show(caller)
            await asyncio.sleep(spec.after_fsk_ms / 1000)
            self._port.ring(cadence)
            rings()
            return
        ended = asyncio.get_running_loop().create_future()

        def first_ring(event: FxsEvent) -> None:
            if isinstance(event, FirstRingEnded) and not ended.done():
                ended.set_result(None)

        stop = self._port.watch(first_ring)
        try:
            self._port.ring(cadence)
            rings()
            await ended
        finally:
            stop()
        await asyncio.sleep(spec.before_fsk_ms / 1000)
        await self._show(caller)

    async def _wake_display(self) -> None:
        await self._port.prepare_caller_id()
        await sound_to_end(self._media, self._slot, self._media.tone(self._country.caller_id.alert_tone))

    async def _show(self, caller: Party) -> None:
        standard = self._country.caller_id.standard
        await self._send(caller_id_bits(caller.number, caller.name, self._clock.now(), standard))

    async def _send(self, bits: bytes) -> None:
        await sound_to_end(self._media, self._slot, self._media.fsk(bits, self._country.caller_id.standard))

    async def _tell(self, lamp: bool) -> None:
        spec = self._country.caller_id
        await asyncio.sleep(LAMP_AFTER_S)
        if spec.before_ring:
            await self._wake_display()
        else:
            self._port.transmit()
            await asyncio.sleep(spec.before_fsk_ms / 1000)
        await self._send(message_waiting_bits(lamp))
        self._lamp = None
