"""Every code of the guide as printed, from an IP telephone and from an analog one alike (N1, N2, N13)."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from firmware.calls.leg import Direction, Party
from firmware.telephony.codes import IDLE, PRESSED, When
from firmware.telephony.numbering import from_sip
from tests.component.copper_house import CopperHouse, play_on_copper
from tests.component.house import House, Telephone
from tests.component.storm import no_failures
from tests.component.story import play_in_house
from tests.scenarios import reception

OWN = 'department: office, monitor: {mode: all}, voicemail: {pin: "8215"}'
SITE = f"""
version: 1
site: {{country: DE, language: en, timezone: Europe/Berlin}}
extensions:
  - {{number: "101", name: Reception, port: fxs1, {OWN}}}
  - {{number: "103", name: Anna, sip: {{secret: anna-secret-103}}, {OWN}}}
  - {{number: "410", name: Ben, sip: {{secret: ben-secret-410}}, monitor: {{allow: true}}}}
  - {{number: "803", name: Chief, sip: {{secret: chief-secret-803}}}}
trunks:
  - {{name: line1, type: fxo, port: fxo1}}
outbound:
  - {{name: outside, prefix: "8553", trunks: [line1]}}
queues:
  - {{number: "631", name: Sales, dynamic_agents: ["101", "103"]}}
"""

HEARD = {
    "voicemail": {"*60": "vm-enter-mailbox"},
    "my-voicemail": {"*61": "vm-enter-pin"},
    "pickup-group": {"*8": "nothing-to-pick-up"},
    "pickup": {"**410": "nothing-to-pick-up"},
    "blacklist-last": {"*76": "no-last-caller"},
    "blacklist-add": {"*75": "pls-enter-number", "*75030123456": "blacklisted"},
    "blacklist-remove": {"*075": "pls-enter-number", "*075030123456": "not-listed"},
    "spy-listen": {"*90410": "not-in-call"},
    "spy-whisper": {"*91410": "not-in-call"},
    "spy-barge": {"*92410": "not-in-call"},
    "agent-login": {"*62": "agent-in"},
    "agent-logout": {"*062": "agent-out"},
    "agent-pause": {"*95": "agent-paused"},
    "agent-resume": {"*095": "agent-unpaused"},
    "wake-up-cancel": {"*055": "wake-none"},
    "wake-up-set": {"*55*03010730": "wake-set-for+03-01+07:30"},
    "wake-up-menu": {"*55": "wake-menu"},
    "forward-always-on": {"*71803": "fwd-always-on", "*71855307096": "fwd-always-on", "*71": "pls-enter-number"},
    "forward-always-off": {"*071": "fwd-always-off"},
    "forward-busy-on": {"*72803": "fwd-busy-on"},
    "forward-busy-off": {"*072": "fwd-busy-off"},
    "forward-no-answer-on": {"*73803": "fwd-no-answer-on"},
    "forward-no-answer-off": {"*073": "fwd-no-answer-off"},
    "dnd-on": {"*74": "dnd-on"},
    "dnd-off": {"*074": "dnd-off"},
    "wan-address": {"**11": "no-address"},
    "lan-address": {"**12": "lan-ip"},
    "own-number": {"**13": "your-ext-is"},
    "intercom": {"*50803": ""},
    "paging": {"*51803": ""},
}
"""What the guide has one dial, by the code's id, and what is said then; "": the Chief's telephone rings."""
PRINTED = [(code, said) for codes in HEARD.values() for code, said in codes.items()]


Dial = Callable[[House, str], Awaitable[Telephone]]


async def _keys(here: House, keys: str) -> Telephone:
    """An analog telephone is lifted and dials at the pace of a finger."""
    leg = here.lifts("101")
    for key in keys:
        await asyncio.sleep(0.2)
        leg.press(key)
    return leg


async def _en_bloc(here: House, code: str) -> Telephone:
    return here.dials("103", from_sip(code))


async def _en_bloc_with_hash(here: House, code: str) -> Telephone:
    return here.dials("103", from_sip(code + "%23"))


async def _digit_by_digit(here: House, code: str) -> Telephone:
    return await _keys(here, code)


async def _digit_by_digit_with_hash(here: House, code: str) -> Telephone:
    return await _keys(here, code + "#")


WAYS: list[Dial] = [_en_bloc, _en_bloc_with_hash, _digit_by_digit, _digit_by_digit_with_hash]


@pytest.mark.parametrize("dial", WAYS)
@pytest.mark.parametrize(("code", "said"), PRINTED)
def test_a_code_does_what_the_guide_says(code: str, said: str, dial: Dial) -> None:
    async def story(here: House) -> None:
        leg = await dial(here, code)
        await asyncio.sleep(6)  # an analog telephone waits for a further digit, and an error tone may come first
        if said:
            assert said in here.media.said[:2]  # nothing but a tone or a number comes before it
        else:
            assert len(here.rung["803"]) == 1
        leg.leaves()

    play_in_house(SITE, story)


def test_no_code_of_the_guide_is_left_out() -> None:
    assert HEARD.keys() == {code.id for code in IDLE}


OWN_SETTINGS = ("my-voicemail", "wake-up-", "forward-", "dnd-")
"""Beginnings of the ids of codes that act on the settings of whose telephone it is."""


@pytest.mark.parametrize(("code", "said"), PRINTED)
def test_a_telephone_at_a_port_of_nobody(code: str, said: str) -> None:
    """It is told why a code cannot mean anything there, or is served as anybody is; nothing is set for anybody."""
    id_ = next(id_ for id_, codes in HEARD.items() if code in codes)

    async def story(here: House) -> None:
        before = here.settings.site
        leg = Telephone(here.media, Direction.INCOMING, Party(""), code)
        here.exchange.incoming(leg)
        await asyncio.sleep(2.5)
        if id_.startswith(OWN_SETTINGS):
            assert here.media.said == ["no-extension"]
        assert here.settings.site == before
        leg.leaves()

    with no_failures():
        play_in_house(SITE, story)


IN_CALL = {
    "transfer-blind": "transfer",
    "transfer-attended": "transfer",
    "park": "parked-at",
    "record": "beep",
    "conference-create": "conf-only-person",
}
"""What is said to who presses the code in a call."""


@pytest.mark.parametrize(("code", "said"), IN_CALL.items())
def test_a_code_pressed_in_a_call_by_an_analog_telephone(code: str, said: str) -> None:
    """F7 F11 F13 F28 F43: the other one hears nothing of it; IP telephones are those of the features' own scenarios"""
    digits = next(one.digits for one in PRESSED if one.id == code)

    async def story(here: CopperHouse) -> None:
        front, ben = await reception.talking(here)
        here.media.said.clear()
        front.presses(digits)
        await here.box.after(1.5)
        assert said in here.media.said
        assert ben.got_keys == ""
        await front.puts_back()
        ben.leaves()

    play_on_copper(reception.SITE, story)


def test_no_code_for_calls_is_left_out() -> None:
    assert IN_CALL.keys() == {code.id for code in PRESSED if code.when is When.CALL}
