"""The simulated telephone's own ear and mouth: keys, caller ID, tones, files."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from firmware.simboard.sound import Samples, level_dbm0, silence, sine
from firmware.simboard.sound.fsk import modulate
from firmware.simboard.sound.keys import KeyDecoder
from firmware.simboard.sound.message import Display, mdmf, read_display
from firmware.simboard.sound.sources import KEYS, CadencedTone, Sound, dtmf
from firmware.simboard.sound.wav import WavError, read_wav, write_wav
from firmware.telephony.country import load_country


def periods(samples: Samples) -> list[Samples]:
    return [samples[at : at + 80] for at in range(0, samples.size - 79, 80)]


def test_keys_survive_the_way() -> None:
    decoder = KeyDecoder()
    heard = "".join(decoder.feed(part) for part in periods(dtmf(KEYS + "11")))
    assert heard == KEYS + "11"


@pytest.mark.parametrize("sound", [sine(697, -9, 8000), sine(425, -13, 8000), silence(800)])
def test_no_key_in_a_tone(sound: Samples) -> None:
    decoder = KeyDecoder()
    assert not any(decoder.feed(part) for part in periods(sound))


@pytest.mark.parametrize("standard", ["bell202", "v23"])
def test_caller_id_there_and_back_in_noise(standard: str) -> None:
    sent = mdmf("0301234567", "Anna", datetime(2026, 3, 4, 15, 6))
    noise = np.random.default_rng(1).normal(0, 100, 20_000).astype(np.float32)
    audio = np.concatenate((silence(777), modulate(sent, standard), silence(900)))
    assert read_display(audio + noise[: audio.size]) == Display(standard, "0301234567", "Anna", "03041506")


def test_sdmf_withheld_and_broken_messages() -> None:
    body = b"03041506" + b"5551234"
    message = bytes((0x04, len(body))) + body
    whole = message + bytes((-sum(message) % 256,))
    assert read_display(modulate(whole, "bell202")) == Display("bell202", "5551234", "", "03041506")
    assert read_display(modulate(message + b"\x00", "bell202")) is None
    assert read_display(modulate(mdmf("", "", datetime(2026, 1, 1)), "v23")) == Display(
        "v23", "unavailable", "", "01010000"
    )


def test_tone_has_its_cadence_and_level() -> None:
    tone = CadencedTone(load_country("DE").tones["busy"])
    parts = [tone.read(80) for _ in range(96)]
    loud = [part is not None and bool(np.abs(part).max() > 100) for part in parts]
    assert loud == [True] * 48 + [False] * 48
    assert parts[5] is not None
    assert level_dbm0(parts[5]) == pytest.approx(-13, abs=0.3)


def test_sound_ends() -> None:
    sound = Sound(sine(400, -10, 100))
    assert [None if (part := sound.read(80)) is None else part.size for _ in range(3)] == [80, 80, None]


def test_files_at_other_rates(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", sine(1000, -10, 8000))
    assert level_dbm0(read_wav(tmp_path / "a.wav")) == pytest.approx(-10, abs=0.05)
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[24:28] = (16000).to_bytes(4, "little")
    (tmp_path / "b.wav").write_bytes(data)
    faster = read_wav(tmp_path / "b.wav")
    assert faster.size == 4000
    assert level_dbm0(faster) == pytest.approx(-10, abs=0.1)
    with pytest.raises(WavError, match=r"missing\.wav"):
        read_wav(tmp_path / "missing.wav")
