"""Lamps of IP telephones over real SIP: SUBSCRIBE and NOTIFY of a whole box (RFC 4235, RFC 3842)."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.system.box import Box
from tests.system.sipclient import Phone, Wire
from tests.system.watcher import Lamp, notified, state_of

SITE = """
version: 1
site: {name: Test, country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, department: office, voicemail: {pin: "8215"}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, department: workshop, watch: department}
  - {number: "105", name: Eva, sip: {secret: eva-secret-105}, watch: none}
limits: {sources: [{name: tests, network: 127.0.0.0/8, per_s: 1000}]}
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def phone(box: Box, number: str, name: str) -> Phone:
    made = Phone(Wire(box.sip), number, f"{name}-secret-{number}")
    assert made.register().status == 200
    return made


def test_a_lamp_follows_an_extension(anna: Phone, ben: Phone, box: Box) -> None:
    """F10: idle, ringing, talking, idle; ids are made up."""
    lamp = Lamp(anna, "104")
    assert lamp.subscribe() == 200
    assert lamp.state() == "terminated"
    reception = box.end("fxs1")
    reception.do("lift")
    time.sleep(1)
    reception.do("dial", digits="104")
    dialog = ben.incoming()
    ben.reply(dialog, 180)
    assert lamp.state() == "early"
    ben.reply(dialog, 200)
    assert lamp.state() == "confirmed"
    for message in lamp.said:
        assert dialog.call_id not in message.body
        assert message.get("Content-Type") == "application/dialog-info+xml"
    reception.do("hang-up")
    assert lamp.state() == "terminated"
    versions = [int(part.body.partition('" state=')[0].rpartition('version="')[2]) for part in lamp.said]
    assert versions == [0, 1, 2, 3]


def test_what_may_be_watched(anna: Phone, ben: Phone, box: Box) -> None:
    eva = phone(box, "105", "eva")
    try:
        assert [Lamp(anna, one).subscribe() for one in ("101", "41", "90", "*74", "*71")] == [200] * 5
        assert [Lamp(anna, one).subscribe() for one in ("199", "110", "*60", "9030123")] == [404] * 4
        assert Lamp(ben, "104").subscribe() == 200  # his own
        assert Lamp(ben, "103").subscribe() == 403  # another department
        assert Lamp(eva, "103").subscribe() == 403
        assert Lamp(eva, "41").subscribe() == 200
        assert Lamp(anna, "104", "message-summary").subscribe() == 403
        assert Lamp(anna, "103", "presence").subscribe() == 489
        assert Lamp(anna, "104").subscribe(30) == 423
    finally:
        eva.wire.close()


def test_64_and_no_more(ben: Phone) -> None:
    answers = [Lamp(ben, "41").subscribe() for _ in range(65)]
    assert answers.count(200) >= 60  # others of his may be there still
    assert answers[-1] == 403
    assert Lamp(ben, "104", "message-summary").subscribe() == 200


def test_the_end_of_a_subscription(anna: Phone) -> None:
    lamp = Lamp(anna, "41")
    assert lamp.subscribe() == 200
    assert lamp.state() == "terminated"
    assert lamp.subscribe() == 200  # refreshed
    assert lamp.next().get("Subscription-State").startswith("active;expires=600")
    assert lamp.subscribe(0) == 200
    assert lamp.next().get("Subscription-State") == "terminated;reason=timeout"
    assert lamp.subscribe() == 481


def test_do_not_disturb_and_a_forward_light_their_lamps(anna: Phone) -> None:
    """F39, F33: the codes stand for the watcher's own."""
    disturb, forward = Lamp(anna, "*74"), Lamp(anna, "*71")
    assert (disturb.subscribe(), forward.subscribe()) == (200, 200)
    assert disturb.state() == "terminated"
    assert forward.state() == "terminated"
    call(anna, "*74")
    assert disturb.state() == "confirmed"
    call(anna, "*074")
    assert disturb.state() == "terminated"
    call(anna, "*71104")
    assert forward.state() == "confirmed"
    call(anna, "*071")
    assert forward.state() == "terminated"


def call(anna: Phone, number: str) -> None:
    dialog = anna.invite(number)
    assert dialog.answer is not None and dialog.answer.status == 200
    time.sleep(1)  # hears the beep
    anna.bye(dialog)


def test_the_message_lamp_is_told_at_each_registration(anna: Phone) -> None:
    """F1: MWI unasked, again after each registration; within a subscription once there is one."""
    for _ in range(2):
        assert anna.register().status == 200
        message = notified(anna)
        assert message.get("Event") == "message-summary"
        assert message.body.startswith("Messages-Waiting: no\r\n")
    lamp = Lamp(anna, "103", "message-summary")
    assert lamp.subscribe() == 200
    assert "Voice-Message: 0/0 (0/0)" in lamp.next().body
    assert anna.register().status == 200
    assert "Voice-Message: 0/0 (0/0)" in lamp.next().body


def test_lamps_outlive_the_core(anna: Phone, box: Box) -> None:
    """After a crash every lamp is told anew, with numbers that only rise, and goes on."""
    lamp = Lamp(anna, "*74")
    assert lamp.subscribe() == 200
    first = lamp.next()
    seen = len(box.log.read_text())
    time.sleep(0.6)  # the store writes every 0.3 s
    os.kill(box.core_pid(), signal.SIGKILL)
    box.wait_for("core", seen)
    again = lamp.next(15)
    assert int(again.get("CSeq").split()[0]) > int(first.get("CSeq").split()[0])
    assert state_of(again) == "terminated"
    call(anna, "*74")
    assert lamp.state(10) == "confirmed"
    call(anna, "*074")
    assert lamp.subscribe() == 200
