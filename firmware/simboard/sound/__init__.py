"""Audio of the simulated telephones and exchange, in numpy: 8 kHz, float32 in units of a 16-bit sample."""

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
DBM0_OF_FULL_SCALE_SINE = 3.14  # G.711: a full-scale sine is +3.14 dBm0

Samples = NDArray[np.float32]


def amplitude(level_dbm0: float) -> float:
    """Peak of a sine of that level, in units of a 16-bit sample."""
    return float(32768.0 * 10 ** ((level_dbm0 - DBM0_OF_FULL_SCALE_SINE) / 20))


def silence(count: int) -> Samples:
    return np.zeros(count, dtype=np.float32)


def sine(hz: float, level_dbm0: float, count: int, start: int = 0) -> Samples:
    """`count` samples of a sine whose phase is 0 at sample 0, from sample `start` on."""
    at = np.arange(start, start + count, dtype=np.float64)
    return (amplitude(level_dbm0) * np.sin(2 * np.pi * hz / RATE_HZ * at)).astype(np.float32)


def level_dbm0(samples: Samples) -> float:
    """RMS level of a sound; -99 for silence."""
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0
    return max(-99.0, 20 * float(np.log10(rms * np.sqrt(2) / 32768)) + DBM0_OF_FULL_SCALE_SINE) if rms > 0 else -99.0
