"""G.711 codes of the PCM highway for chips that are set to 8 bits. Each sample gets the code whose value is nearest."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from firmware.chips.simchip import Coding
from firmware.simboard.sound import Samples

Codes = NDArray[np.uint8]


def decode(codes: Codes, law: Coding) -> Samples:
    """In units of a 16-bit sample."""
    return _values(law)[codes]


def encode(samples: Samples, law: Coding) -> Codes:
    order, middles = _decisions(law)
    return order[np.searchsorted(middles, samples)]


@cache
def _values(law: Coding) -> Samples:
    """Of each code (ITU-T G.711 tables 1 and 2)."""
    codes = np.arange(256) ^ (0x55 if law is Coding.A_LAW else 0xFF)
    segment, step = codes >> 4 & 7, codes & 15
    if law is Coding.A_LAW:
        size = np.where(segment == 0, (step << 4) + 8, ((step << 4) + 0x108) << np.maximum(segment - 1, 0))
        positive = codes & 0x80 != 0
    else:
        size = (((step << 3) + 0x84) << segment) - 0x84
        positive = codes & 0x80 == 0
    return np.where(positive, size, -size).astype(np.float32)


@cache
def _decisions(law: Coding) -> tuple[Codes, Samples]:
    """Codes in the order of their values, and the middles between those."""
    values = _values(law)
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    return order.astype(np.uint8), (ascending[1:] + ascending[:-1]) / np.float32(2)
