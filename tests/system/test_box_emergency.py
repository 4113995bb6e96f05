"""Emergency calls and alarms on a whole box: people are rung and told in words, mails and webhooks arrive."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import pytest

from tests.system.box import Box, read_wav, says
from tests.system.hooks import Hooks
from tests.system.mail_server import MailServer
from tests.system.services import Calling, dials, phrases, put_back
from tests.system.sipclient import Phone
from tests.system.telephones import registered

MAIL, HOOKS = MailServer(), Hooks()
SECRET = "a-secret-of-this-test"
SITE = f"""
version: 1
site: {{name: Test, country: DE, language: en, timezone: Europe/Berlin}}
mail: {{host: 127.0.0.1, port: {MAIL.port}, tls: none, sender: box@example.test}}
extensions:
  - {{number: "101", name: Reception, port: fxs1, dnd: true, voicemail: {{pin: "8215", email: front@example.test}}}}
  - {{number: "102", name: Workshop, port: fxs2}}
  - {{number: "103", name: Anna, sip: {{secret: anna-secret-103}}}}
  - {{number: "104", name: Guard, sip: {{secret: guard-secret-104}}}}
trunks:
  - {{name: line1, type: fxo, port: fxo1}}
outbound:
  - {{name: outside, prefix: "9", trunks: [line1]}}
emergency: {{notify: ["101", "104", "chief@example.test"]}}
alarms:
  email: [admin@example.test]
  webhook: {{url: "http://127.0.0.1:{HOOKS.server_port}/alarms", secret: {SECRET}, allow: [127.0.0.0/8]}}
limits: {{sources: [{{name: tests, network: 127.0.0.0/8, per_s: 1000}}]}}
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    MAIL.open()
    with Box(tmp_path_factory.mktemp("emergency"), SITE) as running:
        yield running
    MAIL.close()
    HOOKS.shutdown()
    HOOKS.server_close()


@pytest.fixture
def guard(box: Box) -> Iterator[Phone]:
    yield from registered(box, "104", "guard-secret-104")


def audit(box: Box) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(box.fxbox("audit", "--json"))["audit"]
    return found


def test_an_emergency_call_takes_the_line_and_is_told_to_people(box: Box, anna: Phone, guard: Phone) -> None:
    """N5."""
    reception, workshop, line = box.end("fxs1"), box.end("fxs2"), box.end("fxo1")
    dials(workshop, "9030123456")
    box.until(lambda: line.state()["digits"] == "030123456")
    box.until(lambda: [call["state"] for call in box.status()["calls"]] == ["In call"])
    workshop.begin("record", file=str(box.folder / "workshop.wav"), seconds=8)
    call = Calling(anna, "112", 30000)
    dialog = guard.incoming(10)
    assert dialog.invite is not None
    guard.reply(dialog, 180, "Ringing")
    assert dialog.invite.get("Priority") == "emergency"
    assert "<urn:alert:priority:high>" in dialog.invite.all("Alert-Info")
    assert '"EMERGENCY 112" <sip:103@' in dialog.invite.get("From")
    box.until(lambda: reception.state()["caller"] == {"number": "103", "name": "EMERGENCY 112"})
    assert reception.state()["distinctive"] == "dr3"
    box.until(lambda: line.state()["digits"] == "112")  # a new call, not keys in the old one
    assert line.state()["flashes"] == 0
    reception.do("lift")
    heard = reception.hears(13)
    assert says(heard, phrases("emergency-alert", "", "emergency-alert", "", digits="103"))
    assert guard.wire.receive(2).method == "CANCEL"
    workshop.finish()
    assert says(read_wav(box.folder / "workshop.wav"), phrases("emergency-line-seized"))
    assert call.dialog().answer.status == 200  # type: ignore[union-attr]
    anna.bye(call.dialog())
    reception.do("hang-up")
    put_back(box, workshop)
    box.until(lambda: {letter["To"] for letter in MAIL.letters} >= {"front@example.test", "chief@example.test"})
    assert MAIL.letters[0]["Subject"] == "Emergency call by 103 Anna"
    assert "103 Anna has called 112." in MAIL.letters[0].get_content()
    time.sleep(1.5)  # until it is written
    acts = [(row["who"], row["act"], row["about"]) for row in audit(box)]
    assert ("103", "called for help", "112") in acts
    assert ("103", "seized the line", "line1") in acts
    assert ("101", "was told of an emergency call of", "103") in acts


def test_an_alarm_reaches_program_and_administrator(box: Box, anna: Phone) -> None:
    """security.md 4: three foreign numbers lock the extension."""
    for _ in range(3):
        assert anna.invite("90033123456789").answer.status == 403  # type: ignore[union-attr]
    box.until(lambda: HOOKS.got)
    ((headers, body),) = HOOKS.got
    assert headers["X-Fxbox-Signature"] == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    (message,) = HOOKS.messages
    assert message["box"] == "Test" and message["times"] == 1
    assert message["alarm"].startswith("extension 103 is locked, calls inside only")
    box.until(lambda: any(letter["To"] == "admin@example.test" for letter in MAIL.letters))
    (alarm,) = box.status()["alarms"]
    assert alarm["text"] == message["alarm"]
    assert "Alarms:" in box.fxbox("status")
    box.fxbox("unlock", "103")
    time.sleep(1.5)
    acts = [(row["who"], row["act"]) for row in audit(box)]
    assert ("the box", "raised an alarm") in acts and ("command line", "unlocked") in acts
    assert "fit; the last hash is" in box.fxbox("audit", "verify")
