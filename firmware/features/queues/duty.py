"""Which agents are there, and which of them can take a call now, whatever their queue.

An agent rings for one queue at a time, takes no second call (`ringinuse=no`) and rests after one as its queue says.
Not responsible for log-ins (`agents`), nor for who of the free ones rings (`strategy`).
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from firmware.calls.exchange import Exchange
from firmware.calls.leg import Leg, LegEvent
from firmware.features.queues.agents import Agents
from firmware.telephony.delivery import reachable
from firmware.telephony.site import Queue


class Duty:
    """All agents of the box. `changed` is called whenever somebody may have become free."""

    def __init__(self, exchange: Exchange, agents: Agents, changed: Callable[[], None]) -> None:
        self._exchange, self._agents, self._changed = exchange, agents, changed
        self._ringing: set[str] = set()
        self._rest_until_s: dict[str, float] = {}
        self._missed: Counter[str] = Counter()

    def absent(self, extension: str) -> str | None:
        """Why no call can reach the agent, for as long as nobody does something about it; None: it is there."""
        settings = self._exchange.plan.extensions.get(extension)
        if settings is None:
            return "is no extension"
        if self._agents.agent(extension).paused:
            return "has a break"
        if settings.dnd:
            return "do not disturb is on"
        return None if reachable(settings, self._exchange.live()) else "no device can be reached"

    def busy(self, extension: str) -> str | None:
        """Why the agent, who is there, takes no call just now; None: it is free."""
        if extension in self._ringing:
            return "is being called"
        if self._exchange.live().calls.get(extension):
            return "is in a call"
        resting = self._rest_until_s.get(extension, 0.0) > self._exchange.clock.monotonic_s()
        return "rests after a call" if resting else None

    def free(self, members: Collection[str]) -> list[str]:
        return [one for one in members if self.absent(one) is None and self.busy(one) is None]

    def anybody(self, members: Collection[str]) -> bool:
        """Whether it is worth waiting for one of them."""
        return any(self.absent(one) is None for one in members)

    @contextmanager
    def called(self, agents: Collection[str]) -> Iterator[None]:
        """No other queue calls these agents while the block runs."""
        self._ringing.update(agents)
        try:
            yield
        finally:
            self._ringing.difference_update(agents)
            self._changed()

    def talks(self, agent: str, leg: Leg, queue: Queue, ended: Callable[[], None]) -> None:
        """The agent has answered: it rests once `leg` is gone; `ended` is called then."""
        self._missed.pop(agent, None)

        def watcher(_event: LegEvent) -> None:
            if leg.signals.gone:
                stop()
                ended()
                self._rest(agent, queue.wrap_up_s)

        stop = leg.signals.watch(watcher)

    def _rest(self, agent: str, for_s: float) -> None:
        if for_s:
            self._rest_until_s[agent] = self._exchange.clock.monotonic_s() + for_s
            asyncio.get_running_loop().call_later(for_s, self._changed)
        self._changed()

    def missed(self, agent: str, queue: Queue) -> bool:
        """The agent has let it ring. True: it has done so too often, and gets a break."""
        self._missed[agent] += 1
        if queue.auto_pause_after is None or self._missed[agent] < queue.auto_pause_after:
            return False
        del self._missed[agent]
        self._agents.pause(agent, True)
        return True
