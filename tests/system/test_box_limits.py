"""Limits of outside calls on a whole box: refused in words, locked, unlocked by command, kept over a crash."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.system.box import Box
from tests.system.sipclient import Phone, Wire

SITE = """
version: 1
site: {name: Test, country: DE, language: en}
extensions:
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
outbound:
  - {name: outside, prefix: "9", trunks: [line1]}
limits: {sources: [{name: tests, network: 127.0.0.0/8, per_s: 1000}]}
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def answer(phone: Phone, number: str) -> int:
    """The final answer to a call; one that was taken is ended."""
    dialog = phone.invite(number)
    assert dialog.answer is not None
    if dialog.answer.status == 200:
        phone.bye(dialog)
    return dialog.answer.status


def test_a_stolen_password_comes_to_nothing(box: Box) -> None:
    """security.md 4: three foreign numbers lock the extension, over a crash too; emergency calls get out."""
    anna = Phone(Wire(box.sip), "103", "anna-secret-103")
    try:
        assert anna.register().status == 200
        assert [answer(anna, "90033123456789") for _ in range(3)] == [403] * 3
        assert "is locked, calls inside only" in box.log.read_text()
        assert answer(anna, "9030123456") == 403
        time.sleep(1.5)  # until it is written
        seen = len(box.log.read_text())
        os.kill(box.core_pid(), signal.SIGKILL)
        box.wait_for("core", seen)
        box.until(lambda: anna.register().status == 200, 20)
        box.until(lambda: all(line["state"] == "Ready" for line in box.status()["lines"]))
        assert answer(anna, "9030123456") == 403
        assert answer(anna, "112") == 200
        box.fxbox("unlock", "103")
        box.until(lambda: all(line["state"] == "Ready" for line in box.status()["lines"]))
        assert answer(anna, "9030123456") == 200
    finally:
        anna.wire.close()
