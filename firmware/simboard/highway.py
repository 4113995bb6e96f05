"""The PCM highway of the simulated board: slots of a period's frames, in the order in which the bits go over the wire.

A highway that nobody drives is low (hardware.md section 6: pull-down), and who drives a bit high wins: where two chips
drive the same bits, both are spoilt.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from firmware.chips.simchip import Coding, Slots
from firmware.simboard.sound import Samples
from firmware.simboard.sound.g711 import decode, encode

Period = NDArray[np.int16]  # samples x channels, little endian as the sound card has them
Lanes = NDArray[np.uint8]  # samples x bytes: byte n of a frame, as it goes over the wire, is lane n ^ 1


def heard(playback: Period, slots: Slots) -> Samples | None:
    """What a chip takes from the highway; None when its slot is none of the card's."""
    at = _byte(slots.receive, slots, playback)
    if at is None:
        return None
    if slots.coding is Coding.LINEAR and not at % 2:
        return playback[:, at // 2].astype(np.float32)
    lanes: Lanes = playback.view(np.uint8)
    if slots.coding is Coding.LINEAR:
        return (lanes[:, at ^ 1].astype(np.int16) << 8 | lanes[:, at + 1 ^ 1]).astype(np.float32)
    return decode(lanes[:, at ^ 1], slots.coding)


def speak(capture: Period, slots: Slots, samples: Samples | None) -> None:
    """What a chip drives; None is silence, which has a code of its own in 8 bits."""
    at = _byte(slots.transmit, slots, capture)
    if at is None or (samples is None and slots.coding is Coding.LINEAR):
        return
    lanes: Lanes = capture.view(np.uint8)
    if samples is None:
        lanes[:, at ^ 1] |= encode(np.zeros(1, dtype=np.float32), slots.coding)
    elif slots.coding is not Coding.LINEAR:
        lanes[:, at ^ 1] |= encode(samples, slots.coding)
    else:
        words = samples.clip(-32768, 32767).astype(np.int16)
        if at % 2:
            lanes[:, at ^ 1] |= (words >> 8).astype(np.uint8)
            lanes[:, at + 1 ^ 1] |= words.astype(np.uint8)
        else:
            capture[:, at // 2] |= words


def linger(capture: Period, slots: Slots) -> None:
    """A chip that does not release its last bit early holds it into the next slot's first one, which is the sign."""
    lanes: Lanes = capture.view(np.uint8)
    at = _byte(slots.transmit, slots, capture)
    after = at + slots.bits // 8 if at is not None else lanes.shape[1]
    if after < lanes.shape[1]:
        lanes[:, after ^ 1] |= (lanes[:, after - 1 ^ 1] & 1) << 7


def _byte(start: int | None, slots: Slots, period: Period) -> int | None:
    """First byte of a slot within a frame; a slot that does not begin with a byte is none of the card's."""
    if start is None or start % 8 or start + slots.bits > 16 * period.shape[1]:
        return None
    return start // 8


def collisions(slots: Mapping[str, Slots]) -> list[str]:
    """What is wrong with how the chips share the highway."""
    found = []
    talking = {name: one for name, one in slots.items() if one.transmit is not None}
    for name, one in talking.items():
        for other_name, other in talking.items():
            distance = (other.transmit or 0) - (one.transmit or 0)
            if (distance == 0 and name < other_name) or 0 < distance < one.bits:
                found.append(f"bit {other.transmit}: {name} and {other_name} talk at once")
            elif distance == one.bits and not one.releases_early:
                found.append(f"bit {other.transmit}: {name} (TRI=0) holds on into {other_name}")
    return found


def late(slots: Mapping[str, Slots]) -> set[str]:
    """Who holds its last bit into somebody's slot."""
    starts = {one.transmit for one in slots.values()}
    return {
        name
        for name, one in slots.items()
        if one.transmit is not None and not one.releases_early and one.transmit + one.bits in starts
    }
