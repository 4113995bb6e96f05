"""Conferences (F26-F29): told as the people at the telephones notice them."""

import asyncio

import pytest

from firmware.calls.leg import Cause, LegState
from tests.component.house import House
from tests.component.story import answers, talking
from tests.scenarios.meeting import enters, invites, inviting, play, the_room


def test_all_in_a_room_hear_each_other_and_a_lone_one_hears_music() -> None:
    """F26 F29"""

    async def story(here: House) -> None:
        anna = await enters(here, "103", "91")
        assert here.media.said == ["conf-only-person"]
        assert anna.hears == {"music"}
        ben = await enters(here, "104", "91")
        assert here.media.said[1:4] == ["conf-there-are", "1", "conf-participants"]
        reception = await enters(here, "101", "91")
        assert anna.hears == {"104", "101"}
        assert ben.hears == {"103", "101"}
        assert reception.hears == {"103", "104"}
        ben.leaves()
        await asyncio.sleep(2)
        assert anna.hears == {"101"}
        reception.leaves()
        await asyncio.sleep(2)
        assert anna.hears == {"music"}
        anna.leaves()

    records = play(story).records
    assert {record.final_callee for record in records} == {"91"}


def test_coming_and_going_is_heard_by_a_beep() -> None:
    """F26"""

    async def story(here: House) -> None:
        anna = await enters(here, "103", "91")
        ben = here.dials("104", "91")
        await asyncio.sleep(3.5)
        assert anna.hears == {"104", "confirmation"}
        await asyncio.sleep(2)
        ben.leaves()
        await asyncio.sleep(0.5)
        assert anna.hears == {"music", "call_waiting"}
        anna.leaves()

    play(story)


def test_a_room_with_passwords_asks_for_one_and_the_password_makes_the_role() -> None:
    """F26"""

    async def story(here: House) -> None:
        guest = await enters(here, "103", "90", "1234#")
        assert here.media.said[0] == "conf-enter-pin"
        admin = await enters(here, "104", "90", "9876#")
        assert guest.hears == {"104"}
        guest.press("0")
        await asyncio.sleep(1)
        assert guest.hears == {"104"}  # `0` of a participant means nothing
        admin.press("0")
        await asyncio.sleep(1)
        assert admin.hears == {"dial"}
        assert guest.hears == {"music"}
        admin.leaves()
        guest.leaves()

    play(story)


@pytest.mark.parametrize("wrong", ["1111#", "#", "12345#", "1234567890123456789012345678901234"])
def test_three_wrong_passwords_end_the_call(wrong: str) -> None:
    """F26"""

    async def story(here: House) -> None:
        anna = here.dials("103", "90")
        for _attempt in range(3):
            await asyncio.sleep(0.5)
            anna.press(wrong)
            await asyncio.sleep(2)
        await here.settled()
        assert here.media.said == ["conf-enter-pin", "conf-bad-pin"] * 3
        assert anna.state is LegState.GONE

    play(story)


def test_nothing_dialled_is_a_wrong_password_where_everyone_needs_one() -> None:
    """F26"""

    async def story(here: House) -> None:
        here.dials("103", "90")
        await here.settled()
        assert here.media.said == ["conf-enter-pin", "conf-bad-pin"] * 3

    play(story)


def test_without_a_participants_password_hash_alone_lets_in() -> None:
    """F26"""

    async def story(here: House) -> None:
        anna = await enters(here, "103", "92", "#")
        assert anna.hears == {"music"}
        anna.leaves()

    play(story)


def test_a_room_holds_so_many_and_no_more() -> None:
    """F26: limits"""

    async def story(here: House) -> None:
        legs = [await enters(here, number, "92", "#") for number in ("103", "104", "105")]
        late = here.dials("101", "92")
        await asyncio.sleep(1.5)
        late.press("#")
        await asyncio.sleep(8)
        assert here.media.said[-1] == "conf-full"
        assert late.state is LegState.GONE
        for leg in legs:
            leg.leaves()

    play(story)


def test_keys_mean_nothing_in_a_room() -> None:
    """F26: `#` is inert, so are the codes of a call"""

    async def story(here: House) -> None:
        anna, ben = await enters(here, "103", "91"), await enters(here, "104", "91")
        anna.press("#*2*4*0")
        await asyncio.sleep(3)
        assert anna.hears == {"104"}
        assert ben.got_keys == ""
        anna.leaves()
        ben.leaves()

    play(story)


def test_an_administrator_invites_and_returns_with_the_participant() -> None:
    """F27"""

    async def story(here: House) -> None:
        guest, admin = await inviting(here)
        workshop = await here.telephone("102")
        workshop.rings()
        await asyncio.sleep(1)
        assert admin.hears == {"ringback"}
        workshop.pick_up()
        await asyncio.sleep(1)
        assert admin.hears == {"102"}
        assert workshop.hears == {"104"}
        assert guest.hears == {"music"}
        admin.press("**")
        await asyncio.sleep(5)
        assert guest.hears == {"104", "102"}
        assert workshop.hears == {"104", "103"}
        admin.leaves()
        await asyncio.sleep(2)
        assert workshop.hears == {"103"}  # the conference goes on
        guest.leaves()
        workshop.leaves()

    invited = next(one for one in play(story).records if one.call_to == "102")
    assert (invited.call_from, invited.final_callee) == ("104", "102")


def test_an_administrator_returns_without_the_participant() -> None:
    """F27"""

    async def story(here: House) -> None:
        guest, admin = await inviting(here)
        workshop = await answers(here, "102")
        admin.press("5*#")
        await asyncio.sleep(0.1)
        assert workshop.got_keys == "5"
        assert workshop.state is LegState.GONE
        assert guest.hears == {"104"}
        admin.leaves()
        guest.leaves()

    play(story)


@pytest.mark.parametrize("how", ["no answer", "busy", "abort"])
def test_who_does_not_come_is_told_and_the_administrator_is_back(how: str) -> None:
    """F27: no answer for 30 s, busy, `*#` while it rings"""

    async def story(here: House) -> None:
        guest, admin = await inviting(here)
        workshop = await here.telephone("102")
        workshop.rings()
        match how:
            case "no answer":
                await asyncio.sleep(29.5)
                assert admin.hears == {"ringback"}
                await asyncio.sleep(1)
            case "busy":
                workshop.leaves(Cause.BUSY)
            case "abort":
                admin.press("*#")
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "conf-invite-failed"
        assert workshop.state is LegState.GONE
        await asyncio.sleep(2)
        assert guest.hears == {"104"}
        guest.leaves()
        admin.leaves()

    play(story)


@pytest.mark.parametrize("number", ["777#", "*60", "91#", "41#", "#"])
def test_only_people_can_be_invited(number: str) -> None:
    """F27: bad input"""

    async def story(here: House) -> None:
        admin = await enters(here, "104", "90", "9876#")
        await invites(here, admin, number)
        await asyncio.sleep(16)
        assert admin.hears == {"error"} or admin.hears == {"music"}
        await asyncio.sleep(3)
        assert admin.hears == {"music"}
        admin.leaves()

    play(story)


def test_an_invited_one_who_hangs_up_before_returning_leaves_the_administrator_in_the_room() -> None:
    """F27"""

    async def story(here: House) -> None:
        guest, admin = await inviting(here)
        workshop = await answers(here, "102")
        workshop.leaves()
        await asyncio.sleep(1)
        assert guest.hears == {"104"}
        guest.leaves()
        admin.leaves()

    play(story)


def test_an_administrator_who_hangs_up_in_the_private_talk_drops_the_invited_one() -> None:
    """F27"""

    async def story(here: House) -> None:
        guest, admin = await inviting(here)
        workshop = await answers(here, "102")
        admin.leaves()
        await asyncio.sleep(0.5)
        assert workshop.state is LegState.GONE
        assert guest.state is LegState.UP
        guest.leaves()

    play(story)


def test_a_full_room_takes_no_invited_ones() -> None:
    """F27: limits"""

    async def story(here: House) -> None:
        admin = await enters(here, "104", "92", "5555#")
        others = [await enters(here, number, "92", "#") for number in ("103", "105")]
        admin.press("0")
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "conf-full"
        await asyncio.sleep(2)
        assert admin.hears == {"103", "105"}
        for leg in (admin, *others):
            leg.leaves()

    play(story)


def test_an_administrator_from_outside_cannot_invite() -> None:
    """F27: the box would pay for it"""

    async def story(here: House) -> None:
        anna, ben = await talking(here)
        anna.press("*0")
        await asyncio.sleep(1.5)
        anna.press("1234#")
        await asyncio.sleep(5)
        outside = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(3)
        outside.press("0")
        await asyncio.sleep(3)
        assert outside.hears == {"music"}
        for leg in (anna, ben, outside):
            leg.leaves()

    play(story)


def test_a_conference_is_created_out_of_a_call() -> None:
    """F28: the other one joins by itself, the password makes the role, the first free room is taken"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*0")
        await asyncio.sleep(0.5)
        assert here.media.said == ["conf-enter-pin"]
        assert ben.hears == {"music"}
        await asyncio.sleep(1)
        anna.press("9876#")
        await asyncio.sleep(6)
        assert ben.hears == {"103"}
        assert anna.hears == {"104"}
        carla = await enters(here, "105", "90", "1234#")
        assert carla.hears == {"103", "104"}
        await invites(here, anna, "102")
        workshop = await answers(here, "102")
        anna.press("**")
        await asyncio.sleep(5)
        assert workshop.hears == {"103", "104", "105"}
        for leg in (ben, anna, carla, workshop):
            leg.leaves()

    call = next(one for one in play(story).records if one.call_to == "103")
    assert call.final_callee == "90"


def test_three_wrong_passwords_leave_the_two_talking() -> None:
    """F28"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*0")
        for _attempt in range(3):
            await asyncio.sleep(0.5)
            anna.press("1111#")
            await asyncio.sleep(2)
        await asyncio.sleep(1)
        assert ben.hears == {"103"}
        assert anna.hears == {"104"}
        ben.leaves()

    play(story)


def test_the_creator_of_a_room_without_passwords_leads_it() -> None:
    """F28"""

    async def story(here: House) -> None:
        first = await enters(here, "101", "90", "1234#")
        ben, anna = await talking(here)
        anna.press("*0")
        await asyncio.sleep(6)
        assert here.media.said[-2:] != ["conf-enter-pin"]
        assert ben.hears == {"103"}
        await invites(here, anna, "102")
        (await here.telephone("102")).leaves(Cause.BUSY)
        await asyncio.sleep(3)
        assert anna.hears == {"104"}
        for leg in (first, ben, anna):
            leg.leaves()

    play(story)


def test_all_rooms_are_in_use() -> None:
    """F28"""

    async def story(here: House) -> None:
        members = [await enters(here, "101", "90", "1234#"), await enters(here, "105", "91")]
        members.append(await enters(here, "102", "92", "#"))
        ben, anna = await talking(here)
        anna.press("*0")
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "conf-no-room"
        await asyncio.sleep(1)
        assert ben.hears == {"103"}
        for leg in (*members, ben):
            leg.leaves()

    play(story)


def test_two_who_create_at_once_get_a_room_each() -> None:
    """F28"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        carla = here.dials("105", "102")
        workshop = await answers(here, "102")
        anna.press("*0")
        workshop.press("*0")
        await asyncio.sleep(1.5)
        anna.press("1234#")
        await asyncio.sleep(6)
        assert anna.hears == {"104"}
        assert workshop.hears == {"105"}
        for leg in (anna, ben, carla, workshop):
            leg.leaves()

    play(story)


@pytest.mark.parametrize("who", ["creator", "other"])
def test_who_leaves_while_the_password_is_dialled_ends_the_call(who: str) -> None:
    """F28"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("*0")
        await asyncio.sleep(1.5)
        (anna if who == "creator" else ben).leaves()
        await asyncio.sleep(0.5)
        assert ben.state is LegState.GONE
        assert anna.state is LegState.GONE

    play(story)


def test_a_room_may_end_after_its_last_administrator() -> None:
    """F27: an option"""

    async def story(here: House) -> None:
        guest = await enters(here, "103", "92", "#")
        await asyncio.sleep(120)
        assert guest.state is LegState.UP
        admin = await enters(here, "104", "92", "5555#")
        admin.leaves()
        await asyncio.sleep(59)
        assert guest.state is LegState.UP
        await asyncio.sleep(2)
        assert guest.state is LegState.GONE

    play(story)


def test_an_outside_line_that_is_left_alone_is_let_go_after_ten_minutes() -> None:
    """F26: the zombie guard"""

    async def story(here: House) -> None:
        outside = here.outside_calls("line1", "0301234567")
        await asyncio.sleep(2)
        anna = await enters(here, "103", "91")
        await asyncio.sleep(1200)
        anna.leaves()
        await asyncio.sleep(599)
        assert outside.state is LegState.UP
        await asyncio.sleep(2)
        assert outside.state is LegState.GONE

    play(story)


def test_a_lone_extension_may_wait_for_ever() -> None:
    """F26"""

    async def story(here: House) -> None:
        anna = await enters(here, "103", "91")
        await asyncio.sleep(3600)
        assert anna.hears == {"music"}
        anna.leaves()

    play(story)


def test_a_transfer_to_a_room_joins_the_conference() -> None:
    """F11 F26"""

    async def story(here: House) -> None:
        carla = await enters(here, "105", "91")
        ben, anna = await talking(here)
        anna.press("#")
        await asyncio.sleep(1.5)
        anna.press("91#")
        await asyncio.sleep(5)
        assert anna.state is LegState.GONE
        assert ben.hears == {"105"}
        ben.leaves()
        carla.leaves()

    assert next(one for one in play(story).records if one.call_to == "103").final_callee == "91"


def test_a_held_participant_is_not_heard() -> None:
    """F26"""

    async def story(here: House) -> None:
        anna, ben = await enters(here, "103", "91"), await enters(here, "104", "91")
        anna.hold(True)
        assert ben.hears == set()
        anna.hold(False)
        assert ben.hears == {"103"}
        anna.leaves()
        ben.leaves()

    play(story)


def test_a_member_is_muted_by_the_operator() -> None:
    """F26"""

    async def story(here: House) -> None:
        anna, ben = await enters(here, "103", "91"), await enters(here, "104", "91")
        room = the_room(here)
        member = room.member(anna.id)
        assert member is not None
        room.mute(member, True)
        assert ben.hears == set()
        assert anna.hears == {"104"}
        room.mute(member, False)
        assert ben.hears == {"103"}
        anna.leaves()
        ben.leaves()

    play(story)


def test_a_member_is_sent_out_by_the_operator() -> None:
    """F26"""

    async def story(here: House) -> None:
        anna, ben = await enters(here, "103", "91"), await enters(here, "104", "91")
        room = the_room(here)
        member = room.member(anna.id)
        assert member is not None
        room.remove(member)
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "conf-removed"
        assert ben.hears == {"music"} or ben.hears == {"music", "call_waiting"}
        await asyncio.sleep(1)
        assert anna.state is LegState.GONE
        ben.leaves()

    play(story)


def test_a_locked_room_takes_nobody_but_the_invited() -> None:
    """F26 F27; it is open again when the last one has left"""

    async def story(here: House) -> None:
        admin = await enters(here, "104", "90", "9876#")
        the_room(here).locked = True
        late = await enters(here, "103", "90", "1234#")
        assert here.media.said[-1] == "conf-locked"
        await asyncio.sleep(2)
        assert late.state is LegState.GONE
        await invites(here, admin, "102")
        workshop = await answers(here, "102")
        admin.press("**")
        await asyncio.sleep(5)
        assert workshop.hears == {"104"}
        workshop.leaves()
        admin.leaves()
        await here.settled()
        again = await enters(here, "103", "90", "1234#")
        assert again.hears == {"music"}
        again.leaves()

    play(story)
