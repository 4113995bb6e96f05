"""The display of a simulated telephone: hears the caller's number between two rings, and during a call (type 2).

During a call it waits for the alerting signal (CAS), answers it with the key D and then takes the modem's message;
meanwhile earpiece and mouthpiece are off, as GR-30-CORE 3.2 and EN 300 659-2 have it.
"""

from collections.abc import Callable
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from firmware.simboard.sound import RATE_HZ, Samples, amplitude
from firmware.simboard.sound.message import Display, read_display
from firmware.simboard.sound.sources import Sound, dtmf

QUIET_PEAK = 60.0  # below, the line is silent: about -55 dBm0
GAP_SAMPLES = RATE_HZ * 40 // 1000  # so much silence ends a transmission
MAX_SAMPLES = RATE_HZ * 4
CAS_HZ = (2130.0, 2750.0)
CAS_MIN_PEAK, CAS_MIN_S, CAS_PURITY = amplitude(-32.0), 0.055, 0.7  # GR-30-CORE: 75 to 85 ms, -14 to -32 dBm a tone
ANSWER_KEY, ANSWER_MS = "D", 65
MESSAGE_WAIT_S = 2.0  # without a message by then the conversation goes on


class Transmission:
    """Collects one transmission of the modem until the line is silent again."""

    def __init__(self) -> None:
        self._parts: list[Samples] = []
        self._quiet = 0

    @property
    def begun(self) -> bool:
        return bool(self._parts)

    def clear(self) -> None:
        self._parts.clear()

    def feed(self, samples: Samples | None, count: int) -> Samples | None:
        """One period; the whole of it once it has ended."""
        if samples is not None and float(np.abs(samples).max(initial=0)) > QUIET_PEAK:
            self._parts.append(samples)
            self._quiet = 0
        elif self._parts:
            self._quiet += count
        if not self._parts or (self._quiet < GAP_SAMPLES and len(self._parts) * count <= MAX_SAMPLES):
            return None
        audio, self._parts = np.concatenate(self._parts), []
        return audio


class _Call(Enum):
    """Where the display is during a call."""

    LISTENING = "listening"
    ALERTED = "alerted"  # the signal still sounds
    ANSWERING = "answering"
    RECEIVING = "receiving"


class LineDisplay:
    """`shown` gets each message that came whole. A period is `answer`, then `hear`."""

    def __init__(self, shown: Callable[[Display], None]) -> None:
        self._shown = shown
        self._transmission = Transmission()
        self._call = _Call.LISTENING
        self._samples = 0  # for which the state has lasted
        self._answer = _answer()

    @property
    def at_rest(self) -> bool:
        return self._call is _Call.LISTENING and not self._samples and not self._transmission.begun

    @property
    def mutes(self) -> bool:
        """Earpiece and mouthpiece are off."""
        return self._call in (_Call.ANSWERING, _Call.RECEIVING)

    def reset(self) -> None:
        """The handset was moved."""
        self._enter(_Call.LISTENING)
        self._transmission.clear()

    def hear_on_hook(self, samples: Samples | None, count: int) -> None:
        self._receive(samples, count)

    def hear_in_call(self, samples: Samples | None, count: int) -> None:
        match self._call:
            case _Call.LISTENING | _Call.ALERTED:
                self._watch_alert(samples, count)
            case _Call.RECEIVING:
                self._samples += count
                waited = self._samples > MESSAGE_WAIT_S * RATE_HZ and not self._transmission.begun
                if self._receive(samples, count) or waited:
                    self._enter(_Call.LISTENING)

    def answer(self, count: int) -> Samples | None:
        """A period of its key, None when it says nothing."""
        if self._call is not _Call.ANSWERING:
            return None
        key = self._answer.read(count)
        if key is None:
            self._enter(_Call.RECEIVING)
        return key

    def _receive(self, samples: Samples | None, count: int) -> bool:
        """Whether a transmission has ended."""
        audio = self._transmission.feed(samples, count)
        display = read_display(audio) if audio is not None else None
        if display is not None:
            self._shown(display)
        return audio is not None

    def _watch_alert(self, samples: Samples | None, count: int) -> None:
        if samples is not None and _is_alert(samples):
            self._samples += count
            if self._samples >= CAS_MIN_S * RATE_HZ:
                self._call = _Call.ALERTED
        elif self._call is _Call.ALERTED:
            self._answer = _answer()
            self._enter(_Call.ANSWERING)
        else:
            self._samples = 0

    def _enter(self, call: _Call) -> None:
        self._call, self._samples = call, 0


def _answer() -> Sound:
    return Sound(dtmf(ANSWER_KEY, ANSWER_MS, gap_ms=0))


def _is_alert(samples: Samples) -> bool:
    """Both tones, loud enough and with nothing else, throughout a period."""
    peaks: list[float] = np.abs(_probe(samples.size) @ samples).tolist()
    if min(peaks) < CAS_MIN_PEAK:
        return False
    energy = float(np.dot(samples, samples)) / samples.size
    return sum(peak * peak for peak in peaks) / 2 > CAS_PURITY * energy


@cache
def _probe(size: int) -> NDArray[np.complex64]:
    """Gives the peak of each of the two tones in so many samples."""
    turns = np.array(CAS_HZ)[:, None] / RATE_HZ * np.arange(size)
    probe: NDArray[np.complex64] = (np.exp(-2j * np.pi * turns) * (2 / size)).astype(np.complex64)
    return probe
