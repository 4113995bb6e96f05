"""The exchange: serves each call from its first leg to its record.

Not here: what a number means (telephony), how a call is delivered (delivery), how a device rings (sip, lines), what a
feature says (features).
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace

from firmware.calls.call import Call
from firmware.calls.conversation import converse
from firmware.calls.delivery import Courier
from firmware.calls.devices import Alert, Devices
from firmware.calls.dialling import dialled_number
from firmware.calls.emergency import Emergencies
from firmware.calls.feature import Addresses, Features, Phrases
from firmware.calls.lamps import Lamps
from firmware.calls.leg import Cause, Leg, LegEvent, Party
from firmware.calls.limits import NoLimits, OutsideLimits
from firmware.calls.occupancy import Occupancy
from firmware.calls.scopes import HungUp, while_up
from firmware.calls.tones import recall
from firmware.calls.transfer import Told, join, talks, transfer
from firmware.calls.transfer import replace as replace_leg
from firmware.clock import Clock
from firmware.media import Media
from firmware.telephony.country import Tone
from firmware.telephony.decision import FromExtension, FromTrunk, Live, Outcome, Request, RingExtension, Snapshot
from firmware.telephony.deeds import BOX, Act, Deed, forget
from firmware.telephony.delivery import reachable
from firmware.telephony.numbering import Plan, ToFeature
from firmware.telephony.records import CallRecord

log = logging.getLogger(__name__)


class Exchange:
    """One for each core. `incoming` starts a call; everything else follows from the legs' signals."""

    def __init__(
        self, *, media: Media, music: int, tones: Mapping[str, Tone], devices: Devices, plan: Plan,
        features: Features, phrases: Phrases, addresses: Addresses, clock: Clock,
        record: Callable[[CallRecord], None], audit: Callable[[Deed], None] = forget,
    ) -> None:  # fmt: skip
        """`tones` are the country's, by name. `plan` is to be replaced when the site changes."""
        self.media, self.music, self.tones, self.devices, self.plan = media, music, tones, devices, plan
        self.features, self.phrases, self.addresses, self.clock = features, phrases, addresses, clock
        self.courier = Courier(self)
        self.calls: dict[str, Call] = {}
        self.occupancy = Occupancy()
        self.lamps = Lamps()
        self.limits: OutsideLimits = NoLimits()
        self.emergencies = Emergencies(self)
        self.served = 0
        self.audit, self._record = audit, record
        self._watchers: list[Callable[[Call], None]] = []
        self._alarm_watchers: list[Callable[[str], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def incoming(self, leg: Leg) -> None:
        """A leg that wants to be connected; `leg.dialled` is complete."""
        target = self.plan.resolve(leg.dialled) if leg.party.trunk is None else None
        if isinstance(target, ToFeature) and not target.argument:  # a dial plan may have sent it with its last digit
            leg.signals.number_taken(self.plan.site.numbering.inter_digit_s)
        self.start(self.serve(leg, leg.dialled), f"call of {leg.id}")

    def lifted(self, leg: Leg, *, again: bool = False) -> None:
        """A telephone that was lifted: it dials first. `again`: beside a call that it holds."""
        tone = recall(self.tones["dial"]) if again else self.tones[self._dial_tone(leg)]
        self.start(self._originate(leg, tone), f"call of {leg.id}")

    def watch(self, watcher: Callable[[Call], None]) -> None:
        """Tell `watcher` of each call that begins, rings, is answered or is over (then not in `calls` any more)."""
        self._watchers.append(watcher)

    def changed(self, call: Call) -> None:
        """Something that others may see has happened to the call."""
        for watcher in self._watchers:
            watcher(call)

    def watch_alarms(self, watcher: Callable[[str], None]) -> None:
        """Tell `watcher` of what somebody responsible for the box should know at once, in words."""
        self._alarm_watchers.append(watcher)

    def alarm(self, text: str) -> None:
        """Something that somebody responsible for the box should know at once."""
        log.warning("alarm: %s", text)
        self.audit(Deed(BOX, Act.RAISED, detail=text))
        for watcher in self._alarm_watchers:
            watcher(text)

    def start(self, work: Coroutine[None, None, None], name: str) -> None:
        """Run work of a call beside the others; `close` ends it."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def snapshot(self) -> Snapshot:
        """What routing depends on, now."""
        services = frozenset(self.features.services)
        return Snapshot(self.plan, self.live(), services, self.limits.usage)  # type: ignore[arg-type]

    def live(self) -> Live:
        recent = self.emergencies.recent_callers()
        return replace(self.devices.live(), calls=self.occupancy.now(), emergency_callers=recent)

    def language_of(self, leg: Leg) -> str:
        extension = self.plan.extensions.get(leg.party.extension or "")
        return (extension.language if extension else None) or self.plan.site.site.language

    def _dial_tone(self, leg: Leg) -> str:
        extension = leg.party.extension
        return "stutter" if extension and any(one(extension) for one in self.features.reminders) else "dial"

    async def _originate(self, leg: Leg, dial_tone: Tone) -> None:
        number, extension = None, leg.party.extension
        if extension is not None:
            self.occupancy.enter(extension)
        try:
            with suppress(HungUp):
                async with while_up(leg):
                    number = await dialled_number(leg, self.media, self.plan, dial_tone)
        finally:
            if extension is not None:
                self.occupancy.leave(extension)
        if number is not None and not leg.signals.gone:
            await self.serve(leg, number)
        else:
            leg.hang_up(Cause.NO_ANSWER)  # nothing dialled in time: the telephone hears busy until it is put back (H8)

    def call_of(self, leg: Leg) -> Call | None:
        """The call that acts on the leg now."""
        return next((call for call in self.calls.values() if leg in call.legs), None)

    def new_call(self, leg: Leg, dialled: str, *, own: bool = True) -> Call:
        """A call of `leg`; to be ended by `finish`. `own` False: the leg stays with the call that it is in."""
        party = leg.party
        source = _source_of(party)
        call = Call(secrets.token_hex(16), leg, source, dialled, self.clock.now(), self.occupancy, party)
        if own:
            call.own(leg)
        self.calls[call.id] = call
        log.info("%s call from %s to %s by %s", call.id[:8], party.number, dialled, leg.id)
        self.changed(call)
        return call

    def request(self, leg: Leg, dialled: str) -> Request:
        """For routing: the one at the far end of `leg` wants `dialled`, now."""
        return Request(_source_of(leg.party), dialled, self.clock.now())

    def finish(self, call: Call) -> None:
        """End a call: its legs are hung up, its record is written, once no line is on its account any more."""
        call.end(call.cause)
        line = call.charged
        if line is None or line.signals.gone:
            self._close(call)
            return

        def watcher(_event: LegEvent) -> None:
            if line.signals.gone:
                stop()
                self._close(call)

        stop = line.signals.watch(watcher)

    def _close(self, call: Call) -> None:
        del self.calls[call.id]
        self.served += 1
        record = call.record(self.clock.now())
        log.info("%s ended: %s, final callee %s", call.id[:8], record.status.value, record.final_callee or "nobody")
        self._record(record)
        self.changed(call)

    async def serve(self, leg: Leg, dialled: str) -> None:
        """Carry one call to its end, whatever that is; returns when nothing is left of it."""
        call = self.new_call(leg, dialled)

        async def work() -> None:
            async with while_up(leg):
                call.b = await self.courier.deliver(call, leg, Request(call.source, dialled, call.start))
            if call.b is not None:
                await converse(self, call)

        await self.run(call, work())

    async def run(self, call: Call, work: Coroutine[None, None, None]) -> None:
        """Do the work of a call, and end it."""
        try:
            await work
        except HungUp as left:
            call.cause = left.args[0].signals.cause or Cause.NORMAL
        except Exception:
            call.cause = Cause.FAILED
            log.exception("%s failed", call.id[:8])
        finally:
            self.finish(call)

    async def ring_extension(self, call: Call, leg: Leg, extension: str, for_s: float) -> Leg | None:
        """Like `try_extension`; None when nobody answered (recalls)."""
        answer = await self.try_extension(call, leg, extension, for_s)
        return None if isinstance(answer, Outcome) else answer

    async def try_extension(
        self, call: Call, leg: Leg, extension: str, for_s: float, alert: Alert = Alert.NORMAL,
        shown: Party | None = None,
    ) -> Leg | Outcome:  # fmt: skip
        """Ring the devices of an extension for `leg`, whatever its do-not-disturb and forwards say.

        `shown` is on their displays, else whoever is at `leg`. Returns the leg that answered, owned by the call. To be
        used within `while_up(leg)`.
        """
        owner = self.plan.extensions.get(extension)
        devices = reachable(owner, self.live()) if owner is not None else ()
        action = RingExtension(extension, devices, for_s)
        return await self.courier.ring_extension(call, leg, action, shown or leg.party, alert)

    def transfer(self, leg: Leg, number: str, told: Told | None = None) -> None:
        """Blind: the one who `leg`, of an extension, talks to goes to `number`, and `leg` is hung up.

        Raises TransferRefused at once; once accepted, the rest is the call's: nobody there, and the transferor rings.
        `told` hears, before that, how it went: NORMAL, somebody or a service has the call; else why not.
        """
        transfer(self, leg, number, told)

    def talks(self, leg: Leg) -> bool:
        """The leg is in conversation with the other one of its call, and with nothing else: it may hold the call."""
        return talks(self, leg)

    def join(
        self, first: Leg, second: Leg, failed: Callable[[], None] = lambda: None, told: Told | None = None
    ) -> None:  # fmt: skip
        """Attended: the peers of two legs of one extension are connected, both legs are hung up.

        The call of `first` goes on and gets the record of it all; that of `second` ends with a record of its own. If
        nobody has answered `second` yet, this is a blind transfer to what it dialled. Raises TransferRefused at once;
        `failed` is called when the second call ends by itself before that: `first` then is as it was.
        """
        join(self, first, second, failed, told)

    def replace(self, old: Leg, new: Leg) -> None:
        """`new`, of no call yet, takes the place of `old`, ringing or talking (RFC 3891). Raises TransferRefused."""
        replace_leg(self, old, new)

    async def close(self) -> None:
        """End every call."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _source_of(party: Party) -> FromExtension | FromTrunk:
    if party.trunk:
        return FromTrunk(party.trunk, party.number, party.withheld)
    return FromExtension(party.extension or party.number)
