"""More codes of the user guide, and the hook flash, on a whole box: over SIP and on copper, heard by their audio."""

import time
from collections.abc import Iterator

import pytest

from tests.system.box import Box, End, has_tone, says
from tests.system.rtp import Audio, strength
from tests.system.services import (
    PROVIDER_PORT,
    Calling,
    connected,
    dials,
    dials_and_hears,
    phrases,
    put_back,
    status,
    talking,
)
from tests.system.sipclient import Phone, Wire

SITE = f"""
version: 1
site: {{name: Test, country: DE, language: en}}
extensions:
  - {{number: "101", name: Reception, port: fxs1, voicemail: {{pin: "8215"}}, monitor: {{mode: all}}}}
  - {{number: "102", name: Workshop, port: fxs2}}
  - {{number: "103", name: Anna, sip: {{secret: anna-secret-103}}, monitor: {{allow: true}}}}
  - {{number: "104", name: Ben, sip: {{secret: ben-secret-104}}}}
  - {{number: "106", name: Store, port: fxs3}}
trunks: [{{name: branch, type: sip, host: 127.0.0.9, port: {PROVIDER_PORT}, register: false}}]
inbound: [{{trunk: branch, to: "101"}}]
limits: {{sources: [{{name: tests, network: 127.0.0.0/8, per_s: 1000}}]}}
"""
NAMES = ("fxs1", "fxs2", "fxs3")
TALK_HZ, BUSY_HZ = 700, 425
OUTSIDE = "030555"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("codes"), SITE) as running:
        yield running


@pytest.fixture(autouse=True)
def handsets_back(box: Box) -> Iterator[None]:
    """A test that fails leaves no telephone off the hook for the next one."""
    yield
    for name in NAMES:
        put_back(box, box.end(name))


def test_a_greeting_is_recorded_in_the_mailbox(box: Box) -> None:
    """F3: `*61`, password, 0, 1, the greeting, #, 1 to accept; callers hear it."""
    reception, workshop = box.end("fxs1"), box.end("fxs2")
    dials(reception, "*61#8215#")
    time.sleep(2)
    reception.do("dial", digits="0")
    time.sleep(1)
    assert says(reception.hears_after("1", 6), phrases("vm-rec-unavailable"))
    reception.begin_to_say(900, 3)
    reception.finish()
    reception.do("dial", digits="#")
    time.sleep(0.5)
    assert says(reception.hears_after("1", 4), phrases("vm-message", "vm-saved"))
    put_back(box, reception)
    assert strength(dials_and_hears(workshop, "*6*101#", 4), 900) > 0.3


def test_a_number_is_blacklisted_and_taken_off_again(box: Box, anna: Phone) -> None:
    """F17, F18, F19: an extension is refused; the caller is kept out, then let in."""
    reception = box.end("fxs1")
    dials(reception, "*75#")
    time.sleep(1)
    assert says(reception.hears_after("102#", 3.5), phrases("extension-refused"))
    assert says(reception.hears_after(f"{OUTSIDE}#", 8), phrases("", "blacklisted", digits=OUTSIDE))
    put_back(box, reception)
    far = Phone(Wire(box.sip, "127.0.0.9", port=PROVIDER_PORT), OUTSIDE, "", domain="127.0.0.9")
    assert status(Calling(far, "4930555", 30000)) == 603
    assert not reception.state()["ringing"]
    with Audio(0) as annas:
        dialog = anna.invite(f"*075{OUTSIDE}", annas.port)
        connected(dialog, annas)
        time.sleep(7)
        assert says(annas.heard(), phrases("", "removed", digits=OUTSIDE))
        anna.bye(dialog)
    call = Calling(far, "4930555", 30000)
    reception.until(ringing=True)
    reception.do("lift")
    assert status(call) == 200
    far.bye(call.dialog())
    far.wire.close()


def test_listening_needs_both_switches(box: Box, anna: Phone, ben: Phone) -> None:
    """F23: who may not listen, and who may not be listened to, is the same prompt."""
    with talking(anna, ben) as (_annas, _bens):
        for listener, target in (("fxs2", "103"), ("fxs1", "104")):
            telephone = box.end(listener)
            assert says(dials_and_hears(telephone, f"*90{target}#", 4), phrases("spy-not-allowed"))


def test_the_box_says_one_s_own_number(anna: Phone) -> None:
    """F42: `**13`, digit by digit."""
    with Audio(0) as annas:
        dialog = anna.invite("**13", annas.port)
        connected(dialog, annas)
        time.sleep(4.5)
        assert says(annas.heard(), phrases("your-ext-is", "", digits="103"))
        anna.bye(dialog)


def test_a_flash_is_neither_shorter_nor_longer(box: Box) -> None:
    """H1: a tap of the hook holds the call, a jolt does nothing, and a longer break hangs up."""
    reception, workshop = in_a_call(box)
    reception.do("flash", ms=10)
    time.sleep(0.7)
    assert heard_by(workshop, reception)
    reception.do("flash", ms=900)
    time.sleep(1)
    assert not heard_by(workshop, reception)
    reception.do("flash")
    time.sleep(0.7)
    assert heard_by(workshop, reception)
    reception.do("flash", ms=1300)
    time.sleep(1)
    assert has_tone(workshop.hears(2), BUSY_HZ)


def test_a_consultation_is_cancelled_while_it_rings(box: Box) -> None:
    """H4: by another flash."""
    reception, workshop = in_a_call(box)
    store = box.end("fxs3")
    reception.do("flash")
    time.sleep(0.7)
    reception.do("dial", digits="106")
    store.until(ringing=True)
    reception.do("flash")
    store.until(ringing=False)
    assert heard_by(workshop, reception)
    assert heard_by(reception, workshop)


def in_a_call(box: Box) -> tuple[End, End]:
    """The workshop has called the reception."""
    reception, workshop = box.end("fxs1"), box.end("fxs2")
    dials(workshop, "101")
    reception.until(ringing=True)
    reception.do("lift")
    time.sleep(1)
    return reception, workshop


def heard_by(listener: End, speaker: End) -> bool:
    speaker.begin_to_say(TALK_HZ, 1.2)
    time.sleep(0.4)
    found = strength(listener.hears(0.4), TALK_HZ) > 0.8
    speaker.finish()
    return found
