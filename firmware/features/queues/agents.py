"""The agents of the queues: who has logged in, who has a break (F24, F25). Kept over a restart of the core.

Static agents are members always, dynamic ones while they are logged in; the site file lists both. A break holds for
all queues of an agent. Not responsible for who is free to take a call (`line`), nor for what is said (`script`).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import Enum

from firmware.calls.feature import KeptValues
from firmware.telephony.site import Queue, Site


@dataclass(frozen=True, slots=True)
class Agent:
    """What is kept of one extension."""

    extension: str
    queues: tuple[str, ...] = ()  # that it has logged in to
    paused: bool = False


class Standing(Enum):
    """What a code has done. Each value is the prompt that says it."""

    LOGGED_IN = "agent-in"
    LOGGED_IN_BEFORE = "agent-already-in"
    LOGGED_OUT = "agent-out"
    STATIC = "agent-static"
    PAUSED = "agent-paused"
    RESUMED = "agent-unpaused"
    NO_AGENT = "not-agent"


class Agents:
    """All agents. `site` is asked anew each time, so that a changed list counts at once."""

    def __init__(self, site: Callable[[], Site], kept: KeptValues[Agent], changed: Callable[[], None]) -> None:
        self._site, self._kept, self._changed = site, kept, changed
        self._agents = {one.extension: one for one in kept.load()}

    def agent(self, extension: str) -> Agent:
        return self._agents.get(extension, Agent(extension))

    def members(self, queue: Queue) -> tuple[str, ...]:
        """Who belongs to the queue now: static agents, then dynamic ones that are logged in, in the site's order."""
        dynamic = (one for one in queue.dynamic_agents if queue.number in self.agent(one).queues)
        return tuple(dict.fromkeys((*queue.agents, *dynamic)))

    def log_in(self, extension: str) -> Standing:
        """Into every queue that lists the extension as a dynamic agent."""
        listed = self._queues(extension, lambda queue: queue.dynamic_agents)
        if not listed:
            return self._static_or_none(extension)
        if set(listed) <= set(self.agent(extension).queues):
            return Standing.LOGGED_IN_BEFORE
        self._keep(replace(self.agent(extension), queues=listed))
        return Standing.LOGGED_IN

    def log_out(self, extension: str) -> Standing:
        """Out of every queue."""
        if not self._queues(extension, lambda queue: queue.dynamic_agents):
            return self._static_or_none(extension)
        self._keep(replace(self.agent(extension), queues=()))
        return Standing.LOGGED_OUT

    def pause(self, extension: str, on: bool) -> Standing:
        """Begin or end a break."""
        if not self._queues(extension, lambda queue: (*queue.agents, *queue.dynamic_agents)):
            return Standing.NO_AGENT
        self._keep(replace(self.agent(extension), paused=on))
        return Standing.PAUSED if on else Standing.RESUMED

    def keep_only(self, extensions: Collection[str]) -> None:
        """Forget extensions that do not exist any more."""
        for extension in self._agents.keys() - extensions:
            del self._agents[extension]
            self._kept.remove(extension)

    def _queues(self, extension: str, members: Callable[[Queue], tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(queue.number for queue in self._site().queues if extension in members(queue))

    def _static_or_none(self, extension: str) -> Standing:
        static = self._queues(extension, lambda queue: queue.agents)
        return Standing.STATIC if static else Standing.NO_AGENT

    def _keep(self, agent: Agent) -> None:
        self._agents[agent.extension] = agent
        self._kept.save(agent)
        self._changed()
