"""Transfers (F11-F15): told as the people at the telephones notice them."""

import asyncio
from functools import partial

import pytest

from firmware.calls.leg import Cause, LegState
from firmware.telephony.records import Direction, Status
from tests.component.house import House, Telephone
from tests.component.story import answers, office, play_in_house, talking

SITE = office("""
  - {number: "105", name: Quiet, sip: {secret: quiet-secret-105}, dnd: true}
  - {number: "106", name: Boxed, sip: {secret: boxed-secret-106}, voicemail: {pin: "8215"}}
  - {number: "107", name: Inside, sip: {secret: inside-secret-107}, outbound: []}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: provider, type: sip, host: 192.0.2.20, register: false}
  - {name: machine, type: sip, host: 192.0.2.21, register: false, transfer_by_key: false}
outbound:
  - {name: outside, prefix: "9", trunks: [provider]}
  - {name: machines, prefix: "8", trunks: [machine]}
inbound:
  - {trunk: line1, to: "103"}
""")


play = partial(play_in_house, SITE)


async def outside_talking(here: House) -> tuple[Telephone, Telephone]:
    caller = here.outside_calls("line1", "0301234567")
    anna = await answers(here, "103")
    return caller, anna


async def transfers(here: House, leg: Telephone, code: str, number: str) -> None:
    """Press the code and, after the prompt, the number."""
    leg.press(code)
    await asyncio.sleep(0.5)
    assert here.media.said[-1] == "transfer"
    await asyncio.sleep(1)
    leg.press(number)
    await asyncio.sleep(0.1)


async def transferring(here: House, code: str, number: str) -> tuple[Telephone, Telephone]:
    """Ben talks with Anna, who has pressed the code and the number."""
    ben, anna = await talking(here)
    await transfers(here, anna, code, number)
    return ben, anna


def test_a_blind_transfer_connects_at_once_and_lets_the_transferor_go() -> None:
    """F11"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("#")
        await asyncio.sleep(0.5)
        assert here.media.said == ["transfer"]
        assert ben.hears == {"music"}
        anna.press("102")
        await asyncio.sleep(0.1)
        assert anna.state is LegState.GONE
        workshop = await here.telephone("102")
        workshop.rings()
        await asyncio.sleep(1)
        assert ben.hears == {"ringback"}
        workshop.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"102"}
        assert workshop.hears == {"104"}
        assert ben.display is not None
        assert ben.display.number == "102"
        workshop.leaves()

    (record,) = play(story).records
    assert (record.call_from, record.call_to, record.final_callee) == ("104", "103", "102")
    assert record.status is Status.ANSWERED
    assert "sends 104 to 102" in record.trace.as_text()


def test_the_one_who_called_may_transfer_too_and_the_new_one_sees_who_is_left() -> None:
    """F11: caller ID after a transfer is that of the one who is transferred"""

    async def story(here: House) -> None:
        ben, _anna = await talking(here)
        await transfers(here, ben, "#", "102")
        workshop = await here.telephone("102")
        assert workshop.display is not None
        assert workshop.display.number == "103"
        workshop.pick_up()
        await asyncio.sleep(1)
        workshop.leaves()

    assert play(story).records[0].final_callee == "102"


def test_the_new_one_may_transfer_again() -> None:
    """F11: recursion"""

    async def story(here: House) -> None:
        ben, _anna = await transferring(here, "#", "102")
        workshop = await answers(here, "102")
        await transfers(here, workshop, "#", "101")
        await answers(here, "101")
        assert ben.hears == {"101"}
        ben.leaves()

    assert play(story).records[0].final_callee == "101"


def test_nobody_there_and_no_mailbox_the_transferor_is_called_back() -> None:
    """F12"""

    async def story(here: House) -> None:
        ben, _anna = await transferring(here, "#", "102")
        workshop = await here.telephone("102")
        workshop.rings()
        anna_again = await here.telephone("103", 1)
        assert workshop.state is LegState.GONE
        assert anna_again.display is not None
        assert anna_again.display.number == "104"
        anna_again.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"103"}
        ben.leaves()

    assert play(story).records[0].final_callee == "103"


def test_the_call_ends_when_the_transferor_does_not_answer_either() -> None:
    """F12"""

    async def story(here: House) -> None:
        ben, _anna = await transferring(here, "#", "102")
        (await here.telephone("102")).rings()
        again = await here.telephone("103", 1)
        again.rings()
        started = asyncio.get_running_loop().time()
        await here.settled()
        assert asyncio.get_running_loop().time() - started == pytest.approx(30, abs=1)
        assert ben.state is LegState.GONE

    play(story)


@pytest.mark.parametrize("number", ["103#", "104#", "777#", "*60", "**11#", "105", "9#"])
def test_a_number_that_is_refused_may_be_dialled_three_times(number: str) -> None:
    """F11: oneself, the peer, unknown numbers, codes, do not disturb: an error tone, then the two talk on"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("#")
        for attempt in range(3):
            await asyncio.sleep(1.5)
            assert here.media.said == ["transfer"] * (attempt + 1)
            anna.press(number)
            await asyncio.sleep(0.5)
            assert anna.hears == {"error"}
            await asyncio.sleep(2)
        await asyncio.sleep(3)
        assert ben.hears == {"103"}
        assert anna.hears == {"104"}
        ben.leaves()

    assert play(story).records[0].final_callee == "103"


def test_nothing_dialled_ends_the_attempt() -> None:
    """F11"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        for code in ("#", "*2"):
            anna.press(code)
            await asyncio.sleep(6.5)
            assert anna.hears == {"error"}
            await asyncio.sleep(2)
            assert ben.hears == {"103"}
        ben.leaves()

    play(story)


def test_too_many_digits_are_refused() -> None:
    """F11"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("#")
        await asyncio.sleep(1.5)
        anna.press("1" * 40)
        await asyncio.sleep(1)
        assert anna.hears == {"error"}
        ben.leaves()

    play(story)


def test_a_pause_of_three_seconds_ends_the_number() -> None:
    """F11: an outside number has no end of its own"""

    async def story(here: House) -> None:
        ben, _anna = await transferring(here, "#", "9030765")
        assert "provider" not in here.rung
        await asyncio.sleep(3)
        line = await here.telephone("provider")
        assert line.dialled == "030765"
        line.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"030765"}
        ben.leaves()

    play(story)


def test_a_transfer_to_the_outside_is_on_the_transferor_s_account() -> None:
    """F11"""

    async def story(here: House) -> None:
        ben, _anna = await transferring(here, "#", "9030765#")
        line = await here.telephone("provider")
        await asyncio.sleep(2)
        line.pick_up()
        await asyncio.sleep(10)
        ben.leaves()

    account, call = sorted(play(story).records, key=lambda one: one.call_from)
    assert (account.call_from, account.call_to, account.trunk) == ("103", "9030765", "provider")
    assert account.direction is Direction.OUTBOUND
    assert account.talk_s == pytest.approx(10, abs=0.5)
    assert (call.call_from, call.call_to, call.final_callee) == ("104", "103", "030765")
    assert call.direction is Direction.INTERNAL


def test_a_transfer_to_the_outside_needs_the_transferor_s_permission() -> None:
    """F11"""

    async def story(here: House) -> None:
        ben, inside = await talking(here, "104", "107")
        await transfers(here, inside, "#", "9030765#")
        await asyncio.sleep(0.5)
        assert inside.hears == {"error"}
        ben.leaves()

    assert "provider" not in play(story).rung


def test_two_outside_lines_do_not_talk_for_ever() -> None:
    """F11: tromboning has a longest time"""

    async def story(here: House) -> None:
        caller, anna = await outside_talking(here)
        await transfers(here, anna, "#", "9030765#")
        line = await answers(here, "provider")
        assert caller.hears == {"030765"}
        await asyncio.sleep(3500)
        assert caller.state is LegState.UP
        await asyncio.sleep(100)
        assert caller.state is LegState.GONE
        assert line.state is LegState.GONE

    records = play(story).records
    assert "two outside lines" in max(records, key=lambda one: len(one.trace.steps)).trace.as_text()


def test_hash_belongs_to_the_machine_on_a_trunk_that_says_so() -> None:
    """F11 N11"""

    async def story(here: House) -> None:
        anna = here.dials("103", "8555")
        machine = await answers(here, "machine")
        anna.press("1#")
        await asyncio.sleep(2)
        assert machine.got_keys == "1#"
        await transfers(here, anna, "*2", "102")
        await answers(here, "102")
        anna.leaves()
        await asyncio.sleep(1)
        assert machine.hears == {"102"}
        machine.leaves()

    play(story)


def test_strangers_do_not_transfer() -> None:
    """F11 N8"""

    async def story(here: House) -> None:
        caller, anna = await outside_talking(here)
        caller.press("#102*2102")
        await asyncio.sleep(3)
        assert here.media.said == []
        assert anna.got_keys == "#102*2102"
        caller.leaves()

    play(story)


def test_an_attended_transfer_is_private_and_completed_by_hanging_up() -> None:
    """F13"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        workshop = await here.telephone("102")
        workshop.rings()
        await asyncio.sleep(1)
        assert workshop.display is not None
        assert workshop.display.number == "103"
        assert anna.hears == {"ringback"}
        assert ben.hears == {"music"}
        workshop.pick_up()
        await asyncio.sleep(1)
        assert anna.hears == {"102"}
        assert workshop.hears == {"103"}
        assert ben.hears == {"music"}
        anna.leaves()
        await asyncio.sleep(0.1)
        assert workshop.hears == {"104", "confirmation"}  # not every telephone can show it
        assert ben.hears == {"102"}
        await asyncio.sleep(1)
        assert workshop.hears == {"104"}
        assert workshop.display is not None
        assert workshop.display.number == "104"
        ben.leaves()

    question, call = sorted(play(story).records, key=lambda one: one.call_from)
    assert (question.call_from, question.call_to, question.final_callee) == ("103", "102", "102")
    assert (call.call_from, call.call_to, call.final_callee) == ("104", "103", "102")


def test_an_attended_transfer_to_the_outside_stays_on_the_transferor_s_account() -> None:
    """F13"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "9030765#")
        line = await here.telephone("provider")
        line.pick_up()
        await asyncio.sleep(2)
        anna.leaves()
        await asyncio.sleep(20)
        assert ben.hears == {"030765"}
        ben.leaves()

    account = min(play(story).records, key=lambda one: one.call_from)
    assert (account.call_from, account.call_to, account.trunk) == ("103", "9030765", "provider")
    assert account.talk_s == pytest.approx(22, abs=0.5)


def test_star_returns_from_the_private_talk_after_a_pause() -> None:
    """F13 N10"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        workshop = await answers(here, "102")
        anna.press("*5")
        await asyncio.sleep(2)
        assert workshop.got_keys == "*5"
        anna.press("*")
        await asyncio.sleep(0.5)
        assert anna.hears == {"102"}
        await asyncio.sleep(1)
        assert anna.hears == {"104"}
        assert workshop.state is LegState.GONE
        ben.leaves()

    play(story)


def test_the_third_party_hangs_up_and_the_two_talk_on() -> None:
    """F13"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        workshop = await answers(here, "102")
        workshop.leaves()
        await asyncio.sleep(1)
        assert anna.hears == {"104"}
        ben.leaves()

    play(story)


def test_no_answer_for_15_seconds_returns_to_the_caller() -> None:
    """F14"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        workshop = await here.telephone("102")
        workshop.rings()
        await asyncio.sleep(14.5)
        assert anna.hears == {"ringback"}
        await asyncio.sleep(1)
        assert workshop.state is LegState.GONE
        assert anna.hears == {"error"}
        await asyncio.sleep(2)
        assert anna.hears == {"104"}
        ben.leaves()

    assert play(story).records[-1].final_callee == "103"


def test_a_busy_third_party_returns_to_the_caller() -> None:
    """F14"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        workshop = await here.telephone("102")
        workshop.leaves(Cause.BUSY)
        await asyncio.sleep(0.5)
        assert anna.hears == {"error"}
        await asyncio.sleep(2)
        assert anna.hears == {"104"}
        ben.leaves()

    play(story)


def test_star_aborts_while_it_rings() -> None:
    """F15"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        workshop = await here.telephone("102")
        workshop.rings()
        await asyncio.sleep(1)
        anna.press("5*")
        await asyncio.sleep(0.1)
        assert workshop.state is LegState.GONE
        await asyncio.sleep(3)
        assert anna.hears == {"104"}
        ben.leaves()

    play(story)


def test_a_transferor_who_hangs_up_while_it_rings_has_transferred_blindly() -> None:
    """F13: the third party rings on"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        workshop = await here.telephone("102")
        workshop.rings()
        await asyncio.sleep(10)
        anna.leaves()
        await asyncio.sleep(14)
        assert ben.hears == {"music"}
        workshop.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"102"}
        ben.leaves()

    assert play(story).records[-1].final_callee == "102"


def test_a_transferor_who_has_hung_up_is_called_back_twice() -> None:
    """F13 F14: atxferdropcall=no"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        (await here.telephone("102")).rings()
        await asyncio.sleep(5)
        anna.leaves()
        left_s = asyncio.get_running_loop().time()
        first = await here.telephone("103", 1)
        assert asyncio.get_running_loop().time() - left_s == pytest.approx(15, abs=0.5)
        first.rings()
        second = await here.telephone("103", 2)
        assert asyncio.get_running_loop().time() - left_s == pytest.approx(15 + 15 + 10, abs=0.5)
        second.pick_up()
        await asyncio.sleep(1)
        assert ben.hears == {"103"}
        ben.leaves()

    play(story)


def test_a_caller_who_leaves_while_the_third_party_rings_ends_it_all() -> None:
    """F13: the third party does not ring on"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        workshop = await here.telephone("102")
        workshop.rings()
        await asyncio.sleep(1)
        ben.leaves()
        await asyncio.sleep(0.1)
        assert workshop.state is LegState.GONE
        assert anna.state is LegState.GONE

    play(story)


def test_a_caller_who_leaves_during_the_private_talk_leaves_the_two_talking() -> None:
    """F13"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "102")
        workshop = await answers(here, "102")
        ben.leaves()
        await asyncio.sleep(1)
        assert anna.hears == {"102"}
        assert workshop.hears == {"103"}
        await transfers(here, anna, "#", "101")
        await answers(here, "101")
        assert workshop.hears == {"101"}
        workshop.leaves()

    play(story)


def test_a_caller_who_leaves_while_the_number_is_dialled_ends_the_call() -> None:
    """F11"""

    async def story(here: House) -> None:
        ben, anna = await talking(here)
        anna.press("#")
        await asyncio.sleep(0.5)
        ben.leaves()
        await asyncio.sleep(0.1)
        assert anna.state is LegState.GONE

    play(story)


def test_a_transfer_to_a_slot_parks_there() -> None:
    """F11 F7"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "#", "45#")
        assert anna.state is LegState.GONE
        await asyncio.sleep(1)
        assert ben.hears == {"music"}
        workshop = here.dials("102", "45")
        await asyncio.sleep(1)
        assert workshop.hears == {"104"}
        ben.leaves()

    assert "parks 104 on 45" in max(play(story).records, key=lambda one: len(one.trace.steps)).trace.as_text()


def test_a_call_parked_by_transfer_comes_back_to_the_transferor() -> None:
    """F11 F9"""

    async def story(here: House) -> None:
        ben, _anna = await transferring(here, "*2", "45#")
        await answers(here, "103", 1)
        assert ben.hears == {"103"}
        ben.leaves()

    play(story)


def test_a_transfer_to_a_slot_in_use_comes_back_at_once() -> None:
    """F11 F7"""

    async def story(here: House) -> None:
        first, anna = await talking(here)
        await transfers(here, anna, "#", "45#")
        here.rung.clear()
        second, reception = await talking(here, "107", "101")
        await transfers(here, reception, "#", "45#")
        await answers(here, "101", 1)
        assert second.hears == {"101"}
        first.leaves()
        second.leaves()

    play(story)


def test_nobody_there_the_target_s_mailbox_takes_the_call() -> None:
    """F12"""

    async def story(here: House) -> None:
        ben, _anna = await transferring(here, "#", "106")
        boxed = await here.telephone("106")
        boxed.rings()
        await asyncio.sleep(31)
        assert boxed.state is LegState.GONE
        assert any(said.startswith("vm-") for said in here.media.said)
        ben.leaves()

    record = play(story).records[0]
    assert (record.call_from, record.final_callee) == ("104", "vm-106")


def test_at_last_the_mailbox_takes_the_call_of_a_transferor_who_is_gone() -> None:
    """F13: called back twice in vain"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "106")
        (await here.telephone("106")).rings()
        await asyncio.sleep(1)
        anna.leaves()
        for turn in (1, 2):
            (await here.telephone("103", turn)).rings()
        await asyncio.sleep(20)
        assert any(said.startswith("vm-") for said in here.media.said)
        ben.leaves()

    assert play(story).records[-1].final_callee == "vm-106"


def test_a_private_talk_is_with_people_never_with_a_mailbox() -> None:
    """F13 F14"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "*2", "106")
        (await here.telephone("106")).leaves(Cause.BUSY)
        await asyncio.sleep(3)
        assert not any(said.startswith("vm-") for said in here.media.said)
        assert anna.hears == {"104"}
        ben.leaves()

    play(story)


def test_straight_to_a_mailbox_by_its_code() -> None:
    """F11: `*6*` and an extension"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "#", "*6*106#")
        await asyncio.sleep(2)
        assert anna.state is LegState.GONE
        assert "106" not in here.rung
        assert any(said.startswith("vm-") for said in here.media.said)
        ben.leaves()

    play(story)


def test_a_busy_telephone_sends_the_call_back_to_the_transferor() -> None:
    """F11 F12"""

    async def story(here: House) -> None:
        ben, _anna = await transferring(here, "#", "102")
        (await here.telephone("102")).leaves(Cause.BUSY)
        await answers(here, "103", 1)
        assert ben.hears == {"103"}
        ben.leaves()

    play(story)


def test_the_recall_rings_through_do_not_disturb() -> None:
    """F12"""

    async def story(here: House) -> None:
        quiet = here.dials("105", "104")
        ben = await answers(here, "104")
        await transfers(here, quiet, "#", "102")
        (await here.telephone("102")).leaves(Cause.BUSY)
        await answers(here, "105")
        assert ben.hears == {"105"}
        ben.leaves()

    play(story)


def test_the_new_one_sees_the_number_of_a_caller_from_outside() -> None:
    """F11: caller ID after a transfer is the original caller's"""

    async def story(here: House) -> None:
        caller, anna = await outside_talking(here)
        await transfers(here, anna, "#", "102")
        workshop = await here.telephone("102")
        assert workshop.display is not None and workshop.display.number == "0301234567"
        workshop.pick_up()
        await asyncio.sleep(1)
        caller.leaves()

    play(story)


def test_asking_outside_needs_the_transferor_s_permission_too() -> None:
    """F13"""

    async def story(here: House) -> None:
        ben, inside = await talking(here, "104", "107")
        await transfers(here, inside, "*2", "9030765#")
        await asyncio.sleep(0.5)
        assert inside.hears == {"error"}
        ben.leaves()

    assert "provider" not in play(story).rung


def test_the_code_of_mailboxes_may_be_another_one() -> None:
    """F11: direct to voicemail, edited by the administrator; the old digits are refused"""

    async def story(here: House) -> None:
        ben, anna = await transferring(here, "#", "*6*106#")
        await asyncio.sleep(0.4)
        assert anna.hears == {"error"}
        await asyncio.sleep(3.5)
        anna.press("*63106#")
        await asyncio.sleep(2)
        assert any(said.startswith("vm-") for said in here.media.said)
        ben.leaves()

    play_in_house(SITE + 'feature_codes: {voicemail-direct: "*63"}\n', story)


def test_an_analog_telephone_transfers_by_code() -> None:
    """F11 F13: the workshop's call, from the dial tone on"""

    async def story(here: House) -> None:
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        workshop.press("104")
        ben = await answers(here, "104")
        await transfers(here, workshop, "*2", "103")
        anna = await answers(here, "103")
        assert workshop.hears == {"103"}
        workshop.leaves()
        await asyncio.sleep(1.5)
        assert anna.hears == {"104"}
        assert ben.hears == {"103"}
        ben.leaves()

    play(story)
