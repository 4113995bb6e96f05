"""A box that runs takes site files: who is added can telephone at once, who is removed cannot, and others talk on."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.system.box import FXBOX, Box, has_tone
from tests.system.rtp import RATE, Audio, strength
from tests.system.services import SITE, Calling, answered, dials, put_back
from tests.system.sipclient import Phone, Wire

DORA = '  - {number: "106", name: Dora, sip: {secret: SECRET}, port: fxs3}\n'
WINDOW_S = 0.5


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("site"), SITE) as running:
        yield running


def with_dora(secret: str = "dora-secret-106") -> str:
    return SITE.replace("trunks:\n", DORA.replace("SECRET", secret) + "trunks:\n", 1)


def imported(box: Box, text: str) -> "subprocess.CompletedProcess[str]":
    file = box.folder / "changed.yaml"
    file.write_text(text)
    words = [FXBOX, "--data", str(box.data), "site", "import", str(file)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@contextmanager
def two_who_talk(box: Box) -> Iterator[None]:
    """Anna and Ben talk all the while; in the end each must have heard the other without a gap."""
    with (
        closing(Wire(box.sip, "127.0.0.31")) as annas_wire, Audio(900, "127.0.0.31") as annas,
        closing(Wire(box.sip, "127.0.0.32")) as bens_wire, Audio(1300, "127.0.0.32") as bens,
    ):  # fmt: skip
        anna, ben = Phone(annas_wire, "103", "anna-secret-103"), Phone(bens_wire, "104", "ben-secret-104")
        assert (anna.register().status, ben.register().status) == (200, 200)
        call = Calling(anna, "104", annas.port)
        answered(ben, bens)
        answer = call.dialog().answer
        assert answer is not None
        annas.connect(answer.body)
        time.sleep(0.5)
        for audio in (annas, bens):
            audio.forget()
        since_s = time.monotonic()
        yield
        talked_s = time.monotonic() - since_s
        for audio, freq_hz in ((annas, 1300), (bens, 900)):
            heard = audio.heard()
            assert len(heard) / RATE == pytest.approx(talked_s, rel=0.03)
            window = int(WINDOW_S * RATE)
            parts = [heard[at : at + window] for at in range(0, len(heard) - window, window)]
            assert min(strength(part, freq_hz) for part in parts) > 0.8
        assert anna.bye(call.dialog()).status == 200


@pytest.fixture
def dora(box: Box) -> Iterator[Phone]:
    with closing(Wire(box.sip, "127.0.0.33")) as wire:
        yield Phone(wire, "106", "dora-secret-106")


@pytest.fixture
def carla(box: Box) -> Iterator[Phone]:
    with closing(Wire(box.sip, "127.0.0.34")) as wire:
        yield Phone(wire, "105", "carla-secret-105")


def test_an_extension_comes_and_goes_while_others_talk(box: Box, dora: Phone, carla: Phone) -> None:
    assert carla.register().status == 200
    assert dora.register().status == 401
    with two_who_talk(box):
        done = imported(box, with_dora())
        assert (done.returncode, done.stdout) == (0, f"{box.folder}/changed.yaml: imported into {box.data}\n")
        assert dora.register().status == 200
        _is_called(box, dora)
        _has_a_copper_telephone(box)
        _gets_another_password(box, dora)
        assert imported(box, SITE).returncode == 0
        box.until(lambda: "106" not in {one["extension"] for one in box.status()["registrations"]})
        assert dora.register().status == 401
        assert Calling(carla, "106", 30000).dialog().answer.status == 404  # type: ignore[union-attr]
        explained = box.fxbox("explain", "--from", "105", "--to", "103").splitlines()
        assert "busy            103: in 1 call" in explained


def _is_called(box: Box, dora: Phone) -> None:
    reception = box.end("fxs1")
    with Audio(1700, "127.0.0.33") as doras:
        dials(reception, "106")
        dialog = answered(dora, doras)
        time.sleep(0.5)
        assert has_tone(reception.hears(0.5), 1700)
        dora.bye(dialog)
    put_back(box, reception)


def _has_a_copper_telephone(box: Box) -> None:
    reception, doras = box.end("fxs1"), box.end("fxs3")
    dials(doras, "101")
    assert reception.until(ringing=True, caller={"number": "106", "name": "Dora"})
    put_back(box, doras)


def _gets_another_password(box: Box, dora: Phone) -> None:
    assert imported(box, with_dora("another-secret-106")).returncode == 0
    assert {"extension": "106", "name": "Dora", "devices": [], "since": None} in box.status()["registrations"]
    assert dora.register().status == 401
    dora.credentials.secret = "another-secret-106"
    assert dora.register().status == 200


def test_a_file_that_is_refused_changes_nothing(box: Box) -> None:
    before, devices = box.fxbox("site", "export", "--secrets", "-"), box.status()["registrations"]
    done = imported(box, with_dora() + "queues: 5\n")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "fxbox site: the site file is refused",
        f"{box.folder}/changed.yaml: queues: 5 is no list of sections",
    ]
    assert box.fxbox("site", "export", "--secrets", "-") == before
    assert box.status()["registrations"] == devices


def test_another_realm_counts_at_once(box: Box, carla: Phone) -> None:
    assert carla.register().status == 200
    assert imported(box, SITE + "sip: {realm: another}\n").returncode == 0
    assert not any(one["devices"] for one in box.status()["registrations"])
    assert carla.register().status == 200
    assert carla.credentials.challenge["realm"] == "another"


def test_a_change_by_code_is_in_the_export_at_once(box: Box) -> None:
    reception = box.end("fxs1")
    dials(reception, "*74")
    time.sleep(1)
    assert "dnd: true" in box.fxbox("site", "export", "-")
    put_back(box, reception)
    assert imported(box, SITE).returncode == 0
    assert "dnd" not in box.fxbox("site", "export", "-")


def test_an_outside_line_changes_hands_during_a_call(box: Box) -> None:
    reception, line, other = box.end("fxs1"), box.end("fxo1"), box.end("fxo2")
    line.do("ring", **{"from": "03055501234"})
    reception.until(ringing=True)
    reception.do("lift")
    moved = SITE.replace("{name: line1, type: fxo, port: fxo1}", "{name: line1, type: fxo, port: fxo2}")
    assert imported(box, moved).returncode == 0
    time.sleep(1)
    reception.begin_to_say(900, 1.5)
    time.sleep(0.5)
    assert has_tone(line.hears(0.5), 900)
    reception.finish()
    line.do("hang-up", by="polarity")
    put_back(box, reception)
    assert [one["slot"] for one in box.status()["lines"] if one["kind"] == "fxo"] == ["fxo2"]
    line.do("ring", **{"from": "03055501234"})
    time.sleep(6)
    assert not reception.state()["ringing"]
    line.do("hang-up", by="polarity")
    other.do("ring", **{"from": "03055505678"})
    reception.until(ringing=True)
    other.do("hang-up", by="polarity")
    reception.until(ringing=False)
    assert imported(box, SITE).returncode == 0
