"""Caller ID modem of the simulated telephones and exchange: bytes to audio and back, Bell 202 and V.23.

Written apart from the core's, so that an error in one is not repeated in the other. What the bytes say: `message.py`.
"""

import numpy as np
from numpy.typing import NDArray

from firmware.simboard.sound import RATE_HZ, Samples, amplitude

BAUD = 1200
BIT = RATE_HZ / BAUD
TONES_HZ = {"bell202": (1200.0, 2200.0), "v23": (1300.0, 2100.0)}  # mark, space
LEVEL_DBM0 = -13.5
MARK_WINDOW = 400  # 50 ms tell 1200 from 1300 Hz
SEIZURE_BITS, MARK_BITS, END_BITS = 300, 180, 60  # 250, 150 and 50 ms


def modulate(data: bytes, standard: str) -> Samples:
    """Channel seizure, mark, the bytes with start and stop bits, mark."""
    bits = [n % 2 for n in range(SEIZURE_BITS)] + [1] * MARK_BITS
    for byte in data:
        bits += [0, *((byte >> n) & 1 for n in range(8)), 1]
    bits += [1] * END_BITS
    count = int(len(bits) * BIT)
    which = np.array(bits)[np.minimum((np.arange(count) / BIT).astype(int), len(bits) - 1)]
    mark, space = TONES_HZ[standard]
    phase = np.cumsum(np.where(which == 1, mark, space)) * (2 * np.pi / RATE_HZ)
    return (amplitude(LEVEL_DBM0) * np.sin(phase)).astype(np.float32)


def demodulate(samples: Samples, standard: str) -> bytes:
    """All bytes found in the audio, framing errors skipped; the seizure gives a run of 0x55."""
    mark_hz, space_hz = TONES_HZ[standard]
    marking = _envelope(samples, mark_hz) > _envelope(samples, space_hz)
    return bytes(_bytes(marking))


def standard_of(samples: Samples) -> str:
    """Which modem this is: by the mark tone, which stands alone for 150 ms."""
    return max(TONES_HZ, key=lambda name: _envelope(samples, TONES_HZ[name][0], MARK_WINDOW).max(initial=0.0))


def _envelope(samples: Samples, hz: float, width: int = round(BIT)) -> NDArray[np.float64]:
    """Strength of a frequency over `width` samples, about one bit, around each sample."""
    mixed = samples * np.exp(-2j * np.pi * hz / RATE_HZ * np.arange(samples.size))
    return np.abs(np.convolve(mixed, np.hanning(width + 2)[1:-1], mode="same"))


def _bytes(marking: NDArray[np.bool_]) -> list[int]:
    found: list[int] = []
    starts = np.flatnonzero(marking[:-1] & ~marking[1:]) + 1  # mark to space: perhaps a start bit
    free_from = 0.0
    for start in starts:
        if start < free_from or start + 10 * BIT >= marking.size:
            continue
        middles = (start + BIT * (np.arange(10) + 0.5)).astype(int)
        bits = marking[middles]
        if bits[0] or not bits[9]:
            continue
        found.append(int(np.dot(bits[1:9], 1 << np.arange(8))))
        free_from = start + 9.5 * BIT
    return found
