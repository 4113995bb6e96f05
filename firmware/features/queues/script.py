"""Call queues (F24, F25): callers wait with music until an agent is free; agents log in and out, and have breaks.

A caller who can be served hears the queue's greeting first, and has a place meanwhile. An agent's own forwards,
follow-me and mailbox never take a queue's call. A queue where nobody is there, that is full, or where a caller waits
too long sends the caller on.
"""

import random
from dataclasses import dataclass
from enum import Enum

from firmware.calls.exchange import Exchange
from firmware.calls.feature import Feature, Features, Resources, Session
from firmware.calls.greetings import Greetings
from firmware.calls.leg import Cause, Leg, LegState
from firmware.calls.race import first
from firmware.features.queues.agents import Agent, Agents, Standing
from firmware.features.queues.duty import Duty
from firmware.features.queues.line import Bell, Line, Place
from firmware.features.queues.strategy import Memory, choose
from firmware.features.queues.waiting import HoldTime, entertain
from firmware.telephony.decision import Outcome
from firmware.telephony.delivery import reachable
from firmware.telephony.site import Queue, Site

AT_LEAST_S = 1.0  # between two tries for one caller, when a telephone could not be called at all


class Unserved(Enum):
    """Why a caller is sent on."""

    EMPTY = "nobody is there to take calls"
    FULL = "all places are taken"
    TIMED_OUT = "has waited too long"


PROMPTS = {Unserved.EMPTY: "queue-empty", Unserved.FULL: "line-busy", Unserved.TIMED_OUT: "not-available"}


@dataclass(frozen=True, slots=True)
class State:
    """A queue at this moment: how many wait, and each agent with why it takes no call now, None: it is free."""

    waiting: int
    agents: tuple[tuple[str, str | None], ...]


class Desk:
    """What one queue remembers."""

    def __init__(self, bell: Bell) -> None:
        self.line, self.memory, self.hold = Line(bell.ring), Memory(), HoldTime()


class Queues:
    """All queues. `begin` gives it the exchange."""

    def __init__(self, resources: Resources, chance: random.Random) -> None:
        self._bell, self._chance, self._greetings = Bell(), chance, Greetings(resources)
        kept = resources.keep("agents", Agent, lambda one: (one.extension,))
        self.agents = Agents(lambda: resources.settings.site, kept, self._bell.ring)
        self._desks: dict[str, Desk] = {}
        resources.settings.watch(self._site_changed)
        self._site_changed(resources.settings.site)

    def begin(self, exchange: Exchange) -> None:
        self._duty = Duty(exchange, self.agents, self._bell.ring)
        exchange.occupancy.watch(lambda _extension: self._bell.ring())
        exchange.devices.watch(lambda _extension: self._bell.ring())

    def _site_changed(self, site: Site) -> None:
        self.agents.keep_only({one.number for one in site.extensions})
        self._bell.ring()

    def desk(self, number: str) -> Desk:
        return self._desks.setdefault(number, Desk(self._bell))

    # -- callers --------------------------------------------------------------------------------------------------

    async def serve(self, session: Session) -> None:
        """Service "queue"."""
        queue = _settings(session)
        desk = self.desk(queue.number)
        session.call.leads_on()  # waiting is no answer
        session.call.final_callee = queue.number
        if len(desk.line) >= queue.max_callers:
            await self._send_on(session, queue, Unserved.FULL)
        elif not self._duty.anybody(self.agents.members(queue)):
            await self._send_on(session, queue, Unserved.EMPTY)
        else:
            await session.answered()
            with desk.line.place(session.exchange.clock.monotonic_s()) as place:
                session.call.note(f"queue {queue.number}", queue.name, f"caller {len(desk.line)} in the queue")
                await self._greetings.play(session, queue)
                place.since_s = session.exchange.clock.monotonic_s()
                served = await first(
                    self._served(session, queue, desk, place),
                    entertain(session, queue, desk.line, place, desk.hold),
                    within_s=queue.max_wait_s,
                )
            if served is None or isinstance(served, Unserved):
                await self._send_on(session, queue, served or Unserved.TIMED_OUT)
            else:
                session.call.b = served

    async def _served(self, session: Session, queue: Queue, desk: Desk, place: Place) -> Leg | Unserved:
        """Have agents ring until one answers, or none is there any more."""
        while True:
            queue = _settings(session, queue)
            members = self.agents.members(queue)
            if not self._duty.anybody(members):
                return Unserved.EMPTY
            free = self._duty.free(members)
            if not desk.line.may_ring(place, queue, len(free)):
                await self._bell.wait()
                continue
            agents = choose(queue, free, place.tried, desk.memory, self._chance)
            answer = await self._ring(session, queue, desk, place, agents)
            if answer is not None:
                return answer
            await first(self._deserted(session, queue), within_s=max(queue.retry_s, AT_LEAST_S))

    async def _deserted(self, session: Session, queue: Queue) -> None:
        """Until nobody is there any more."""
        while self._duty.anybody(self.agents.members(_settings(session, queue))):
            await self._bell.wait()

    async def _ring(
        self, session: Session, queue: Queue, desk: Desk, place: Place, agents: tuple[str, ...]
    ) -> Leg | None:
        """Let these agents ring for the caller at `place`."""
        exchange, call = session.exchange, session.call
        if set(agents) <= set(place.tried):
            place.tried.clear()
        place.tried.extend(agents)
        desk.memory.last_tried = agents[-1]
        call.note(f"queue {queue.number}", ", ".join(agents), f"ring for {queue.ring_s} s")
        with self._duty.called(agents):
            legs = [leg for agent in agents for leg in _called(exchange, agent, session.leg)]
            if not legs:
                return None
            place.ringing = True
            try:
                answer = await exchange.courier.ring(call, session.leg, legs, queue.ring_s, None, tone=False)
            finally:
                place.ringing = False
            if not isinstance(answer, Outcome):
                self._answered(exchange, queue, desk, place, answer)
                return answer
        if answer is Outcome.NO_ANSWER:
            for agent in agents:
                if self._duty.missed(agent, queue):
                    call.note(f"queue {queue.number}", agent, "has let it ring too often: gets a break")
        return None

    def _answered(self, exchange: Exchange, queue: Queue, desk: Desk, place: Place, leg: Leg) -> None:
        """Whoever has picked the call up counts as if it had rung there."""
        agent = leg.party.extension or ""
        desk.memory.took(agent)
        desk.hold.add(exchange.clock.monotonic_s() - place.since_s)
        self._duty.talks(agent, leg, queue, lambda: desk.memory.ended(agent, exchange.clock.monotonic_s()))

    async def _send_on(self, session: Session, queue: Queue, why: Unserved) -> None:
        call, exchange = session.call, session.exchange
        call.note(f"queue {queue.number}", queue.name, why.value)
        places = {Unserved.EMPTY: queue.on_empty, Unserved.FULL: queue.on_full, Unserved.TIMED_OUT: queue.on_timeout}
        destination = places[why] or queue.otherwise
        if destination is not None:
            request = exchange.request(session.leg, queue.number)
            call.b = await exchange.courier.send(call, session.leg, request, destination)
            return
        call.declined, call.cause = True, Cause.UNAVAILABLE
        if session.leg.party.trunk is None or session.leg.signals.state is LegState.UP:
            await session.refuse(Cause.UNAVAILABLE, PROMPTS[why])

    # -- for the pages --------------------------------------------------------------------------------------------

    def state(self, queue: Queue) -> State:
        """Who waits and who could take calls, now."""
        members = self.agents.members(queue)
        why = {one: self._duty.absent(one) or self._duty.busy(one) for one in members}
        return State(len(self.desk(queue.number).line), tuple(why.items()))

    # -- agents ---------------------------------------------------------------------------------------------------

    async def log_in(self, session: Session) -> None:
        """`*62`"""
        await self._say(session, self.agents.log_in(session.leg.party.extension or ""))

    async def log_out(self, session: Session) -> None:
        """`*062`"""
        await self._say(session, self.agents.log_out(session.leg.party.extension or ""))

    async def pause(self, session: Session) -> None:
        """`*95`"""
        await self._say(session, self.agents.pause(session.leg.party.extension or "", True))

    async def resume(self, session: Session) -> None:
        """`*095`"""
        await self._say(session, self.agents.pause(session.leg.party.extension or "", False))

    async def _say(self, session: Session, standing: Standing) -> None:
        session.call.note("queue agent", session.leg.party.number, standing.name.lower().replace("_", " "))
        await session.answered()
        await session.say(standing.value)

    def codes(self) -> dict[str, Feature]:
        return {
            "agent-login": self.log_in,
            "agent-logout": self.log_out,
            "agent-pause": self.pause,
            "agent-resume": self.resume,
        }


def _settings(session: Session, before: Queue | None = None) -> Queue:
    """The queue's settings as they are now; as they were `before` if it has been removed while somebody waits."""
    queues = {one.number: one for one in session.exchange.plan.site.queues}
    return queues[session.argument] if before is None else queues.get(session.argument, before)


def _called(exchange: Exchange, agent: str, caller: Leg) -> list[Leg]:
    settings = exchange.plan.extensions[agent]
    return exchange.devices.ring(agent, reachable(settings, exchange.live()), caller.party)


def install(resources: Resources) -> Features:
    queues = Queues(resources, random.Random())  # noqa: S311  # whose telephone rings is no secret
    return Features(
        codes=queues.codes(), services={"queue": queues.serve}, begin=(queues.begin,), offers={"queues": queues}
    )
