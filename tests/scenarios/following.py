"""What the scenarios of follow me share: the site, its lists."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.component.house import House
from tests.component.story import play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1, forward: {always: "105"}, voicemail: {enabled: true}}
  - {number: "102", name: Workshop, port: fxs2}
  - number: "103"
    name: Anna
    sip: {secret: anna-secret-103}
    forward: {no_answer: "105"}
    follow_me:
      enabled: true
      own_ring_s: 15
      confirm: CONFIRM
      list: LIST
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: branch, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: copper, prefix: "9", trunks: [line1]}
  - {name: net, prefix: "8", trunks: [branch]}
inbound:
  - {to: "103"}
"""


INSIDE = '[{number: "101", ring_s: 20}, {number: "102", ring_s: 25}, {number: "105", ring_s: 30}]'


COPPER = '[{number: "90171", ring_s: 20}, {number: "102", ring_s: 20}]'


NET = '[{number: "80171", ring_s: 20}, {number: "102", ring_s: 20}]'


Story = Callable[[House], Awaitable[None]]


def play(story: Story, numbers: str, confirm: bool = True, **devices: int) -> House:
    text = SITE.replace("LIST", numbers).replace("CONFIRM", str(confirm).lower())

    return play_in_house(text, story, devices=devices)


def now_s() -> float:
    return asyncio.get_running_loop().time()
