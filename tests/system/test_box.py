"""The whole box as its first users meet it: real processes, chip drivers, SIP and audio, on the simulated board."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.media.prompts import Prompts
from firmware.net.addresses import KernelAddresses
from tests.system.box import Box, free_port, has_tone, says
from tests.system.rtp import Audio, strength
from tests.system.sipclient import Dialog, Phone, Wire

PROVIDER_PORT = free_port()
SITE = f"""
version: 1
site: {{name: Test, country: DE, language: en, timezone: Europe/Berlin}}
numbering: {{operator: "101"}}
extensions:
  - {{number: "101", name: Reception, port: fxs1, sip: {{secret: reception-101}}}}
  - {{number: "102", name: Workshop, port: fxs2}}
  - {{number: "103", name: Anna, sip: {{secret: anna-secret-103}}}}
  - {{number: "104", name: Ben, sip: {{secret: ben-secret-104}}}}
trunks:
  - {{name: line1, type: fxo, port: fxo1}}
  - {{name: line2, type: fxo, port: fxo2}}
  - {{name: branch, type: sip, host: 127.0.0.9, port: {PROVIDER_PORT}, register: false}}
outbound:
  - {{name: outside, prefix: "9", trunks: [line1]}}
  - {{name: branch, match: "7xx", trunks: [branch]}}
inbound:
  - {{trunk: line1, to: "101"}}
  - {{trunk: line2, to: "102"}}
  - {{trunk: branch, to: "103"}}
emergency: {{trunks: [line1]}}
limits: {{sources: [{{name: tests, network: 127.0.0.0/8, per_s: 1000}}]}}
"""
PROMPTS = Prompts(Path(sys.prefix) / "share" / "fxbox" / "prompts")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def in_background(work: "threading.Thread | object", *args: object) -> list[object]:
    """Run a call that waits; its result is put into the list that is returned."""
    result: list[object] = []
    thread = threading.Thread(target=lambda: result.append(work(*args)), daemon=True)  # type: ignore[operator]
    thread.start()
    result_of[id(result)] = thread
    return result


result_of: dict[int, threading.Thread] = {}


def result(pending: list[object]) -> Dialog:
    result_of.pop(id(pending)).join(20)
    assert isinstance(pending[0], Dialog)
    return pending[0]


def put_back(box: Box, *names: str) -> None:
    """Hang up and wait until the box has noticed (longer than any hook flash)."""
    for name in names:
        box.end(name).do("hang-up")
    box.until(lambda: all(line["state"] == "Ready" for line in box.status()["lines"]))


def test_a_lifted_telephone_hears_dial_tone(box: Box) -> None:
    box.fxbox("phone", "fxs1", "lift")
    assert has_tone(box.end("fxs1").hears(0.5), 425)
    put_back(box, "fxs1")


def test_a_telephone_calls_an_ip_phone_and_both_hear_each_other(box: Box, anna: Phone) -> None:
    reception = box.end("fxs1")
    with Audio(1100) as audio:
        reception.do("lift")
        reception.do("dial", digits="103")
        dialog = anna.incoming()
        assert dialog.invite is not None
        assert '"Reception" <sip:101@' in dialog.invite.get("From")
        anna.reply(dialog, 180)
        time.sleep(0.3)
        assert has_tone(reception.hears(0.5), 425)  # ringback
        anna.reply(dialog, 200, "OK", audio.port)
        audio.connect(dialog.invite.body)
        reception.begin_to_say(700, 1.5)
        time.sleep(1.2)
        assert strength(audio.heard(0.5), 700) > 0.8
        reception.finish()
        assert has_tone(reception.hears(0.5), 1100)
        put_back(box, "fxs1")
        assert anna.wire.receive().method in ("ACK", "BYE")


def test_a_telephone_shows_who_calls_and_stops_ringing_when_answered(box: Box, anna: Phone) -> None:
    workshop = box.end("fxs2")
    with Audio(1100) as audio:
        call = in_background(anna.invite, "102", audio.port)
        workshop.until(ringing=True)
        caller = workshop.until(caller={"number": "103", "name": "Anna"})
        assert caller["ringing"]
        workshop.do("lift")
        dialog = result(call)
        assert dialog.answer is not None
        assert dialog.answer.status == 200
        audio.connect(dialog.answer.body)
        time.sleep(0.5)
        assert has_tone(workshop.hears(0.5), 1100)
        assert not workshop.state()["ringing"]
        anna.bye(dialog)
        time.sleep(0.5)
        assert has_tone(workshop.hears(2), 425)  # busy tone
    put_back(box, "fxs2")


@pytest.mark.parametrize("how", ["polarity", "battery", "busy"])
def test_a_call_over_the_telephone_network_and_each_way_its_far_end_hangs_up(box: Box, how: str) -> None:
    workshop, line = box.end("fxs2"), box.end("fxo1")
    workshop.do("lift")
    time.sleep(0.2)
    workshop.do("dial", digits="9030987#")
    line.until(digits="030987")
    line.until(phase="ringback")
    assert has_tone(workshop.hears(1), 425)  # the network's
    line.do("answer")
    line.begin_to_say(1300, 1.0)
    workshop.begin_to_say(900, 1.0)
    time.sleep(0.3)
    heard_inside, heard_outside = box.end("fxs2", 2), box.end("fxo1", 2)
    heard_inside.begin("record", file=str(box.folder / "in.wav"), seconds=0.5)
    assert strength(heard_outside.hears(0.5), 900) > 0.8
    heard_inside.finish()
    line.finish()
    workshop.finish()
    line.do("hang-up", by=how)
    line.until(state="idle")
    time.sleep(0.3)
    assert has_tone(workshop.hears(2), 425)
    put_back(box, "fxs2")


def test_a_call_from_outside_rings_all_telephones_of_an_extension_and_one_answers(box: Box) -> None:
    reception, line = box.end("fxs1"), box.end("fxo1")
    desk = Phone(Wire(box.sip), "101", "reception-101")
    assert desk.register().status == 200
    with Audio(600) as audio:
        line.until(phase="idle")
        line.do("ring", **{"from": "03012345", "name": "Berlin"})
        dialog = desk.incoming(10)
        assert dialog.invite is not None
        assert '"Berlin" <sip:03012345@' in dialog.invite.get("From")
        desk.reply(dialog, 180)
        reception.until(caller={"number": "03012345", "name": "Berlin"})
        desk.reply(dialog, 200, "OK", audio.port)
        audio.connect(dialog.invite.body)
        reception.until(ringing=False)
        time.sleep(0.5)
        assert has_tone(line.hears(0.5), 600)
        line.do("hang-up", by="polarity")
        assert any(desk.wire.receive().method == "BYE" for _ in range(3))
    desk.register(0)
    desk.wire.close()


def test_the_telephone_stops_the_ip_phone(box: Box) -> None:
    """The other way round: the handset is lifted, the IP phone is told that the call was answered elsewhere."""
    reception, line = box.end("fxs1"), box.end("fxo1")
    desk = Phone(Wire(box.sip), "101", "reception-101")
    assert desk.register().status == 200
    line.until(phase="idle")
    line.do("ring", **{"from": "03012345"})
    desk.reply(desk.incoming(10), 180)
    reception.until(ringing=True)
    reception.do("lift")
    cancel = desk.wire.receive()
    while cancel.method != "CANCEL":
        cancel = desk.wire.receive()
    assert "Call completed elsewhere" in cancel.get("Reason")
    line.do("hang-up", by="polarity")
    put_back(box, "fxs1")
    desk.wire.close()


def test_calls_over_a_sip_trunk_both_ways(box: Box, anna: Phone) -> None:
    far = Phone(Wire(box.sip, "127.0.0.9", port=PROVIDER_PORT), "branch", "", domain="127.0.0.9")
    workshop = box.end("fxs2")
    with Audio(1700, "127.0.0.9") as audio:
        workshop.do("lift")
        workshop.do("dial", digits="755")
        dialog = far.incoming(10)
        assert dialog.invite is not None
        assert dialog.invite.start.startswith("INVITE sip:755@127.0.0.9")
        far.reply(dialog, 200, "OK", audio.port)
        audio.connect(dialog.invite.body)
        time.sleep(0.5)
        assert has_tone(workshop.hears(0.5), 1700)
        put_back(box, "fxs2")
    call = in_background(far.invite, "4930555", 30000)
    incoming = anna.incoming()
    assert incoming.invite is not None
    anna.reply(incoming, 486)
    answer = result(call).answer
    assert answer is not None
    assert answer.status == 486
    far.wire.close()


@pytest.mark.parametrize(("code", "phrase"), [("**11", "wan-ip"), ("**12", "lan-ip")])
def test_the_box_says_its_addresses(box: Box, code: str, phrase: str) -> None:
    """F40, F41: digit by digit, twice."""
    kernel = KernelAddresses()
    found = [ip for ip in (kernel.wan() if code == "**11" else kernel.lan()) if ip.version == 4]
    workshop = box.end("fxs2")
    workshop.do("lift")
    workshop.do("dial", digits=f"{code}#")
    expected = PROMPTS.phrase("en", phrase) + PROMPTS.digits("en", str(found[0])) if found else None
    heard = workshop.hears(17)  # it is said twice; the beginning of the first time may be missed
    assert says(heard, expected or PROMPTS.phrase("en", "no-address"))
    assert not says(heard, PROMPTS.phrase("en", "goodbye"))
    put_back(box, "fxs2")


def test_the_core_comes_back_and_telephones_need_not_register_again(box: Box, anna: Phone) -> None:
    time.sleep(1.1)  # a binding is on the disk after a second at the latest
    shown = len(box.log.read_text())
    os.kill(box.core_pid(), signal.SIGKILL)
    box.wait_for("core is back", shown)
    box.until(lambda: all(line["state"] == "Ready" for line in box.status()["lines"]))
    workshop = box.end("fxs2")
    workshop.do("lift")
    workshop.do("dial", digits="103")
    dialog = anna.incoming(10)
    anna.reply(dialog, 486)
    put_back(box, "fxs2")


def test_status_names_lines_registrations_and_trunks(box: Box, anna: Phone) -> None:
    status = box.status()
    assert [line["slot"] for line in status["lines"] if line["kind"] == "fxs"][:2] == ["fxs1", "fxs2"]
    assert any(one["extension"] == "103" and one["devices"] for one in status["registrations"])
    assert {"line1", "branch"} <= {one["name"] for one in status["trunks"]}
