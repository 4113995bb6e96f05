"""Recording calls: `*1` in a call starts and stops it (F43), and extensions whose calls are recorded by themselves.

It goes on as long as the extension that wants it takes part: parking and fetching again does not end it, handing the
call on does. Whoever talks is told before, where that is the rule. The file's name stands in the call record.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from firmware.calls.call import Call
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.leg import Beside, Leg
from firmware.calls.recording import Recorders
from firmware.calls.scopes import HungUp, while_up
from firmware.calls.take import beep
from firmware.features.record.rules import recorded_for
from firmware.features.record.tape import Tape
from firmware.telephony.deeds import BOX, Act, Deed
from firmware.telephony.site import Extension

TIDY_S = 86_400.0

log = logging.getLogger(__name__)


class CallRecording:
    """The tapes of all calls that have one."""

    def __init__(self, resources: Resources) -> None:
        self._settings, self._clock = resources.settings, resources.clock
        self._recorders = Recorders(resources)
        self.files = self._recorders.files
        self.files.recover()
        self._tapes: dict[str, Tape] = {}

    def begin(self, exchange: Exchange) -> None:
        exchange.watch(partial(self._call_changed, exchange))
        exchange.start(self._tidy(), "old recordings")

    async def _tidy(self) -> None:
        while True:
            days = self._settings.site.retention.recording_days
            removed = await asyncio.to_thread(self.files.remove_older, self._clock.now(), days)
            if removed:
                log.info("%d recordings are older than %d days and removed", removed, days)
            await asyncio.sleep(TIDY_S)

    # -- the code -------------------------------------------------------------------------------------------------

    async def toggle(self, session: Session) -> None:
        """`*1`: start, or stop what was started so. What a rule records goes on."""
        with suppress(HungUp):
            async with while_up(session.leg):
                await self._toggle(session)

    async def _toggle(self, session: Session) -> None:
        call, owner = session.call, session.owner
        tape = self._tapes.get(call.id)
        if owner is None or not owner.record.on_demand:
            call.note("recording", session.leg.party.number, "may not record")
            await session.say("feature-off")
        elif tape is not None and tape.owner is not None:
            if not tape.by_rule:
                tape.stop()
                call.note("recording", owner.number, "stops")
                await session.say("rec-off")
        elif (tape := await self._tape_of(session.exchange, call)) is None:
            await session.say("rec-disk-full")
        else:
            tape.run(owner.number)
            session.audit(Act.RECORDED, "a call", f"with {call.other(session.leg).party.number or 'somebody'}")
            call.note("recording", owner.number, "starts")
            await beep(session)

    async def _tape_of(self, exchange: Exchange, call: Call) -> Tape | None:
        """The call's tape, a new one if it has none. None: there is no room."""
        if call.id in self._tapes:
            return self._tapes[call.id]
        opened = await self._recorders.open(exchange.media, call.id, partial(call.note, "recording"))
        if opened is None:
            return None
        tape = Tape(exchange.media, opened)
        self._tapes[call.id] = tape
        call.recording = opened.name
        return tape

    # -- beside each conversation ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def beside(self, exchange: Exchange, call: Call) -> AsyncIterator[None]:
        """Two legs are about to talk: record them if somebody there wants it."""
        legs = [leg for leg in (call.a, call.b) if leg is not None]
        tape = await self._wanted(exchange, call, legs)
        if tape is None:
            yield
            return
        await self._tell(exchange, call, tape, legs)
        with tape.hear(*legs, joins=partial(self._joins, exchange, call, tape)):
            yield

    async def _wanted(self, exchange: Exchange, call: Call, legs: list[Leg]) -> Tape | None:
        """The tape, if these are to be recorded."""
        parties = _parties(exchange, legs)
        tape = self._tapes.get(call.id)
        if tape is not None and tape.owner is not None:
            if tape.owner in (one.number for one in parties):
                return tape
            call.note("recording", tape.owner, "has left: it stops")
            tape.stop()
        wanting = recorded_for(parties, call.direction)
        if wanting is None:
            return None
        tape = await self._tape_of(exchange, call)
        if tape is not None:
            tape.run(wanting.number, by_rule=True)
            exchange.audit(Deed(BOX, Act.RECORDED, f"a call of {wanting.number}", "by rule"))
            call.note("recording", wanting.number, "has its calls recorded")
        return tape

    async def _tell(self, exchange: Exchange, call: Call, tape: Tape, legs: list[Leg]) -> None:
        """Say that the call is recorded, to both at once, if one of them has not heard it."""
        if not self._recorders.are_announced or all(leg.id in tape.told for leg in legs):
            return
        with suppress(HungUp):
            async with while_up(legs[0]), while_up(legs[-1]):
                await asyncio.gather(*(Session(exchange, call, leg).say("rec-consent") for leg in legs))
        tape.told.update(leg.id for leg in legs)

    def _joins(
        self, exchange: Exchange, call: Call, tape: Tape, who: Beside, told: Callable[[], None]
    ) -> bool:  # fmt: skip
        """Whether a listener who speaks is recorded: one whom both hear; a whisper only where that is set."""
        if who.privately and not self._settings.site.recording.whispers:
            return False
        known = not self._recorders.are_announced or who.leg.id in tape.told
        if not known and who.leg.id not in tape.telling:
            tape.telling.add(who.leg.id)
            exchange.start(self._tell_listener(exchange, call, tape, who.leg, told), "announcement to a listener")
        return known

    async def _tell_listener(
        self, exchange: Exchange, call: Call, tape: Tape, leg: Leg, told: Callable[[], None]
    ) -> None:  # fmt: skip
        await Session(exchange, call, leg).tell("rec-consent")
        tape.told.add(leg.id)
        told()

    # -- the end --------------------------------------------------------------------------------------------------

    def _call_changed(self, exchange: Exchange, call: Call) -> None:
        if call.id not in exchange.calls and (tape := self._tapes.pop(call.id, None)) is not None:
            exchange.start(self._recorders.finish(tape.opened), f"recording of {call.id[:8]}")


def _parties(exchange: Exchange, legs: list[Leg]) -> list[Extension]:
    """The people of the house among them."""
    found = (exchange.plan.extensions.get(leg.party.extension or "") for leg in legs)
    return [one for one in found if one is not None]


def install(resources: Resources) -> Features:
    recordings = CallRecording(resources)
    return Features(
        in_call={"record": recordings.toggle}, begin=(recordings.begin,), beside=(recordings.beside,),
        offers={"record": recordings.files},
    )  # fmt: skip
