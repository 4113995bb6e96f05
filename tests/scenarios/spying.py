"""What the scenarios of call spy share: the site, two who talk, one who listens."""

import asyncio
from functools import partial

from firmware.calls.leg import LegState
from tests.component.house import House, Telephone
from tests.component.story import play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "101", name: Chief, port: fxs1, monitor: {mode: all}}
  - {number: "102", name: Workshop, port: fxs2, monitor: {mode: whisper, allow: true}}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, monitor: {allow: true}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}, monitor: {mode: all, allow: true}}
  - {number: "106", name: Dora, sip: {secret: dora-secret-106}, monitor: {mode: listen, allow: true, beep: true}}
trunks:
  - {name: branch, type: sip, host: 192.0.2.20, register: false}
inbound:
  - {to: "103"}
"""


play = partial(play_in_house, SITE)


async def spying(here: House, code: str, spy: str = "105") -> Telephone:
    leg = here.dials(spy, f"{code}103")
    await asyncio.sleep(1)
    assert leg.state is LegState.UP
    return leg
