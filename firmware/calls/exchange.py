"""The exchange: serves each call from the first leg to the record. It asks `routing` where a call goes and does it.

Not here: what a number means (telephony), how a device rings (sip, lines), what a feature says (features).
"""

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

from firmware.calls.audio import audio_of, overheard, say
from firmware.calls.call import Call
from firmware.calls.devices import Devices
from firmware.calls.dialling import dialled_number
from firmware.calls.feature import Addresses, Feature, Phrases, Session
from firmware.calls.leg import Cause, Leg, LegState
from firmware.calls.ring import NotAnswered, ring
from firmware.calls.scopes import HungUp, while_up
from firmware.calls.talk import talk
from firmware.clock import Clock
from firmware.media import Media
from firmware.telephony.country import Tone
from firmware.telephony.decision import (
    CallTrunks,
    FromExtension,
    FromTrunk,
    Goto,
    Live,
    Outcome,
    Port,
    Reason,
    Reject,
    Request,
    RingExtension,
    RunFeature,
    Snapshot,
    TrunkAttempt,
    in_words,
)
from firmware.telephony.numbering import Plan
from firmware.telephony.records import CallRecord
from firmware.telephony.routing import after_ring, route

LONGEST_RING_S = 180  # what a SIP caller waits (product.md 2.11)

log = logging.getLogger(__name__)


class Exchange:
    """One for each core. `incoming` starts a call; everything else follows from the legs' signals."""

    def __init__(
        self, *, media: Media, music: int, devices: Devices, plan: Plan, features: Mapping[str, Feature],
        phrases: Phrases, addresses: Addresses, clock: Clock, record: Callable[[CallRecord], None],
    ) -> None:  # fmt: skip
        self._media, self._music, self._devices, self._plan = media, music, devices, plan
        self._features, self._phrases, self._addresses = features, phrases, addresses
        self._clock, self._record = clock, record
        self.calls: dict[str, Call] = {}
        self.served = 0
        self._busy: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def plan(self) -> Plan:
        return self._plan

    def use(self, plan: Plan) -> None:
        """Decide further calls by a new site file; those under way go on."""
        self._plan = plan

    def incoming(self, leg: Leg) -> None:
        """A leg that wants to be connected; `leg.dialled` is complete."""
        self._start(self.serve(leg, leg.dialled), leg)

    def lifted(self, leg: Leg, dial_tone: Tone) -> None:
        """A telephone that was lifted: it dials first."""
        self._start(self._originate(leg, dial_tone), leg)

    def _start(self, work: Coroutine[None, None, None], leg: Leg) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"call of {leg.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _originate(self, leg: Leg, dial_tone: Tone) -> None:
        number = None
        with suppress(HungUp), self._occupied(leg.party.extension):
            async with while_up(leg):
                number = await dialled_number(leg, self._media, self._plan, dial_tone)
        if number is not None and not leg.signals.gone:
            await self.serve(leg, number)
        else:
            leg.hang_up(Cause.NO_ANSWER)  # nothing dialled in time: the telephone hears busy until it is put back (H8)

    async def serve(self, leg: Leg, dialled: str) -> None:
        """Carry one call to its end, whatever that is; returns when nothing is left of it."""
        party = leg.party
        source = FromTrunk(party.trunk, party.number) if party.trunk else FromExtension(party.extension or party.number)
        call = Call(uuid.uuid4().hex, leg, source, dialled, self._clock.now())
        self.calls[call.id] = call
        log.info("%s call from %s to %s by %s", call.id[:8], party.number, dialled, leg.id)
        try:
            with self._occupied(party.extension):
                await self._connect(call)
        except HungUp:
            call.cause = leg.signals.cause or Cause.NORMAL
        except Exception:
            call.cause = Cause.FAILED
            log.exception("%s failed", call.id[:8])
        finally:
            leg.hang_up(call.cause)
            del self.calls[call.id]
            self.served += 1
            record = call.record(self._clock.now())
            log.info("%s ended: %s, final callee %s", call.id[:8], record.status.value, record.final_callee or "nobody")
            self._record(record)

    def snapshot(self) -> Snapshot:
        return Snapshot(self._plan, replace(self._devices.live(), calls=dict(self._busy)))

    async def _connect(self, call: Call) -> None:
        async with while_up(call.leg):
            call.decision = route(Request(call.source, call.dialled, call.start), self.snapshot())
            while True:
                action = call.decision.action
                log.info("%s %s", call.id[:8], in_words(action))
                match action:
                    case RunFeature():
                        return await self._run_feature(call, action)
                    case Reject():
                        return await self._refuse(call, action)
                    case Goto():  # no snapshot of ours names a service yet, so routing does not lead here
                        return await self._refuse(call, Reject(Reason.UNAVAILABLE, "not-available"))
                    case RingExtension():
                        outcome = await self._ring_extension(call, action)
                    case CallTrunks():
                        outcome = await self._call_trunks(call, action)
                if outcome is None:
                    return None
                call.decision = after_ring(call.decision, outcome, self.snapshot())

    @contextmanager
    def _occupied(self, extension: str | None) -> Iterator[None]:
        """The extension counts as in one call more while the block runs."""
        if extension is None:
            yield
            return
        self._busy[extension] += 1
        try:
            yield
        finally:
            self._busy[extension] -= 1
            if not self._busy[extension]:
                del self._busy[extension]

    def _language(self, leg: Leg) -> str:
        extension = self._plan.extensions.get(leg.party.extension or "")
        return (extension.language if extension else None) or self._plan.site.site.language

    async def _run_feature(self, call: Call, action: RunFeature) -> None:
        session = Session(
            call.leg,
            action.argument,
            self._language(call.leg),
            self._media,
            self._phrases,
            self._addresses,
            self._music,
        )
        call.answered, call.final_callee = self._clock.now(), call.dialled
        await self._features[action.code](session)

    async def _refuse(self, call: Call, action: Reject) -> None:
        call.cause = Cause(action.reason.value)
        if action.prompt is None or isinstance(call.source, FromTrunk):
            return
        files = self._phrases.phrase(self._language(call.leg), action.prompt)
        call.leg.early()
        with suppress(TimeoutError):
            async with asyncio.timeout(15):
                await say(self._media, call.leg, files)

    async def _ring_extension(self, call: Call, action: RingExtension) -> Outcome | None:
        legs = self._devices.ring(action.number, action.devices, call.caller)
        if not legs:
            off_hook = any(isinstance(device, Port) for device in action.devices)
            return Outcome.BUSY if off_hook else Outcome.UNREACHABLE
        with self._occupied(action.number):
            return await self._ring_and_talk(call, legs, action.ring_s, action.number)

    async def _call_trunks(self, call: Call, action: CallTrunks) -> Outcome | None:
        outcome: Outcome | None = Outcome.UNREACHABLE
        for attempt in action.attempts:
            leg = self._devices.call_out(attempt, call.caller)
            if leg is None and action.emergency:
                leg = await self._seize(attempt, call)
            if leg is None:
                continue
            call.trunk = attempt.trunk
            outcome = await self._ring_and_talk(call, [leg], action.ring_s or LONGEST_RING_S, action.number)
            if outcome is not Outcome.UNREACHABLE:
                break
        return outcome

    async def _seize(self, attempt: TrunkAttempt, wanting: Call) -> Leg | None:
        """Free a trunk for an emergency call by ending its longest call (N5)."""
        using = [call for call in self.calls.values() if call is not wanting and attempt.trunk in (
            call.trunk, call.leg.party.trunk)]  # fmt: skip
        if not using:
            return None
        victim = min(using, key=lambda call: call.start)
        log.warning("%s ended: line %s is needed for an emergency call", victim.id[:8], attempt.trunk)
        for leg in (victim.leg, victim.callee):
            if leg is not None:
                leg.hang_up(Cause.CONGESTION)
                await leg.signals.until()
        return self._devices.call_out(attempt, wanting.caller)

    async def _ring_and_talk(self, call: Call, legs: list[Leg], for_s: float, number: str) -> Outcome | None:
        """Ring, then connect. None when the call was answered and is over."""

        def progress(leg: Leg, state: LegState) -> None:
            call.leg.early() if state is LegState.EARLY and leg.slot is not None else call.leg.ringing()

        call.callee = legs[0]
        try:
            if len(legs) == 1:  # early audio of one line; several would speak at once
                with overheard(self._media, legs[0], call.leg):
                    answer = await ring(legs, for_s, progress)
            else:
                answer = await ring(legs, for_s, progress)
            if isinstance(answer, NotAnswered):
                return answer.outcome
            await self._talk(call, answer, number)
            return None
        finally:
            for leg in legs:
                leg.hang_up()
            call.callee = None

    async def _talk(self, call: Call, callee: Leg, number: str) -> None:
        call.callee, call.final_callee = callee, number
        call.leg.answer()
        call.answered = self._clock.now()
        call.assumed = callee.answer_assumed
        await audio_of(call.leg)
        gone = await talk(self._media, call.leg, callee, self._music)
        call.cause = gone.signals.cause or Cause.NORMAL

    def live(self) -> Live:
        return self.snapshot().live

    async def close(self) -> None:
        """End every call."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
