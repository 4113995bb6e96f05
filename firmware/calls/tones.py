"""Sounds of our own making: keys (ITU-T Q.23) for legs that take them in their audio, and the beep of a recording.

Tones of the country: `firmware.telephony.country`.
"""

from firmware.telephony.country import Tone, ToneSegment

KEY_MS = 100
LOW_HZ, HIGH_HZ = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0, 1633.0)
KEYPAD = ("123A", "456B", "789C", "*0#D")
RECORD_BEEP = Tone("beep", (ToneSegment((1000.0,), 300, 50),), repeat=False)
"""What comes before a recording; 1000 Hz is not a tone of any country's plan."""
CYCLES_HEARD = 3
"""Cycles of a call-progress tone after which the detector reports it (`media/native/detector.c`)."""


def recognised_s(tone: Tone) -> float:
    """How long a tone has sounded when it is recognised: its cycles, and the beginning of the next."""
    cycle_ms = sum(part.on_ms + part.off_ms for part in tone.segments)
    return (CYCLES_HEARD * cycle_ms + tone.segments[0].on_ms) / 1000


def recall(dial: Tone) -> Tone:
    """Recall dial tone: three short bursts, then dial tone for longer than anybody dials (Asterisk's dialrecall)."""
    freqs_hz = dial.segments[0].freqs_hz
    bursts = (ToneSegment(freqs_hz, 100, 100),) * 3
    return Tone("recall", (*bursts, ToneSegment(freqs_hz, 60_000, 0)))


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
