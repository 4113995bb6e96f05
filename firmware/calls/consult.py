"""Asking a third party out of a call: it is called beside the call, and then let go, connected, or kept.

The asker's leg stays with its call; the third party's belongs to a call of its own, which has a record of its own.
Not responsible for the one who waits meanwhile, nor for what the asker presses while they talk (features).
"""

import asyncio
from typing import TYPE_CHECKING

from firmware.calls.call import Call
from firmware.calls.conversation import converse
from firmware.calls.feature import Session
from firmware.calls.keys import keys_of
from firmware.calls.leg import Leg, LegState
from firmware.calls.race import within
from firmware.calls.talk import Ended, Pressed, talk
from firmware.calls.transfer import hand_on, take
from firmware.telephony.decision import CallTrunks, Decision, Goto, RingExtension
from firmware.telephony.incall import GAP_S, NO_KEYS, PARK, KeyTable, Matched, Stage, key_table, press

if TYPE_CHECKING:
    from firmware.calls.exchange import Exchange


def is_people(decision: Decision) -> bool:
    """Whether somebody can be asked there: it leads to telephones, lines or a group, not to a service of the box."""
    action = decision.action
    return isinstance(action, RingExtension | CallTrunks) or (isinstance(action, Goto) and action.service == "group")


class Consultation:
    """One question. A context manager: what is not connected or kept by then is hung up."""

    def __init__(self, exchange: "Exchange", asker: Leg, decision: Decision) -> None:
        self._exchange = exchange
        self.asker, self.decision = asker, decision
        self.third: Leg | None = None
        self.call = exchange.new_call(asker, decision.request.dialled, own=False)
        self._over = False

    def __enter__(self) -> "Consultation":
        return self

    def __exit__(self, *_: object) -> None:
        if not self._over:
            self._over = True
            self._exchange.finish(self.call)

    async def reach(self, for_s: float, abort: KeyTable) -> Leg | None:
        """Call the third party. None: nobody, not within `for_s`, or the asker has pressed a code of `abort`.

        An asker who leaves meanwhile gives it another `for_s`: what then becomes of the answer is the caller's to say.
        """
        follow = self._exchange.courier.follow(self.call, self.asker, self.decision, services=False)
        calling = asyncio.ensure_future(follow)
        stops = {
            asyncio.ensure_future(pressed(self.asker, abort)),
            asyncio.ensure_future(self.asker.signals.until(LegState.GONE)),
        }
        try:
            await asyncio.wait({calling, *stops}, timeout=for_s, return_when=asyncio.FIRST_COMPLETED)
            if self.asker.signals.gone:
                await asyncio.wait({calling}, timeout=for_s)
            self.third = calling.result() if calling.done() else None
        finally:
            for task in (calling, *stops):
                task.cancel()
            await asyncio.wait({calling, *stops})  # until the legs that still rang are let go
        if self.third is not None:
            self.call.b, self.call.answered = self.third, self._exchange.clock.now()
            self._exchange.changed(self.call)
        return self.third

    async def talk(self, codes: KeyTable) -> Ended:
        """Let asker and third party talk, until one of them goes or the asker presses one of `codes`."""
        assert self.third is not None
        exchange, asker, third = self._exchange, self.asker, self.third
        guest = key_table(Stage.GUEST, exchange.plan.codes) if third.party.extension is not None else NO_KEYS
        tables = {asker: codes, third: guest}
        while True:
            ended = await talk(exchange.media, asker, third, exchange.music, keys=tables.__getitem__)
            if not isinstance(ended, Pressed) or ended.id != PARK:
                return ended
            await Session(exchange, self.call, ended.leg).refuse_parking()

    def complete(self, outer: Call) -> None:
        """The third party takes the asker's place in the call that the question was about. By that call's owner."""
        assert self.third is not None
        hand_on(self.call, self.third, outer)
        take(outer, self.asker, self.third)

    def release(self) -> Call:
        """The third party's call goes on without the asker: it is the caller's to carry on, and to end."""
        assert self.third is not None
        self._over = True
        self.call.a, self.call.b = self.third, None
        return self.call

    def keep(self, outer: Call) -> None:
        """The one who waited has left: asker and third party talk on, in a call of their own."""
        assert self.third is not None
        self._over = True
        self.call.own(outer.let_go(self.asker))
        self.call.a, self.call.b = self.asker, self.third
        self._exchange.start(self._exchange.run(self.call, converse(self._exchange, self.call)), "consultation")


async def pressed(leg: Leg, table: KeyTable) -> str:
    """The id of the first code of `table` that the leg presses; other keys are passed over."""
    held = ""
    with keys_of(leg) as keys:
        while True:
            try:
                key = await within(GAP_S if held else None, keys.get())
            except TimeoutError:
                held = ""
                continue
            held, actions = press(held, key, table)
            for action in actions:
                if isinstance(action, Matched):
                    return action.id
