"""What the scenarios of conferences share: the site, coming into a room, the room as the pages see it."""

import asyncio
from collections.abc import Awaitable, Callable

from firmware.features.conference.room import Room
from firmware.features.conference.script import Conferences
from tests.component.house import House, Telephone
from tests.component.story import office, play_in_house

SITE = office("""
  - {number: "105", name: Carla, sip: {secret: carla-secret-105}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: provider, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: outside, prefix: "9", trunks: [provider]}
inbound:
  - {trunk: line1, to: room/91}
rooms:
  - {number: "90", pin: "1234", admin_pin: "9876"}
  - {number: "91"}
  - {number: "92", admin_pin: "5555", max_members: 3, end_without_admin: true}
""")


def play(story: Callable[[House], Awaitable[None]], site: str = SITE) -> House:
    return play_in_house(site, story)


async def enters(here: House, extension: str, room: str, pin: str = "") -> Telephone:
    leg = here.dials(extension, room)
    await asyncio.sleep(1.5)
    if pin:
        leg.press(pin)
    await asyncio.sleep(5)
    return leg


async def invites(here: House, admin: Telephone, number: str) -> None:
    admin.press("0")
    await asyncio.sleep(0.5)
    assert admin.hears == {"dial"}
    admin.press(number)
    await asyncio.sleep(0.1)


async def inviting(here: House) -> tuple[Telephone, Telephone]:
    """A participant and an administrator of room 90, who is inviting the workshop."""
    guest = await enters(here, "103", "90", "1234#")
    admin = await enters(here, "104", "90", "9876#")
    await invites(here, admin, "102")
    return guest, admin


def the_room(here: House) -> Room:
    conferences = here.exchange.features.offers["conference"]
    assert isinstance(conferences, Conferences)
    (room,) = conferences.in_use()
    return room
