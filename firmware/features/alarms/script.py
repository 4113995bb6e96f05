"""Alarms (security.md 4): a banner, and whom the site file names: mails, a program, a call to somebody in the house.

The same alarm again within ten minutes is gathered: it is told once more at their end, with how often it came.
Not responsible for what is an alarm: `Exchange.alarm`.
"""

import asyncio
import logging
from datetime import datetime

from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.leg import Party
from firmware.calls.page import page
from firmware.contract.status import Alarm
from firmware.features.alarms.board import Board
from firmware.features.alarms.letters import write
from firmware.net.webhook import Message, NotTaken
from firmware.telephony.decision import Outcome

GATHER_S = 600.0
RING_S = 60.0
TIMES = 2  # that it is said
PAUSES_S = (10.0, 60.0)  # before a program is told again that did not take it
SHOWN = Party("", "ALARM")

log = logging.getLogger(__name__)


class Alarms:
    """Tells of the exchange's alarms."""

    def __init__(self, resources: Resources) -> None:
        self._settings, self._post, self._push = resources.settings, resources.post, resources.push
        self.board = Board(resources.keep("alarms", Alarm, lambda one: (one.text,), synced=True))
        self._again: dict[str, int] = {}  # alarms that were told of lately, and how often they have come since
        self._calling = False

    def begin(self, exchange: Exchange) -> None:
        self._exchange = exchange
        exchange.watch_alarms(self.raised)

    def raised(self, text: str) -> None:
        self.board.add(text, self._exchange.clock.now())
        if text in self._again:
            self._again[text] += 1
        else:
            self._again[text] = 1
            self._exchange.start(self._gather(text), "alarm")

    async def _gather(self, text: str) -> None:
        try:
            while times := self._again[text]:
                self._again[text] = 0
                self._tell(text, times)
                await asyncio.sleep(GATHER_S)
        finally:
            del self._again[text]

    def _tell(self, text: str, times: int) -> None:
        site, now = self._settings.site, self._exchange.clock.now()
        write(self._post, site, text, now, times)
        if site.alarms.webhook.url is not None:
            self._exchange.start(self._tell_program(text, now, times), "webhook of an alarm")
        if site.alarms.call and not self._calling:
            self._calling = True
            self._exchange.start(self._call(), "call about an alarm")

    async def _tell_program(self, text: str, at: datetime, times: int) -> None:
        for pause_s in (*PAUSES_S, None):
            site = self._settings.site
            message: Message = {"box": site.site.name, "at": at.isoformat(), "alarm": text, "times": times}
            try:
                await self._push(site.alarms.webhook, message)
                return
            except NotTaken as error:
                log.warning("the webhook was not told of an alarm: %s", error)
            if pause_s is not None:
                await asyncio.sleep(pause_s)
        log.error("the webhook is given up for this alarm: %s", text)

    async def _call(self) -> None:
        try:
            told = await page(self._exchange, self._settings.site.alarms.call, SHOWN, RING_S, speech, rule="alarm")
        finally:
            self._calling = False
        if isinstance(told, Outcome):
            log.warning("nobody was called about the alarm: %s", told.value)


async def speech(session: Session) -> None:
    for _ in range(TIMES):
        await session.say("alarm-raised")


def install(resources: Resources) -> Features:
    alarms = Alarms(resources)
    return Features(begin=(alarms.begin,), offers={"alarms": alarms.board})
