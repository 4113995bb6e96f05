"""Keys of IP telephones, whatever brings them: the far end gets each of them once."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.system.box import Box
from tests.system.negotiation import begin, complete, offer
from tests.system.rtp import Audio
from tests.system.services import ANNA_HZ, BEN_HZ, SITE, Calling, answered, connected
from tests.system.sipclient import Dialog, Phone

RELAY, PLAIN = "application/dtmf-relay", "application/dtmf"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def info(phone: Phone, dialog: Dialog, type_: str, body: str) -> int:
    headers = [f"Content-Type: {type_}"] if type_ else []
    return phone._exchange("INFO", phone.in_dialog(dialog, "INFO", *headers, body=body)).status


@pytest.mark.parametrize(
    ("type_", "bodies"),
    [
        (RELAY, [f"Signal={key}\r\nDuration=160\r\n" for key in ("1", "1", "9", "12", "0")]),
        (RELAY, [f"Signal= {key}\r\nDuration= 250\r\n" for key in "119A0"]),
        (PLAIN, ["1", "1", "9", "12", "0"]),
    ],
    ids=["Signal=", "with spaces", "the key alone"],
)
def test_keys_by_info(box: Box, anna: Phone, ben: Phone, type_: str, bodies: list[str]) -> None:
    """N12: the same key twice is two keys, and 12 is A, not 1"""
    with Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens:
        call = Calling(ben, "103", bens.port)
        answered(anna, annas)
        connected(call.dialog(), bens)
        for body in bodies:
            assert info(ben, call.dialog(), type_, body) == 200
            time.sleep(0.3)
        time.sleep(0.7)
        assert annas.heard_events == list("119A0")
        ben.bye(call.dialog())


def test_info_that_is_no_key(box: Box, anna: Phone, ben: Phone) -> None:
    """is refused, or as an empty one answered; the call goes on"""
    with Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens:
        call = Calling(ben, "103", bens.port)
        answered(anna, annas)
        connected(call.dialog(), bens)
        for body in ("Signal=16\r\n", "Signal=x\r\n", "Signal", "Duration=100\r\n", "Signal=\r\n", "1" * 500):
            assert info(ben, call.dialog(), RELAY, body) == 400
        assert info(ben, call.dialog(), "", "") == 200
        assert info(ben, call.dialog(), RELAY, "Signal=5") == 200
        time.sleep(0.5)
        assert annas.heard_events == ["5"]
        ben.bye(call.dialog())


def test_keys_by_event(box: Box, anna: Phone, ben: Phone) -> None:
    """N12: RFC 4733"""
    with Audio(ANNA_HZ) as annas, Audio(BEN_HZ) as bens:
        call = Calling(ben, "103", bens.port)
        answered(anna, annas)
        connected(call.dialog(), bens)
        time.sleep(0.5)
        bens.press("119A0")
        time.sleep(1)
        assert annas.heard_events == list("119A0")
        ben.bye(call.dialog())


def test_keys_in_the_audio(box: Box, anna: Phone, ben: Phone) -> None:
    """N12: of a telephone that has agreed on no events; they are sent on as events, and not heard beside them"""
    with Audio(ANNA_HZ) as annas, Audio() as bens:
        body = "\r\n".join(line for line in offer(bens.port).split("\r\n") if "101" not in line or "m=" in line)
        dialog = begin(ben, "103", body.replace(" 101", ""))
        answered(anna, annas)
        bens.connect(complete(ben, dialog).body)
        time.sleep(0.5)
        annas.forget()
        for low, high in ((697, 1209), (697, 1209), (852, 1477), (697, 1633), (941, 1336)):
            bens.say((low, high), 0.1)
            time.sleep(0.3)
        time.sleep(0.7)
        assert annas.heard_events == list("119A0")
        heard = annas.heard()
        loud = [part for part in np.array_split(heard, len(heard) // 80) if np.abs(part).max() > 1000]
        assert len(loud) * 0.01 < 5 * 0.06  # cut off within 60 ms
        ben.bye(dialog)
