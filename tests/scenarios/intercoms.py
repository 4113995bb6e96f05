"""What the scenarios of intercom and paging share."""

from collections.abc import Awaitable, Callable

from tests.component.house import House
from tests.component.story import play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - number: "103"
    name: Anna
    sip: {secret: anna-secret-103}
    forward: {always: "101", no_answer: "101"}
    voicemail: {enabled: true}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Quiet, sip: {secret: quiet-secret-105}, dnd: true}
"""


CODES = ("*50", "*51")


def play(story: Callable[[House], Awaitable[None]], **devices: int) -> House:
    return play_in_house(SITE, story, devices=devices)
