"""The bell of a simulated telephone: measures the ringing on its wires and names its cadence."""

from dataclasses import dataclass, field
from functools import cache

from firmware.chips.simtime import Timers
from firmware.chips.wires import Ringing
from firmware.telephony.country import DISTINCTIVE, RingCadence, country_codes, load_country

MIN_PEAK_V, MIN_HZ, MAX_HZ = 40.0, 15.0, 68.0  # below, a bell stays silent
TOLERANCE_MS, TOLERANCE = 40, 0.15
LONGEST_PAUSE_MS = 6000.0


@cache
def known_cadences() -> tuple[RingCadence, ...]:
    """Every country's normal ring, then the distinctive ones."""
    return (*(load_country(code).ring for code in country_codes()), *DISTINCTIVE.values())


def _near(measured_ms: float, nominal_ms: float) -> bool:
    return abs(measured_ms - nominal_ms) <= TOLERANCE_MS + TOLERANCE * nominal_ms


@dataclass(eq=False, slots=True)
class Ringer:
    """`bursts_ms` is what was heard since ringing began: on, off, on … Lifting or a long pause ends it."""

    timers: Timers
    bursts_ms: list[float] = field(default_factory=list)
    sounding: bool = False
    started: int = 0  # how many times it began to ring
    _since_s: float = 0.0

    @property
    def ringing(self) -> bool:
        """Within a cadence, pauses included."""
        return self.sounding or bool(self.bursts_ms)

    def feed(self, ringing: Ringing | None) -> None:
        """What the wires carry now."""
        sounds = ringing is not None and ringing.peak_v >= MIN_PEAK_V and MIN_HZ <= ringing.hz <= MAX_HZ
        if sounds is self.sounding:
            return
        elapsed_ms = (self.timers.now_s - self._since_s) * 1000
        self._since_s = self.timers.now_s
        self.sounding = sounds
        if sounds and not self.bursts_ms:
            self.started += 1
        else:
            self.bursts_ms.append(elapsed_ms)
        if sounds:
            self.timers.stop(self, "pause")
        else:
            self.timers.start(self, "pause", self._longest_pause_ms() / 1000, self.silence)

    def silence(self) -> None:
        """The telephone was answered, or nobody calls any more."""
        self.bursts_ms.clear()
        self.sounding = False
        self.timers.stop(self, "pause")

    def cadence(self) -> RingCadence | None:
        """The known cadence that fits all that was heard, once it fits no other; None before."""
        fits = [cadence for cadence in known_cadences() if self._fits(cadence)]
        return fits[0] if fits and len(self.bursts_ms) >= 2 else None

    def _fits(self, cadence: RingCadence) -> bool:
        nominal = [part for burst in cadence.bursts_ms for part in burst]
        return all(_near(heard, nominal[at % len(nominal)]) for at, heard in enumerate(self.bursts_ms))

    def _longest_pause_ms(self) -> float:
        """How long the pause that begins now may last if any known cadence goes on."""
        at = len(self.bursts_ms)
        pauses = [c.bursts_ms[at // 2 % len(c.bursts_ms)][1] for c in known_cadences() if self._fits(c)]
        return max(pauses) * (1 + TOLERANCE) + TOLERANCE_MS if pauses else LONGEST_PAUSE_MS
