"""N5: an emergency call is told to those who can help, at once, and is itself neither held up nor disturbed."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from firmware.calls.devices import Alert
from firmware.calls.leg import Cause, LegState, Party
from firmware.telephony.deeds import Act, Deed
from tests.component.house import House, Telephone
from tests.component.story import play_in_house

SITE = """
version: 1
site: {{country: DE, language: en, timezone: Europe/Berlin}}
numbering: {{operator: "101"}}
mail: {{host: mail.example.test, sender: box@example.test}}
extensions:
  - {{number: "101", name: Reception, port: fxs1, department: all,
     voicemail: {{pin: "8215", email: front@example.test}}}}
  - {{number: "102", name: Guard, sip: {{secret: guard-secret-102}}, department: all, dnd: true, language: de,
     forward: {{always: "104"}}, voicemail: {{pin: "8215", email: guard@example.test}}}}
  - {{number: "103", name: Anna, sip: {{secret: anna-secret-103}}}}
  - {{number: "104", name: Ben, sip: {{secret: ben-secret-104}}, department: all}}
trunks:
  - {{name: line1, type: sip, host: 192.0.2.20, register: false}}
emergency: {{{emergency}}}
"""
BOTH = 'notify: ["101", "102", "chief@example.test"]'
ALERT = ["emergency-alert", "103", "emergency-alert", "103"]


def play(story: Callable[[House], Awaitable[None]], emergency: str = BOTH) -> House:
    return play_in_house(SITE.format(emergency=emergency), story)


async def anna_calls_for_help(here: House) -> tuple[Telephone, Telephone]:
    anna = here.dials("103", "112")
    line = await here.telephone("line1", len(here.rung.get("line1", ())))
    return anna, line


def test_those_who_are_named_ring_until_one_answers_who_hears_it_twice() -> None:
    async def story(here: House) -> None:
        anna, line = await anna_calls_for_help(here)
        line.pick_up()
        reception, guard = await here.telephone("101"), await here.telephone("102")
        for telephone in (reception, guard):
            assert telephone.alert is Alert.URGENT
            assert telephone.display == Party("103", "EMERGENCY 112")
        await asyncio.sleep(20)
        here.media.said.clear()
        guard.pick_up()
        await asyncio.sleep(0.5)
        assert reception.signals.cause is Cause.ELSEWHERE
        await asyncio.sleep(5)
        assert here.media.said == ALERT
        assert guard.signals.gone
        assert anna.hears == {"112"}
        assert line.state is LegState.UP
        anna.leaves()

    here = play(story)
    assert [deed for deed in here.deeds if deed.act in (Act.CALLED_FOR_HELP, Act.TOLD)] == [
        Deed("103", Act.CALLED_FOR_HELP, "112"),
        Deed("102", Act.TOLD, "103"),
    ]
    assert "104" not in here.rung  # no forward


def test_the_emergency_call_is_neither_held_up_nor_heard() -> None:
    """The line is called in the same instant with and without; nobody else is connected with it."""

    async def story(here: House) -> None:
        before_s = asyncio.get_running_loop().time()
        anna, line = await anna_calls_for_help(here)
        assert asyncio.get_running_loop().time() == before_s
        line.pick_up()
        await asyncio.sleep(1)
        reception = here.rung["101"][0]
        reception.pick_up()
        await asyncio.sleep(0.5)
        assert anna.hears == {"112"}
        assert line.hears == {"103"}
        reception.leaves()
        await asyncio.sleep(0.5)
        assert anna.hears == {"112"}
        anna.leaves()

    play(story)


def test_nobody_answers() -> None:
    """After a minute it is quiet, and no mailbox has taken the call."""

    async def story(here: House) -> None:
        anna, line = await anna_calls_for_help(here)
        line.pick_up()
        await asyncio.sleep(59)
        assert not here.rung["101"][0].signals.gone
        await asyncio.sleep(2)
        assert here.rung["101"][0].signals.gone and here.rung["102"][0].signals.gone
        assert line.state is LegState.UP
        anna.leaves()

    here = play(story)
    assert not here.media.tapes and not any("vm-" in said for said in here.media.said)


def test_the_page_cannot_be_picked_up() -> None:
    async def story(here: House) -> None:
        anna, _line = await anna_calls_for_help(here)
        await asyncio.sleep(1)
        for code in ("*8", "**101"):
            ben = here.dials("104", code)
            await asyncio.sleep(5)
            assert ben.signals.gone
        assert not here.rung["101"][0].signals.gone
        anna.leaves()

    here = play(story)
    assert here.media.said.count("nothing-to-pick-up") == 2


def test_who_tries_again_is_not_paged_about_again() -> None:
    async def story(here: House) -> None:
        for _ in range(3):
            anna, line = await anna_calls_for_help(here)
            line.leaves(Cause.BUSY)
            await asyncio.sleep(0.2)
            anna.leaves()
            await asyncio.sleep(1)
        assert len(here.rung["101"]) == 1
        await asyncio.sleep(70)
        anna, _line = await anna_calls_for_help(here)
        await asyncio.sleep(1)
        assert len(here.rung["101"]) == 2
        anna.leaves()

    assert len(play(story).post.letters) == 4 * 3


def test_letters_go_to_addresses_and_to_the_owners_of_mailboxes_in_their_language() -> None:
    async def story(here: House) -> None:
        anna, _line = await anna_calls_for_help(here)
        await asyncio.sleep(1)
        anna.leaves()

    letters = {one.to: (one.subject, one.text) for one in play(story).post.letters}
    english = ("Emergency call by 103 Anna", "2026-01-05 10:00: 103 Anna has called 112.")
    assert letters == {
        "front@example.test": english,
        "guard@example.test": ("Notruf von 103 Anna", "2026-01-05 10:00: 103 Anna hat 112 gewählt."),
        "chief@example.test": english,
    }


@pytest.mark.parametrize(("emergency", "rung"), [
    ("", {"101"}),  # nobody is named: the operator
    ("notify: []", set()),
    ('notify: ["103"]', set()),  # who calls for help knows
    ('notify: ["102"]', {"102"}),
])  # fmt: skip
def test_who_rings(emergency: str, rung: set[str]) -> None:
    async def story(here: House) -> None:
        anna, _line = await anna_calls_for_help(here)
        await asyncio.sleep(1)
        anna.leaves()

    assert set(play(story, emergency).rung) - {"line1"} == rung


def test_a_fault_in_telling_does_not_touch_the_call(caplog: pytest.LogCaptureFixture) -> None:
    async def story(here: House) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        here.exchange.emergencies.watch(lambda _call: 1 / 0)
        anna, line = await anna_calls_for_help(here)
        line.pick_up()
        await asyncio.sleep(5)
        assert anna.hears == {"112"}
        anna.leaves()

    play(story)
