"""Recorder, playback and silence detector of the native module, by what they write and when they speak."""

import json
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("media")
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
    with wave.open(str(Path(measured["folder"]) / measured["mixed"])) as file:
        assert file.getparams()[:3] == (1, 2, 8000)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
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
