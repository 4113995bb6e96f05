"""The in-band sound of keys (ITU-T Q.23), for legs that take keys in their audio."""

from firmware.telephony.country import Tone, ToneSegment

KEY_MS = 100
LOW_HZ, HIGH_HZ = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0, 1633.0)
KEYPAD = ("123A", "456B", "789C", "*0#D")


def keys_tone(digits: str) -> Tone:
    """Keys one after the other, KEY_MS each, as one tone: at most 32. ValueError for what is not a key."""
    return Tone(
        name=f"keys {digits}",
        segments=tuple(ToneSegment(_pair(digit), KEY_MS, KEY_MS) for digit in digits),
        repeat=False,
    )


def _pair(digit: str) -> tuple[float, float]:
    for row, keys in enumerate(KEYPAD):
        if len(digit) == 1 and digit in keys:
            return LOW_HZ[row], HIGH_HZ[keys.index(digit)]
    raise ValueError(f"{digit!r} is not a key (allowed: 0-9 * # A-D)")
