"""WAV files for the simulated telephones: any mono or stereo 16-bit PCM in, 8 kHz mono 16 bit out."""

import wave
from pathlib import Path

import numpy as np

from firmware.simboard.sound import RATE_HZ, Samples


class WavError(ValueError):
    """The file cannot be played or written; the message says why."""


def read_wav(file: Path) -> Samples:
    """A file's samples at 8 kHz, channels mixed. Raises WavError."""
    try:
        with wave.open(str(file), "rb") as wav:
            rate_hz, channels, width = wav.getframerate(), wav.getnchannels(), wav.getsampwidth()
            data = wav.readframes(wav.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise WavError(f"{file}: {error}") from error
    if width != 2:
        raise WavError(f"{file}: {8 * width} bits a sample; allowed is 16")
    samples = np.frombuffer(data, dtype="<i2").astype(np.float32)
    return resample(samples.reshape(-1, channels).mean(axis=1, dtype=np.float32), rate_hz)


def resample(samples: Samples, rate_hz: int) -> Samples:
    """To 8 kHz, band-limited by dropping the spectrum above 4 kHz."""
    if rate_hz == RATE_HZ or samples.size == 0:
        return samples
    count = round(samples.size * RATE_HZ / rate_hz)
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(count // 2 + 1, dtype=spectrum.dtype)
    shared = min(kept.size, spectrum.size)
    kept[:shared] = spectrum[:shared]
    return (np.fft.irfft(kept, count) * (count / samples.size)).astype(np.float32)


def write_wav(file: Path, samples: Samples) -> None:
    """Write 8 kHz mono 16 bit. Raises WavError."""
    try:
        with wave.open(str(file), "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(RATE_HZ)
            wav.writeframes(np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes())
    except OSError as error:
        raise WavError(f"{file}: {error}") from error
