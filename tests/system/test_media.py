"""Recorder, playback and silence detector of the native module, by what they write and when they speak."""

import json
import subprocess
import sys
import wave
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

WORDS = ("conf-full", "blacklisted", "conf-no-room", "agent-out", "conf-left")
NOISE_DBM0 = -48.0
ADAPTS_S, PAUSE_S, HANGS_S = 4.0, 2.0, 0.8
DELAY = 320  # samples of 40 ms that the noise gate holds back


def samples_of(path: Path) -> Any:
    with wave.open(str(path)) as file:
        assert file.getparams()[:3] == (1, 2, 8000)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def spoken() -> Any:
    """Sentences with pauses between them, the first after the gate has had time to learn the noise."""
    pauses = [np.zeros(int(8000 * seconds)) for seconds in (ADAPTS_S, *[PAUSE_S] * len(WORDS))]
    files = [samples_of(Path(sys.prefix) / "share/fxbox/prompts/en" / f"{word}.wav") for word in WORDS]
    return np.concatenate([part for pair in zip(pauses, files, strict=False) for part in pair] + pauses[-1:])


def write_noisy(path: Path) -> None:
    """They are spoken in a room with a fan, hum included."""
    words, chance = spoken(), np.random.default_rng(1)
    rms = 22_840 / np.sqrt(2) * 10 ** (NOISE_DBM0 / 20)
    noise = chance.normal(0, rms, len(words)) + rms * np.sin(np.arange(len(words)) * 2 * np.pi * 100 / 8000)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes((words + noise).astype("<i2").tobytes())


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("media")
    write_noisy(folder / "noisy.wav")
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.media_box", str(folder)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return {"folder": folder, **json.loads(done.stdout.splitlines()[-1])}


def pitches_hz(samples: Any) -> set[int]:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    bins = np.nonzero(spectrum > spectrum.max() / 4)[0]
    return {round(float(one) * 8000 / len(samples) / 100) * 100 for one in bins}


def test_a_recorder_mixes_what_is_connected_and_leaves_out_the_pause(measured: dict[str, Any]) -> None:
    samples = samples_of(Path(measured["folder"]) / measured["mixed"])
    assert len(samples) / 8000 == pytest.approx(2.0, abs=0.1)
    assert pitches_hz(samples[800:7200]) == {500, 1200}
    assert pitches_hz(samples[8800:15200]) == {500}


def test_silence_is_reported_when_it_has_lasted_and_when_it_ends(measured: dict[str, Any]) -> None:
    (first_s, begun), (silent_s, on), (sound_s, off) = measured["silence"]
    assert (begun, on, off) == (False, True, False)
    assert first_s == pytest.approx(0.05, abs=0.05)
    assert silent_s == pytest.approx(3.0, abs=0.3)
    assert sound_s == pytest.approx(4.5, abs=0.3)


def test_a_recording_is_wound_while_it_plays(measured: dict[str, Any]) -> None:
    assert measured["wound"] == [pytest.approx(expected, abs=0.2) for expected in (2.0, 1.0, 2.5, 0.5)]


def test_a_file_that_is_not_there_is_named(measured: dict[str, Any]) -> None:
    assert all("no/such.wav" in reason for reason in measured["refused"])
    assert len(measured["refused"]) == 2


def test_a_noise_gate_passes_words_from_their_first_sound_and_no_noise_between_them(measured: dict[str, Any]) -> None:
    plain, gated = (samples_of(Path(measured["folder"]) / name) for name in ("plain.wav", "gated.wav"))
    words, gated = spoken(), gated[DELAY:]
    frames = min(len(plain), len(gated), len(words)) // 80
    level = {
        name: np.abs(sound[: frames * 80]).reshape(frames, 80).mean(1)
        for name, sound in (("words", words), ("plain", plain), ("gated", gated))
    }
    said = np.nonzero(level["words"] > 100)[0]
    assert np.all(level["gated"][said] > 0.9 * level["plain"][said])
    assert float(np.dot(plain[: frames * 80], gated[: frames * 80])) > 0.99 * float(np.dot(plain, plain))
    quiet = 0
    for begin, end in pairwise([int(ADAPTS_S * 100) - 200, *said, frames]):
        if end - begin > 100 * (HANGS_S + 0.2):
            still = level["gated"][begin + int(HANGS_S * 100) : end - 5]
            assert not still.any()
            quiet += len(still)
    assert quiet > 100 * len(WORDS)
