"""The tone that says that a call is about to be ended. Both who talk hear it."""

import asyncio
from contextlib import suppress

from firmware.calls.audio import sounding
from firmware.calls.exchange import Exchange
from firmware.calls.leg import Leg
from firmware.calls.scopes import HungUp, while_up


async def warn(exchange: Exchange, line: Leg) -> None:
    """Sound the country's waiting tone, once, to the line and to whom it talks to."""
    hearers = [leg for leg in (line, line.signals.peer) if leg is not None]
    await asyncio.gather(*(_sound(exchange, leg) for leg in hearers))


async def _sound(exchange: Exchange, leg: Leg) -> None:
    with suppress(HungUp):
        async with while_up(leg):
            tone = exchange.media.tone(exchange.tones["call_waiting"])
            async with sounding(exchange.media, leg, tone) as sound:
                await sound.done
