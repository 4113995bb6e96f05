"""Which agents ring next for a caller in a queue. Pure; not here: who is free."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from firmware.telephony.site import Queue


@dataclass(slots=True)
class Memory:
    """What a queue remembers of its agents, by extension. Times in seconds of the monotonic clock."""

    last_tried: str | None = None
    calls: dict[str, int] = field(default_factory=dict)
    last_call_s: dict[str, float] = field(default_factory=dict)

    def took(self, agent: str) -> None:
        self.calls[agent] = self.calls.get(agent, 0) + 1

    def ended(self, agent: str, now_s: float) -> None:
        self.last_call_s[agent] = now_s


def choose(
    queue: Queue, free: Sequence[str], tried: Sequence[str], memory: Memory, chance: random.Random
) -> tuple[str, ...]:
    """Of the free agents, in the queue's order, those who ring now. `tried`: who has rung for this caller already.

    Whatever the strategy, nobody rings again for a caller before all who are free have rung.
    """
    if queue.strategy == "ringall" or not free:
        return tuple(free)
    fresh = [one for one in free if one not in tried] or list(free)
    match queue.strategy:
        case "linear":
            return (fresh[0],)
        case "random":
            return (chance.choice(fresh),)
        case "rrmemory":
            return (_next(queue, fresh, memory.last_tried),)
        case "leastrecent":
            return (_least(fresh, memory.last_call_s),)
        case "fewestcalls":
            return (_least(fresh, memory.calls),)


def _next(queue: Queue, fresh: Sequence[str], last: str | None) -> str:
    """The first one after `last` in the queue's order, round and round."""
    order = (*queue.agents, *queue.dynamic_agents)
    place = order.index(last) + 1 if last in order else 0
    turn = (*order[place:], *order[:place])
    return min(fresh, key=turn.index)


def _least(fresh: Sequence[str], of: Mapping[str, float] | Mapping[str, int]) -> str:
    """Who has none at all comes first; of equal ones the first in order."""
    return min(fresh, key=lambda one: of.get(one, -1))
