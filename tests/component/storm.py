"""People who do everything at the wrong moment: telephones that are answered, used and hung up at random times.

For tests of races: whatever they do, nothing may be left over (`house`) and no call may fail.
"""

import asyncio
import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from firmware.calls.leg import Cause, Direction, Party
from firmware.calls.transfer import TransferRefused
from tests.component.house import House, Telephone


@contextmanager
def no_failures() -> Iterator[None]:
    """No error is logged while the block runs: the exchange logs a call that fails, and goes on."""
    errors: list[logging.LogRecord] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            errors.append(record)

    handler = Handler(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
    assert not errors, [error.getMessage() + str(error.exc_info and error.exc_info[1]) for error in errors]


class Storm:
    """Random people in a house. `keys`: what somebody in a call may press; `numbers`: what somebody may dial."""

    def __init__(self, here: House, seed: int, numbers: Sequence[str], keys: Sequence[str], lasts_s: float) -> None:
        self._here, self._chance = here, random.Random(seed)
        self._numbers, self._keys, self._lasts_s = numbers, keys, lasts_s
        self._tasks: list[asyncio.Task[None]] = []
        self._newcomers: list[Telephone] = []
        self.transfers = 0  # whose outcome has not been told yet

    async def rage(self, people: Sequence[str], trunks: Sequence[str] = ()) -> None:
        """Everybody calls around until it is over, then all hang up."""
        known: set[int] = set()
        callers = [asyncio.create_task(self._calls(one)) for one in (*people, *trunks)]
        end_s = asyncio.get_running_loop().time() + self._lasts_s
        while asyncio.get_running_loop().time() < end_s:
            await asyncio.sleep(self._chance.uniform(0.0, 0.2))
            for legs in self._here.rung.values():
                for leg in legs:
                    if id(leg) not in known:
                        known.add(id(leg))
                        self._tasks.append(asyncio.create_task(self._is_called(leg)))
        for task in (*callers, *self._tasks):
            task.cancel()
        await asyncio.gather(*callers, *self._tasks, return_exceptions=True)
        for legs in (*self._here.rung.values(), self._newcomers):
            for leg in legs:
                leg.leaves()

    async def _calls(self, who: str) -> None:
        """Call somebody, use the telephone, hang up, again and again."""
        while True:
            await asyncio.sleep(self._chance.uniform(0.0, 3.0))
            leg = self._leg(who)
            try:
                await self._uses(leg)
            finally:
                leg.leaves()

    def _leg(self, who: str) -> Telephone:
        if who in self._here.plan.extensions:
            return self._here.dials(who, self._chance.choice(self._numbers))
        return self._here.outside_calls(who, Party("0301234567", trunk=who))

    async def _is_called(self, leg: Telephone) -> None:
        """Answer or not, use the telephone, hang up."""
        await asyncio.sleep(self._chance.uniform(0.0, 2.0))
        match self._chance.choice(("answer", "answer", "answer", "reject", "ring", "race")):
            case "reject":
                leg.leaves(self._chance.choice((Cause.BUSY, Cause.REJECTED, Cause.FAILED)))
            case "ring":
                leg.rings()
            case "answer":
                leg.rings()
                await asyncio.sleep(self._chance.uniform(0.0, 2.0))
                if not leg.signals.gone:
                    leg.pick_up()
                await self._uses(leg)
                leg.leaves()
            case "race":
                if not leg.signals.gone:
                    leg.pick_up()
                leg.leaves()

    async def _uses(self, leg: Telephone) -> None:
        for _ in range(self._chance.randrange(6)):
            await asyncio.sleep(self._chance.choice((0.0, self._chance.uniform(0.0, 4.0))))
            if leg.signals.gone:
                return
            match self._chance.randrange(9):
                case 0:
                    leg.hold(self._chance.random() < 0.5)
                case 1:
                    self._refers(leg)
                case _:
                    leg.press(self._chance.choice(self._keys))

    def _refers(self, leg: Telephone) -> None:
        """What an IP telephone or a hook flash asks for: a blind transfer, joining two calls, another leg's place."""
        exchange = self._here.exchange
        others = [other for call in exchange.calls.values() for other in call.legs if other is not leg]
        with suppress(TransferRefused):
            match self._chance.randrange(3):
                case 1 if others:
                    same = [one for one in others if one.party.extension == leg.party.extension]
                    exchange.join(leg, self._chance.choice(same or others), told=self._told)
                    self.transfers += 1
                case 2 if others:
                    new = Telephone(self._here.media, Direction.INCOMING, leg.party, "")
                    self._newcomers.append(new)
                    asyncio.get_running_loop().call_later(self._chance.uniform(0.0, 5.0), new.leaves)
                    exchange.replace(self._chance.choice(others), new)
                case _:
                    exchange.transfer(leg, self._chance.choice(self._numbers), self._told)
                    self.transfers += 1

    def _told(self, _outcome: Cause) -> None:
        """Each transfer comes to one end."""
        self.transfers -= 1
