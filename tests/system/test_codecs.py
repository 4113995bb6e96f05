"""Calls in each codec and between them, with a telephone program that is not ours: what is heard at either end."""

import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.system.baresip import G722, OPUS, PCMU, TONE_LEVEL, Baresip
from tests.system.box import Box, has_tone
from tests.system.services import dials, put_back

SITE = """
version: 1
site: {name: Test, country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
rooms: [{number: "90"}]
limits: {sources: [{name: tests, network: 127.0.0.0/8, per_s: 1000}]}
"""
ANNA_HZ, BEN_HZ, RECEPTION_HZ = 1000, 1400, 700


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def is_there(box: Box, number: str) -> bool:
    return any(one["extension"] == number and one["devices"] for one in box.status()["registrations"])


def phone(box: Box, folder: Path, number: str, codec: str, dial: str = "") -> Baresip:
    """Anna's or Ben's telephone, registered."""
    name, tone_hz = {"103": ("anna", ANNA_HZ), "104": ("ben", BEN_HZ)}[number]
    made = Baresip(folder / name, box.sip, number, f"{name}-secret-{number}", codec, tone_hz, dial)
    try:
        box.until(lambda: is_there(box, number))
    except BaseException:
        made.close()
        raise
    return made


def heard_well(listener: Baresip, freq_hz: float, level: float) -> bool:
    """Whether a tone was heard for two seconds, at the level (within 1.5 dB) at which it was said."""
    seconds, heard_level = listener.heard(freq_hz)
    return seconds >= 2 and 0.84 < heard_level / level < 1.19


@pytest.mark.parametrize("codec", [OPUS, G722, PCMU])
def test_copper_and_a_codec(box: Box, tmp_path: Path, codec: str) -> None:
    """each hears the other, and nothing else"""
    reception = box.end("fxs1")
    with closing(phone(box, tmp_path, "103", codec)) as anna:
        dials(reception, "103")
        box.until(lambda: any(call["state"] == "In call" for call in box.status()["calls"]))
        time.sleep(1)
        assert has_tone(reception.hears(1), ANNA_HZ)
        reception.begin_to_say(RECEPTION_HZ, 3)
        reception.finish()
        put_back(box, reception)
    assert codec.split("/")[0] in (anna.folder / "log").read_text().partition("Set audio decoder: ")[2][:8]
    assert heard_well(anna, RECEPTION_HZ, 8000 / 2**0.5)


def test_two_telephones_without_a_codec_in_common(box: Box, tmp_path: Path) -> None:
    """Opus here, G.722 there"""
    with closing(phone(box, tmp_path, "104", G722)) as ben, closing(phone(box, tmp_path, "103", OPUS, "104")) as anna:
        box.until(lambda: any(call["state"] == "In call" for call in box.status()["calls"]))
        time.sleep(4)
    assert heard_well(anna, BEN_HZ, TONE_LEVEL) and heard_well(ben, ANNA_HZ, TONE_LEVEL)


def test_a_conference_of_codecs(box: Box, tmp_path: Path) -> None:
    """F26: copper hears Opus and G.722 at once, and each of them hears copper"""
    reception, member = box.end("fxs1"), partial(phone, box, tmp_path)
    dials(reception, "90")
    with closing(member("103", OPUS, "90")) as anna, closing(member("104", G722, "90")) as ben:
        box.until(lambda: len(box.status()["calls"]) == 3)
        time.sleep(8)  # announcements and beeps
        assert has_tone(reception.hears(1), ANNA_HZ, BEN_HZ)
    put_back(box, reception)
    assert heard_well(anna, BEN_HZ, TONE_LEVEL) and heard_well(ben, ANNA_HZ, TONE_LEVEL)
