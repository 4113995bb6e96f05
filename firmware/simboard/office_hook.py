"""How the simulated exchange reads the hook of the box: seizure, release, flash and dial pulses, by their length."""

from typing import Protocol

from firmware.chips.simtime import Timers
from firmware.chips.wires import OfficeWires
from firmware.telephony.country import Country

MIN_RELEASE_MS = 250


class Subscriber(Protocol):
    """Who is told."""

    def seized(self) -> None: ...
    def released(self) -> None: ...
    def flashed(self) -> None: ...
    def digit(self, digit: str) -> None: ...


class HookWatch:
    """Watches one line. A break longer than one and a half of the country's flash releases the line."""

    def __init__(self, subscriber: Subscriber, timers: Timers, wires: OfficeWires, country: Country) -> None:
        self._subscriber, self._timers, self._wires, self._country = subscriber, timers, wires, country
        self._held = False
        self._opened_s = 0.0
        self._pulses = 0

    def load_changed(self) -> None:
        if not self._wires.off_hook:
            self._opened_s = self._timers.now_s
            self._timers.stop(self, "digit")
            release_ms = max(MIN_RELEASE_MS, 1.5 * self._country.flash.send_ms)
            self._timers.start(self, "release", release_ms / 1000, self._release)
        elif not self._held:
            self._held, self._pulses = True, 0
            self._subscriber.seized()
        else:
            self._timers.stop(self, "release")
            self._break((self._timers.now_s - self._opened_s) * 1000)

    def _break(self, open_ms: float) -> None:
        if open_ms >= self._country.flash.min_ms:
            self._pulses = 0
            self._subscriber.flashed()
        elif open_ms >= self._country.pulse.break_min_ms:
            self._pulses += 1
            self._timers.start(self, "digit", self._country.pulse.gap_ms / 1000, self._digit)

    def _digit(self) -> None:
        pulses, self._pulses = self._pulses, 0
        if pulses <= 10:
            self._subscriber.digit(str(pulses % 10))

    def _release(self) -> None:
        if self._held:
            self._held = False
            self._subscriber.released()
