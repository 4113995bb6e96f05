"""Delays of analog telephones: from lifting to dial tone, and from mouth to ear between two of them.

Measured on the simulated board, whose clock is the machine's: a command to a telephone acts at the next period, so a
single figure is right to one period (10 ms); the median of several is better than that.
"""

import time
from collections.abc import Callable

import numpy as np

from tests.system.box import Box, End, read_wav
from tests.system.rtp import RATE, Samples

LISTEN_S = 1.5
ON_HOOK_S = 1.5  # lifted sooner, the telephone itself waits: it would be a flash
LEAD_S = 0.3  # the recording runs for this long before something happens
LOUD = 300
BURST_HZ, BURST_S = 1000.0, 0.3


def off_hook_to_dial_tone_ms(box: Box) -> float:
    """From lifting the handset of fxs1 to the first sample of dial tone."""
    phone = box.end("fxs1")
    delay_ms = _delay_ms(box, "fxs1", lambda: phone.do("lift"))
    phone.do("hang-up")
    phone.until(hook="on")
    time.sleep(ON_HOOK_S)
    return delay_ms


def fxs_to_fxs_ms(box: Box, times: int) -> list[float]:
    """From fxs1's microphone to fxs2's ear in a call between them, `times` times."""
    one, two = box.end("fxs1"), box.end("fxs2")
    one.do("lift")
    time.sleep(0.5)
    one.do("dial", digits="102")
    two.until(ringing=True)
    two.do("lift")
    time.sleep(1.0)
    try:
        return [_burst_ms(box, one) for _ in range(times)]
    finally:
        for phone in (one, two):
            phone.do("hang-up")


def _burst_ms(box: Box, speaker: End) -> float:
    delay_ms = _delay_ms(box, "fxs2", lambda: speaker.begin_to_say(BURST_HZ, BURST_S))
    speaker.finish()
    return delay_ms


def _delay_ms(box: Box, listener: str, act: Callable[[], object]) -> float:
    """From `act` to what `listener` hears of it."""
    file, ear = box.folder / f"{listener}-delay.wav", box.end(listener, hand=2)
    began_s = time.monotonic()
    ear.begin("record", file=str(file), seconds=LISTEN_S)
    time.sleep(LEAD_S)
    acted_s = time.monotonic()
    act()
    ear.finish()
    return 1000 * (_onset_s(read_wav(file)) - (acted_s - began_s))


def _onset_s(samples: Samples) -> float:
    loud = np.flatnonzero(np.abs(samples.astype(int)) > LOUD)
    if not len(loud):
        raise RuntimeError("nothing was heard")
    return float(loud[0]) / RATE
