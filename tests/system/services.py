"""What the system tests of codes share: the site of the box, dialling, calling and answering."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.media.prompts import Prompts
from tests.system.box import Box, End, free_port
from tests.system.rtp import Audio, Samples, strength
from tests.system.sipclient import Dialog, Phone

PROVIDER_PORT = free_port()
ANNA_HZ, BEN_HZ, CARLA_HZ = 1100, 1500, 1900


SITE = f"""
version: 1
site: {{name: Test, country: DE, language: en, timezone: Europe/Berlin}}
extensions:
  - {{number: "101", name: Reception, port: fxs1}}
  - {{number: "102", name: Workshop, port: fxs2, monitor: {{mode: all}}}}
  - {{number: "103", name: Anna, sip: {{secret: anna-secret-103}}, monitor: {{allow: true}}}}
  - {{number: "104", name: Ben, sip: {{secret: ben-secret-104}}}}
  - number: "105"
    name: Carla
    sip: {{secret: carla-secret-105}}
    follow_me: {{enabled: true, list: [{{number: "755"}}]}}
trunks:
  - {{name: line1, type: fxo, port: fxo1}}
  - {{name: branch, type: sip, host: 127.0.0.9, port: {PROVIDER_PORT}, register: false}}
outbound:
  - {{name: branch, match: "7xx", trunks: [branch]}}
inbound:
  - {{to: "101"}}
limits: {{sources: [{{name: tests, network: 127.0.0.0/8, per_s: 1000}}]}}
"""


PROMPTS = Prompts(Path(sys.prefix) / "share" / "fxbox" / "prompts")


class Calling:
    """A call that somebody makes meanwhile: `INVITE` blocks until it is answered."""

    def __init__(self, phone: Phone, number: str, rtp_port: int) -> None:
        self._found: list[Dialog] = []
        self._thread = threading.Thread(target=lambda: self._found.append(phone.invite(number, rtp_port)), daemon=True)
        self._thread.start()

    def dialog(self) -> Dialog:
        self._thread.join(20)
        return self._found[0]


def dials(telephone: End, digits: str) -> None:
    telephone.do("lift")
    time.sleep(0.3)
    telephone.do("dial", digits=digits)


def dials_and_hears(telephone: End, digits: str, seconds: float) -> Samples:
    """What it hears from when it dials."""
    telephone.do("lift")
    time.sleep(0.3)
    return telephone.hears_after(digits, seconds)


def put_back(box: Box, telephone: End) -> None:
    """Until the box has noticed, which takes longer than any hook flash."""
    telephone.do("hang-up")
    box.until(lambda: all(line["state"] == "Ready" for line in box.status()["lines"] if line["slot"] == telephone.name))


def phrases(*ids: str, digits: str = "") -> list[Path]:
    """Files of what is said; `digits` come where an id is empty."""
    return [file for id_ in ids for file in (PROMPTS.phrase("en", id_) if id_ else PROMPTS.digits("en", digits))]


def answered(phone: Phone, audio: Audio, within_s: float = 10) -> Dialog:
    dialog = phone.incoming(within_s)
    assert dialog.invite is not None
    phone.reply(dialog, 200, "OK", audio.port)
    audio.connect(dialog.invite.body)
    return dialog


@contextmanager
def talking(anna: Phone, ben: Phone) -> Iterator[tuple[Audio, Audio]]:
    """Ben has called Anna. What they say and hear."""
    with Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens:
        call = Calling(ben, "103", bens.port)
        answered(anna, annas)
        connected(call.dialog(), bens)
        try:
            yield annas, bens
        finally:
            ben.bye(call.dialog())


def connected(dialog: Dialog, audio: Audio) -> None:
    assert dialog.answer is not None and dialog.answer.status == 200
    audio.connect(dialog.answer.body)


def status(call: Calling) -> int:
    answer = call.dialog().answer
    assert answer is not None
    return answer.status


def after_key(audio: Audio, keys: str, seconds: float) -> Samples:
    """What an IP telephone hears from when it presses these keys."""
    audio.forget()
    audio.press(keys)
    time.sleep(seconds)
    return audio.heard()


def hears(audio: Audio, freq_hz: float) -> bool:
    """Whether it hears this tone now."""
    time.sleep(0.7)
    return strength(audio.heard(0.4), freq_hz) > 0.8
