"""Call parking: `*4` in a call parks the other one, dialling the slot's number fetches them (F7-F10).

Who asks somebody about another call, or is asked, hears that this is not parked. A blind transfer to a slot's number
parks there. Whom nobody wants back may leave a message to the parker.
Not responsible for what happens in a slot: `parked.py`.
"""

from contextlib import suppress

from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.lamps import Lamps
from firmware.calls.leg import Leg
from firmware.calls.scopes import HungUp, while_up
from firmware.features.parking.lost import Lost, Waiting
from firmware.features.parking.lot import Lot, LotFull
from firmware.features.parking.parked import Parked
from firmware.telephony.span import span


class Parking:
    """The lot and what happens in it."""

    def __init__(self, resources: Resources) -> None:
        self.lot = Lot(lambda: span(resources.settings.site.numbering.parking).numbers(), self._changed)
        self._lost = Lost(resources.keep("parked", Waiting, lambda one: (one.slot,)))
        self._lamps = Lamps()

    def begin(self, exchange: Exchange) -> None:
        """Show the slots on telephones from now on (F10)."""
        self._lamps = exchange.lamps
        self._lost.tell(exchange)

    def _changed(self, number: str) -> None:
        self._lamps.place_lamp(number, any(slot.number == number for slot in self.lot.taken))

    async def park(self, session: Session) -> None:
        """`*4`: the parker hears the number; the caller waits for whoever dials it."""
        parker, caller = session.leg, session.call.other(session.leg)
        if parker.signals.consulting or caller.signals.consulting:
            await session.refuse_parking()
            return
        with suppress(HungUp):
            async with while_up(caller):
                try:
                    await self._park(session, caller, parker.party.extension or "", parker=parker)
                except LotFull:
                    await session.tell("lot-full")

    async def park_at(self, session: Session) -> None:
        """Service "park": the session's leg has been transferred to this slot."""
        try:
            await self._park(session, session.leg, session.call.transferor, wanted=session.argument)
        except LotFull:
            session.call.note("parking", session.argument, "is taken")
            session.call.declined = True

    async def _park(
        self, session: Session, caller: Leg, extension: str, *, wanted: str | None = None, parker: Leg | None = None
    ) -> None:
        """Afterwards `call.b` is whoever talks with the caller now, or nobody. Raises LotFull."""
        call, exchange = session.call, session.exchange
        with (
            self.lot.slot_for(caller.party, wanted) as slot,
            self._lost.unless(Waiting(slot.number, caller.party.number, extension)),
        ):
            call.b = await Parked(session, caller, slot, extension).wait(parker)
        owner = exchange.plan.extensions.get(extension)
        if call.b is None and owner is not None and owner.voicemail is not None and owner.voicemail.enabled:
            request = exchange.request(caller, call.dialled)
            call.b = await exchange.courier.send(call, caller, request, f"voicemail/{extension}")

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
