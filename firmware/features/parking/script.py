"""Call parking: `*4` in a call parks the other one, dialling the slot's number fetches them (F7-F10).

A blind transfer to a slot's number parks there.
A parked caller hears music. Nobody fetched them in time: the parker is rung, then parked once more, then the operator.
"""

import asyncio
from contextlib import suppress

from firmware.calls.audio import listening_to
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.lamps import Lamps
from firmware.calls.leg import Leg
from firmware.calls.race import within
from firmware.calls.scopes import HungUp, while_up
from firmware.features.parking.lot import Lot, LotFull, Slot
from firmware.telephony.span import span

PARKED_S = 120.0  # F9
RECALL_S = 30.0  # Asterisk's comebackdialtime


class Parking:
    """The lot and what happens in it."""

    def __init__(self, resources: Resources) -> None:
        self.lot = Lot(lambda: span(resources.settings.site.numbering.parking).numbers(), self._changed)
        self._lamps = Lamps()

    def begin(self, exchange: Exchange) -> None:
        """Show the slots on telephones from now on (F10)."""
        self._lamps = exchange.lamps

    def _changed(self, number: str) -> None:
        self._lamps.place_lamp(number, any(slot.number == number for slot in self.lot.taken))

    async def park(self, session: Session) -> None:
        """`*4`: the parker hears the number; the caller waits for whoever dials it."""
        call, parker, caller = session.call, session.leg, session.call.other(session.leg)
        with suppress(HungUp):
            async with while_up(caller):
                try:
                    with self.lot.slot_for(caller.party) as slot:
                        call.a, call.b = caller, await self._hold(session, caller, slot, parker)
                except LotFull:
                    await session.say("lot-full")

    async def park_at(self, session: Session) -> None:
        """Service "park": the session's leg has been transferred to this slot."""
        call, caller = session.call, session.leg
        try:
            with self.lot.slot_for(caller.party, session.argument) as slot:
                call.b = await self._hold(session, caller, slot)
        except LotFull:
            call.note("parking", session.argument, "is taken")
            call.declined = True

    async def _hold(self, session: Session, caller: Leg, slot: Slot, parker: Leg | None = None) -> Leg | None:
        """Keep the caller until fetched, or until somebody takes the call back. `parker`: hears the number first."""
        call, music = session.call, session.exchange.music
        extension = parker.party.extension if parker is not None else call.transferor
        call.note("parking", extension or "", f"parks {caller.party.number} on {slot.number}")
        for _again in range(2):
            async with listening_to(session.exchange.media, caller, music):
                if parker is not None:
                    await self._say_number(session, parker, slot)
                    call.drop(parker)
                with suppress(TimeoutError):
                    await within(PARKED_S, asyncio.shield(slot.fetcher))
                    return call.own(slot.take())
                back = await self._recall(session, caller, extension)
            if back is not None:
                return back
        return await self._recall(session, caller, session.exchange.plan.site.numbering.operator)

    async def _say_number(self, session: Session, parker: Leg, slot: Slot) -> None:
        """The parker may leave before hearing it; the caller stays parked."""
        with suppress(HungUp):
            async with while_up(parker):
                await session.say("parked-at")
                await session.say_digits(slot.number)

    async def _recall(self, session: Session, caller: Leg, extension: str | None) -> Leg | None:
        """Ring an extension through its do-not-disturb and forwards, for the one who is parked."""
        if extension is None:
            return None
        session.call.note("parking", extension, "nobody fetched the call: ringing back")
        return await session.exchange.ring_extension(session.call, caller, extension, RECALL_S)

    async def fetch(self, session: Session) -> None:
        """A slot's number was dialled."""
        slot = self.lot.find(session.argument)
        if slot is None:
            await session.answered()
            await session.say("no-parked-call")
            return
        session.call.note("parking", session.argument, f"fetches {slot.caller.number}")
        session.leg.answer()
        slot.fetcher.set_result(session.call.let_go(session.leg))


def install(resources: Resources) -> Features:
    parking = Parking(resources)
    return Features(
        in_call={"park": parking.park},
        services={"slot": parking.fetch, "park": parking.park_at},
        begin=(parking.begin,),
    )
