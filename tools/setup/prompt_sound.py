"""Sound as arrays for the prompt build: read, resample, trim, level, join, write. 8 kHz, 16 bit, mono comes out.

Not part of the product: the box itself never touches a sample in Python.
"""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
LEVEL_DBFS = -20.0  # root mean square of the parts that sound
PEAK_DBFS = -1.0
FLOOR_DB = 38.0  # this far below the loudest frame is silence
FRAME = RATE_HZ // 100
LEAD_S, TAIL_S, GAP_S = 0.02, 0.06, 0.08
KERNEL = 32  # input samples on either side of an output sample

Samples = NDArray[np.float64]  # -1 … 1


def read(path: Path) -> Samples:
    """A WAV file, 16 bit mono of any rate, at 8 kHz."""
    with wave.open(str(path)) as file:
        if file.getsampwidth() != 2 or file.getnchannels() != 1:
            raise ValueError(
                f"{path}: {8 * file.getsampwidth()} bit, {file.getnchannels()} channels; 16 bit mono is due"
            )
        return from_pcm(file.readframes(file.getnframes()), file.getframerate())


def from_pcm(pcm: bytes, rate_hz: int) -> Samples:
    """16 bit samples of any rate, at 8 kHz."""
    return resampled(np.frombuffer(pcm, "<i2").astype(np.float64) / 32768, rate_hz)


def resampled(sound: Samples, rate_hz: int) -> Samples:
    """Band-limited interpolation to 8 kHz: a windowed sinc that ends at 3.6 kHz."""
    if rate_hz == RATE_HZ or not sound.size:
        return sound
    cutoff = min(1.0, 2 * 3600 / rate_hz)
    at = np.arange(0, sound.size - 1, rate_hz / RATE_HZ)
    taps = np.floor(at).astype(int)[:, None] + np.arange(-KERNEL, KERNEL + 1)
    distance = at[:, None] - taps
    kernel = cutoff * np.sinc(cutoff * distance) * np.cos(np.pi * distance / (2 * KERNEL + 2)) ** 2
    padded = np.pad(sound, KERNEL)
    return np.asarray((padded[np.clip(taps + KERNEL, 0, padded.size - 1)] * kernel).sum(axis=1))


def loudness(sound: Samples) -> Samples:
    """Root mean square of each 10 ms frame."""
    whole = sound[: sound.size // FRAME * FRAME].reshape(-1, FRAME)
    return np.asarray(np.sqrt((whole**2).mean(axis=1) + 1e-12))


def trimmed(sound: Samples) -> Samples:
    """Without silence before and after, but for a breath."""
    frames = loudness(sound)
    sounding = np.flatnonzero(frames > frames.max() * 10 ** (-FLOOR_DB / 20)) if frames.size else frames
    if not sounding.size:
        return sound
    start = max(0, int(sounding[0]) * FRAME - int(LEAD_S * RATE_HZ))
    end = min(sound.size, (int(sounding[-1]) + 1) * FRAME + int(TAIL_S * RATE_HZ))
    return sound[start:end]


def levelled(sound: Samples, level_dbfs: float = LEVEL_DBFS) -> Samples:
    """At the level of all prompts, lower if its peaks would clip."""
    frames = loudness(sound)
    sounding = frames[frames > frames.max() * 10 ** (-25 / 20)]
    gain = 10 ** (level_dbfs / 20) / float(np.sqrt((sounding**2).mean()))
    ceiling = 10 ** (PEAK_DBFS / 20) / float(np.abs(sound).max())
    return sound * min(gain, ceiling)


def joined(parts: list[Samples]) -> Samples:
    """One after the other with a short gap, each trimmed and levelled, ends faded."""
    gap = np.zeros(int(GAP_S * RATE_HZ))
    pieces: list[Samples] = []
    for part in parts:
        piece = levelled(trimmed(part)).copy()
        fade = np.linspace(0, 1, 40)
        piece[:40] *= fade
        piece[-40:] *= fade[::-1]
        pieces += [piece, gap]
    return np.concatenate(pieces[:-1])


def write(path: Path, sound: Samples) -> None:
    """Write 8 kHz, 16 bit, mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())
