"""A parked call while it has its slot: music, then whoever fetches it, the parker, the operator.

Not responsible for slots (`lot.py`), nor for what becomes of a caller whom nobody wants (`script.py`).
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from firmware.calls.audio import listening_to
from firmware.calls.feature import Session
from firmware.calls.leg import Leg, Party
from firmware.calls.race import within
from firmware.calls.scopes import HungUp, while_up
from firmware.features.parking.lot import Slot
from firmware.telephony.decision import Outcome

PARKED_S = 120.0  # F9
RECALL_S = 30.0  # Asterisk's comebackdialtime
TIMES = 2  # that a call is parked, if the parker is there and does not take it back


@dataclass(frozen=True, slots=True)
class Parked:
    """`caller` is in `slot`; `extension` has parked it, and `session` is that of the parking."""

    session: Session
    caller: Leg
    slot: Slot
    extension: str

    async def wait(self, parker: Leg | None) -> Leg | None:
        """Who has the caller at last, owned by the call; None: nobody wanted it. `parker`: hears the number first."""
        exchange, call = self.session.exchange, self.session.call
        call.note("parking", self.extension, f"parks {self.caller.party.number} on {self.slot.number}")
        call.slot, call.transferor = self.slot.number, self.extension
        exchange.changed(call)
        try:
            return await self._wait(parker)
        finally:
            call.slot = ""
            exchange.changed(call)

    async def _wait(self, parker: Leg | None) -> Leg | None:
        exchange, call = self.session.exchange, self.session.call
        for _time in range(TIMES):
            async with listening_to(exchange.media, self.caller, exchange.music):
                if parker is not None:
                    await self._say_number(parker)
                    call.drop(parker)
                call.a, call.b = self.caller, None
                exchange.changed(call)
                with suppress(TimeoutError):
                    return await within(PARKED_S, self._fetched())
            answer = await self._ring(self.extension)
            if not isinstance(answer, Outcome):
                return answer
            if answer is Outcome.UNREACHABLE:  # and will be in two minutes
                break
        operator = exchange.plan.site.numbering.operator
        if operator is None or operator == self.extension:
            return None
        answer = await self._ring(operator)
        return None if isinstance(answer, Outcome) else answer

    async def _say_number(self, parker: Leg) -> None:
        """The parker may leave before hearing it; the caller stays parked."""
        with suppress(HungUp):
            async with while_up(parker):
                await self.session.say("parked-at")
                await self.session.say_digits(self.slot.number)

    async def _fetched(self) -> Leg:
        """Whoever dials the slot."""
        await asyncio.wait((self.slot.fetcher,))
        fetcher = self.session.call.own(self.slot.take())
        self.session.call.final_callee = fetcher.party.number
        return fetcher

    async def _ring(self, extension: str) -> Leg | Outcome:
        """Ring an extension through its do-not-disturb and forwards, for the one who is parked."""
        exchange, call, shown = self.session.exchange, self.session.call, _shown(self.caller.party, self.slot.number)
        call.note("parking", extension, "nobody fetched the call: ringing back")
        with self._fetched_meanwhile():
            return await exchange.try_extension(call, self.caller, extension, RECALL_S, shown=shown)

    @contextmanager
    def _fetched_meanwhile(self) -> Iterator[None]:
        """Who dials the slot while somebody rings for the call takes it as by pickup."""
        call, slot = self.session.call, self.slot

        def give(fetcher: "asyncio.Future[Leg]") -> None:
            if call.ringing is not None and not fetcher.cancelled():
                slot.taken = call.ringing.give(fetcher.result())

        slot.fetcher.add_done_callback(give)
        try:
            yield
        finally:
            slot.fetcher.remove_done_callback(give)


def _shown(caller: Party, slot: str) -> Party:
    """Whoever is rung back sees that it is a parked call (product.md 2.3)."""
    return replace(caller, name=f"Park {slot}: {caller.name or caller.number}".rstrip(" :"))
