"""Services on the whole box, by telephones that press real keys and hear real sound: the main path of each."""

import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.media.prompts import Prompts
from tests.system.box import Box, End, has_tone, read_wav, says
from tests.system.rtp import RATE, Samples, strength, tone

SITE = """
version: 1
site: {name: Test, country: DE, language: en, timezone: Europe/Berlin}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1, department: office}
  - {number: "102", name: Workshop, port: fxs2, department: office}
  - {number: "103", name: Anna, port: fxs3, department: office}
  - {number: "104", name: Ben, port: fxs4, department: office}
trunks: [{name: line1, type: fxo, port: fxo1}]
inbound: [{trunk: line1, to: menu/640}]
rooms: [{number: "90", pin: "1234", admin_pin: "9876"}, {number: "91"}]
ring_groups: [{number: "620", name: All, members: ["101", "103"]}]
queues: [{number: "631", name: Sales, dynamic_agents: ["103"], announce_position: false}]
menus: [{number: "640", name: Welcome, greeting: welcome, keys: {"1": queue/631, "2": group/620}}]
"""
PROMPTS = Prompts(Path(sys.prefix) / "share" / "fxbox" / "prompts")
NUMBERS = {"fxs1": "101", "fxs2": "102", "fxs3": "103", "fxs4": "104"}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("calls"), SITE) as running:
        yield running


@pytest.fixture(autouse=True)
def all_put_back(box: Box) -> Iterator[None]:
    yield
    for name in NUMBERS:
        box.end(name).do("hang-up")
    box.until(lambda: all(line["state"] == "Ready" for line in box.status()["lines"]), 20)
    assert box.status()["calls"] == []


def lifts(box: Box, name: str) -> End:
    phone = box.end(name)
    phone.do("lift")
    box.until(lambda: has_tone(phone.hears(0.3), 425))
    return phone


def calls(box: Box, caller: str, number: str) -> End:
    phone = lifts(box, caller)
    phone.do("dial", digits=number)
    return phone


def talk(box: Box, caller: str, called: str) -> tuple[End, End]:
    first, second = calls(box, caller, NUMBERS[called]), box.end(called)
    second.until(ringing=True)
    second.do("lift")
    time.sleep(0.5)
    assert hear_each_other(box, caller, called)
    return first, second


def hear_each_other(box: Box, *names: str) -> bool:
    """Each one in turn says a tone of its own, which all others hear."""
    return all(_heard(box, speaker, freq, names) for speaker, freq in zip(names, (700, 1100, 1600, 2000), strict=False))


def _heard(box: Box, speaker: str, freq_hz: float, names: tuple[str, ...]) -> bool:
    files = {name: box.folder / f"{name}-ear.wav" for name in names if name != speaker}
    box.end(speaker).begin_to_say(freq_hz, 1.2)
    time.sleep(0.3)
    for name, file in files.items():
        box.end(name, 2).begin("record", file=str(file), seconds=0.5)
    for name in files:
        box.end(name, 2).finish()
    box.end(speaker).finish()
    return all(strength(read_wav(file), freq_hz) > 0.6 for file in files.values())


def rings_back(samples: Samples) -> bool:
    """The ringback tone is on for one second in five."""
    return any(has_tone(samples[at : at + RATE // 2], 425) for at in range(0, len(samples) - RATE // 2, RATE // 4))


def music(phone: End) -> bool:
    """Something is heard that is no tone of the box."""
    samples = phone.hears(1.0)
    return float(abs(samples.astype(float)).mean()) > 50 and not has_tone(samples, 425)


def test_a_blind_transfer(box: Box) -> None:
    """F11: the prompt, music for the one who waits, ringback, then the two talk"""
    ben, anna = talk(box, "fxs4", "fxs3")
    assert says(anna.hears_after("#", 3.0), PROMPTS.phrase("en", "transfer"))
    assert music(ben)
    anna.do("dial", digits="102")
    workshop = box.end("fxs2")
    workshop.until(ringing=True)
    assert rings_back(ben.hears(6.0))
    workshop.until(caller={"number": "104", "name": "Ben"})
    assert has_tone(anna.hears(0.5), 425)  # busy tone: let go
    workshop.do("lift")
    time.sleep(0.5)
    assert hear_each_other(box, "fxs4", "fxs2")


def test_an_attended_transfer(box: Box) -> None:
    """F13: a private talk, completed by hanging up"""
    ben, anna = talk(box, "fxs4", "fxs3")
    anna.do("dial", digits="*2")
    time.sleep(1.5)
    anna.do("dial", digits="102")
    workshop = box.end("fxs2")
    workshop.until(ringing=True)
    workshop.do("lift")
    time.sleep(0.5)
    assert hear_each_other(box, "fxs3", "fxs2")
    assert music(ben)
    anna.do("hang-up")
    time.sleep(1.5)
    assert hear_each_other(box, "fxs4", "fxs2")


def test_an_attended_transfer_is_aborted_by_star(box: Box) -> None:
    """F15"""
    _ben, anna = talk(box, "fxs4", "fxs3")
    anna.do("dial", digits="*2")
    time.sleep(1.5)
    anna.do("dial", digits="102")
    workshop = box.end("fxs2")
    workshop.until(ringing=True)
    anna.do("dial", digits="*")
    workshop.until(ringing=False)
    time.sleep(2.5)
    assert hear_each_other(box, "fxs4", "fxs3")


@pytest.mark.parametrize("code", ["*8", "**103#"])
def test_a_pickup(box: Box, code: str) -> None:
    """F5 F6"""
    calls(box, "fxs4", "103")
    anna = box.end("fxs3")
    anna.until(ringing=True)
    calls(box, "fxs1", code)
    anna.until(ringing=False)
    time.sleep(0.5)
    assert hear_each_other(box, "fxs4", "fxs1")


def test_a_conference_out_of_a_call_with_an_invited_third(box: Box) -> None:
    """F27 F28 F29"""
    _ben, anna = talk(box, "fxs4", "fxs3")
    assert says(anna.hears_after("*0", 5.0), PROMPTS.phrase("en", "conf-enter-pin"))
    anna.do("dial", digits="9876#")
    time.sleep(7)  # how many are there, and the beeps
    assert hear_each_other(box, "fxs4", "fxs3")
    anna.do("dial", digits="0")
    time.sleep(0.5)
    assert has_tone(anna.hears(0.5), 425)
    anna.do("dial", digits="102")
    workshop = box.end("fxs2")
    workshop.until(ringing=True)
    workshop.do("lift")
    time.sleep(0.5)
    assert hear_each_other(box, "fxs3", "fxs2")
    anna.do("dial", digits="**")
    time.sleep(7)
    assert hear_each_other(box, "fxs4", "fxs3", "fxs2")
    calls(box, "fxs1", "90#")
    time.sleep(4)
    box.end("fxs1").do("dial", digits="1234#")
    time.sleep(7)
    assert hear_each_other(box, "fxs4", "fxs3", "fxs2", "fxs1")


def test_a_ring_group(box: Box) -> None:
    """A7"""
    calls(box, "fxs4", "620")
    reception, anna = box.end("fxs1"), box.end("fxs3")
    reception.until(ringing=True)
    anna.until(ringing=True)
    anna.do("lift")
    reception.until(ringing=False)
    time.sleep(0.5)
    assert hear_each_other(box, "fxs4", "fxs3")


def test_an_outside_caller_chooses_the_queue_in_the_menu_and_an_agent_answers(box: Box) -> None:
    """A6 F24"""
    anna, line = box.end("fxs3"), box.end("fxo1")
    lifts(box, "fxs3")
    assert says(anna.hears_after("*62", 5.0), PROMPTS.phrase("en", "agent-in"))
    anna.do("hang-up")
    box.until(lambda: all(one["state"] == "Ready" for one in box.status()["lines"]))
    line.do("ring", **{"from": "03012345"})
    line.until(state="seized")
    assert says(line.hears(16), PROMPTS.phrase("en", "welcome"))  # the second time it is heard whole
    one = box.folder / "one.wav"
    with wave.open(str(one), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(tone((697, 1209), RATE // 8, 8000).tobytes())
    line.do("play", file=str(one))
    anna.until(ringing=True)
    assert music(line)
    anna.do("lift")
    time.sleep(0.5)
    assert hear_each_other(box, "fxo1", "fxs3")
    line.do("hang-up", by="polarity")
