"""Conferences (F26-F29) as the guide tells them, on a box as delivered; and whom an administrator may invite."""

import asyncio

import pytest

from firmware.calls.leg import LegState
from tests.component.house import House
from tests.component.story import answers, office, play_in_house, talking
from tests.scenarios.meeting import SITE, enters, invites, inviting, play, the_room


def test_a_box_as_delivered_has_a_room_for_a_conference_out_of_a_call() -> None:
    """F28 F29: 90 is the first free one; the creator leads it, others dial 90, nobody is asked for a password"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*0")
        await asyncio.sleep(5)
        assert ben.hears == {"103"}
        workshop = await enters(here, "102", "90")
        assert workshop.hears == {"103", "104"}
        await invites(here, anna, "101")
        reception = await answers(here, "101")
        anna.press("**")
        await asyncio.sleep(5)
        assert reception.hears == {"102", "103", "104"}
        assert "conf-enter-pin" not in here.media.said
        for leg in (ben, anna, workshop, reception):
            leg.leaves()

    play_in_house(office(""), story)


def test_ten_take_part_unless_the_room_says_otherwise() -> None:
    """F26: and nobody who dials a room without passwords leads it"""
    numbers = [str(number) for number in range(201, 212)]
    more = "".join(f'  - {{number: "{one}", name: N{one}, sip: {{secret: secret-of-{one}}}}}\n' for one in numbers)

    async def story(here: House) -> None:
        legs = [await enters(here, number, "90") for number in numbers]
        assert here.media.said[-1] == "conf-full"
        assert legs[0].hears == set(numbers[1:-1])
        legs[0].press("0")
        await asyncio.sleep(2)
        assert legs[0].hears == set(numbers[1:-1])
        for leg in legs:
            leg.leaves()

    play_in_house(office(more), story)


def test_an_analog_telephone_leads_a_conference() -> None:
    """F26 F27: it dials 90 and `#`, and invites digit by digit"""

    async def story(here: House) -> None:
        guest = await enters(here, "103", "90", "1234#")
        reception = here.lifts("101")
        await asyncio.sleep(1)
        for keys, pause_s in (("90#", 1.5), ("9876#", 5), ("0", 1), ("102#", 1)):
            reception.press(keys)
            await asyncio.sleep(pause_s)
        await answers(here, "102")
        assert reception.hears == {"102"}
        reception.press("**")
        await asyncio.sleep(5)
        assert guest.hears == {"101", "102"}
        for leg in (guest, reception, *here.rung["102"]):
            leg.leaves()

    play(story)


def test_the_mailbox_of_an_invited_one_does_not_come() -> None:
    """F27: it could not press `**`; nobody leaves it a conference to listen to"""
    text = SITE.replace("port: fxs2}", 'port: fxs2, ring_s: 10, voicemail: {pin: "4711"}}')

    async def story(here: House) -> None:
        guest = await enters(here, "103", "90", "1234#")
        admin = await enters(here, "104", "90", "9876#")
        await invites(here, admin, "102")
        await asyncio.sleep(13)
        assert here.media.said[-1] == "conf-invite-failed"
        assert guest.hears == {"104"}
        guest.leaves()
        admin.leaves()

    invited = next(one for one in play(story, text).records if one.call_to == "102")
    assert "vm" not in invited.final_callee


def test_an_outside_number_is_invited_on_the_administrators_account() -> None:
    """F27, security.md 4: by its permission and within its limits"""

    async def story(here: House) -> None:
        guest = await enters(here, "103", "90", "1234#")
        admin = await enters(here, "104", "90", "9876#")
        await invites(here, admin, "9030123456#")
        line = await answers(here, "provider")
        admin.press("**")
        await asyncio.sleep(5)
        assert line.hears == {"103", "104"}
        tally = here.exchange.limits.usage.tallies["104"]
        assert [talk.answered is not None for talk in tally.running] == [True]
        await invites(here, admin, "90033123456789#")
        await asyncio.sleep(5)
        assert len(here.rung["provider"]) == 1
        assert len(here.exchange.limits.usage.tallies["104"].hits) == 1
        assert admin.hears == {"103", "030123456"}
        for leg in (guest, admin, line):
            leg.leaves()

    play(story)


def test_who_may_not_call_outside_invites_nobody_there() -> None:
    """F27"""
    text = SITE.replace("secret: ben-secret-104}", "secret: ben-secret-104}, outbound: []")

    async def story(here: House) -> None:
        admin = await enters(here, "104", "90", "9876#")
        await invites(here, admin, "9030123456#")
        await asyncio.sleep(5)
        assert "provider" not in here.rung
        assert admin.hears == {"music"}
        assert admin.state is LegState.UP
        admin.leaves()

    play(story, text)


def test_the_last_administrator_leaves_and_the_conference_goes_on() -> None:
    """F27: for as long as the others like"""

    async def story(here: House) -> None:
        anna, carla = [await enters(here, number, "90", "1234#") for number in ("103", "105")]
        admin = await enters(here, "104", "90", "9876#")
        admin.leaves()
        await asyncio.sleep(3600)
        assert anna.hears == {"105"}
        assert carla.hears == {"103"}
        anna.leaves()
        carla.leaves()

    play(story)


@pytest.mark.parametrize("answered", [True, False])
def test_an_administrator_is_sent_out_while_inviting(answered: bool) -> None:
    """F27: at once; the invited one does not come"""

    async def story(here: House) -> None:
        guest, admin = await inviting(here)
        workshop = await here.telephone("102")
        if answered:
            workshop.pick_up()
        await asyncio.sleep(1)
        room = the_room(here)
        member = room.member(admin.id)
        assert member is not None
        room.remove(member)
        await asyncio.sleep(0.5)
        assert workshop.state is LegState.GONE
        assert admin.hears == {"conf-removed"}
        await asyncio.sleep(1)
        assert admin.state is LegState.GONE
        assert guest.state is LegState.UP
        guest.leaves()

    play(story)
