"""The simulated exchange behind one FXO port: feeds the line, gives tones, takes digits, rings, answers, hangs up.

It acts on its wires only. Not responsible for the chip at the other end nor for how commands reach it.
"""

from datetime import datetime
from enum import Enum
from typing import Any

import numpy as np

from firmware.chips.simtime import Timers
from firmware.chips.wires import OfficeWires, Ringing
from firmware.simboard.ends import Ended, Recorder, Refusal, Speaking, ignore
from firmware.simboard.office_hook import HookWatch
from firmware.simboard.sound import RATE_HZ, Samples, silence, sine
from firmware.simboard.sound.fsk import modulate
from firmware.simboard.sound.keys import KeyDecoder
from firmware.simboard.sound.message import mdmf
from firmware.simboard.sound.sources import CadencedTone, Sound
from firmware.telephony.country import Country

RING_PEAK_V = 80.0
DIAL_TONE_S = 0.2  # after seizure
DIALLED_S = 2.0  # without a further digit the number is complete
BATTERY_REMOVED_S = 0.6  # hardware.md section 5: 250 to 800 ms
DTAS_HZ, DTAS_MS, DTAS_DBM0 = (2130.0, 2750.0), 100, -16.0  # BT SIN 227


class Phase(Enum):
    """What the exchange does with the line."""

    IDLE = "idle"
    RINGING = "ringing"
    DIAL_TONE = "dial tone"
    DIALLING = "dialling"
    RINGBACK = "ringback"
    TALKING = "talking"
    BUSY = "busy"  # busy tone: the called party is busy, or has hung up
    CLEARED = "cleared"  # far end has gone by battery or polarity: silence


class Office:
    """One subscriber line of the exchange. Methods raise Refusal when they make no sense now."""

    def __init__(self, name: str, wires: OfficeWires, timers: Timers, country: Country) -> None:
        self.name, self.wires, self.country = name, wires, country
        self.phase, self.digits, self.flashes = Phase.IDLE, "", 0
        self.recorders: list[Recorder] = []
        self._timers, self._keys = timers, KeyDecoder()
        self._tone: CadencedTone | None = None
        self._speaking = Speaking(name)
        wires.load_changed = HookWatch(self, timers, wires, country).load_changed

    # ---- commands ----
    def ring(self, number: str, name: str, when: datetime) -> None:
        """Call the box, with caller ID when there is a number or a name."""
        if self.phase is not Phase.IDLE:
            raise Refusal(f"{self.name} is {self.phase.value}: only an idle line can be rung")
        self.phase = Phase.RINGING
        spec = self.country.caller_id
        caller_id = modulate(mdmf(number, name, when), spec.standard) if number or name else None
        if caller_id is not None and spec.before_ring:
            self._reverse(not self.wires.reversed)
            alert = sum((sine(hz, DTAS_DBM0, DTAS_MS * RATE_HZ // 1000) for hz in DTAS_HZ), silence(1))
            gap = silence(spec.before_fsk_ms * RATE_HZ // 1000)
            self._say(np.concatenate((gap, alert, gap, caller_id)))
            lead_s = (2 * spec.before_fsk_ms + DTAS_MS + spec.after_fsk_ms) / 1000 + caller_id.size / RATE_HZ
            self._timers.start(self, "ring", lead_s, lambda: self._burst(0, None))
        else:
            self._burst(0, caller_id)

    def answer(self, reverse: bool) -> None:
        """The called party answers; `reverse`: the exchange says so by reversing the line."""
        self._need(Phase.DIALLING, Phase.RINGBACK)
        self._enter(Phase.TALKING)
        if reverse:
            self._reverse(not self.wires.reversed)

    def busy(self) -> None:
        """The called party is busy."""
        self._need(Phase.DIAL_TONE, Phase.DIALLING, Phase.RINGBACK)
        self._enter(Phase.BUSY)

    def hang_up(self, by: str) -> None:
        """The far end hangs up, told by "busy", "battery" or "polarity"; a caller gives up while it still rings."""
        if self.phase is Phase.RINGING:
            self._stop_ringing()
            self._enter(Phase.IDLE)
            return
        self._need(Phase.DIALLING, Phase.RINGBACK, Phase.TALKING)
        self._enter(Phase.BUSY if by == "busy" else Phase.CLEARED)
        if by == "polarity":
            self._reverse(not self.wires.reversed)
        elif by == "battery":
            self._battery(0.0)
            self._timers.start(self, "battery", BATTERY_REMOVED_S, lambda: self._battery(48.0))

    def polarity(self) -> None:
        """Reverse the line, whatever it does."""
        self._reverse(not self.wires.reversed)

    def connect(self, connected: bool) -> None:
        """Pull the line's plug, or put it back."""
        self.wires.connected = connected
        self.wires.feed_changed()

    def say(self, samples: Samples, ended: Ended) -> None:
        """The far end speaks."""
        self._need(Phase.TALKING, Phase.RINGBACK, Phase.DIALLING)
        self._speaking.start(Sound(samples), ended)

    # ---- what the box does (office_hook.py) ----
    def seized(self) -> None:
        if self.phase is Phase.RINGING:
            self._stop_ringing()
            self._enter(Phase.TALKING)
        else:
            self.digits, self.flashes = "", 0
            self._timers.start(self, "dial tone", DIAL_TONE_S, lambda: self._enter(Phase.DIAL_TONE))
            self.phase = Phase.DIALLING

    def released(self) -> None:
        for name in ("dial tone", "dialled", "battery"):
            self._timers.stop(self, name)
        self._enter(Phase.IDLE)
        self._battery(48.0)
        self._reverse(False)

    def flashed(self) -> None:
        self.flashes += 1

    def digit(self, digit: str) -> None:
        """A key or a pulse digit of the box."""
        if self.phase in (Phase.DIAL_TONE, Phase.DIALLING, Phase.RINGBACK):
            self._timers.stop(self, "dial tone")
            self._enter(Phase.DIALLING)
            self._timers.start(self, "dialled", DIALLED_S, lambda: self._enter(Phase.RINGBACK))
        self.digits += digit

    # ---- audio ----
    @property
    def at_rest(self) -> bool:
        """It says nothing and waits for nothing on the line."""
        return self._speaking.at_rest and self._tone is None and not self.recorders and self._keys.at_rest

    def speak(self, count: int) -> Samples | None:
        said = self._speaking.read(count)
        if said is None and self._tone is not None and self.wires.off_hook:
            said = self._tone.read(count)
        return said if self.wires.supply_v else None

    def hear(self, samples: Samples | None, count: int) -> None:
        heard = samples if self.wires.off_hook else None
        for recorder in tuple(self.recorders):
            if recorder.feed(heard, count):
                self.recorders.remove(recorder)
        takes_keys = self.phase in (Phase.DIAL_TONE, Phase.DIALLING, Phase.RINGBACK, Phase.TALKING)
        if takes_keys and (heard is not None or not self._keys.at_rest):
            key = self._keys.feed(silence(count) if heard is None else heard)
            if key:
                self.digit(key)

    def state(self) -> dict[str, Any]:
        """For `fxbox line NAME state`: values of JSON."""
        simple = {Phase.IDLE: "idle", Phase.RINGING: "ringing"}
        return {
            "state": simple.get(self.phase, "seized"),
            "phase": self.phase.value,
            "digits": self.digits,
            "flashes": self.flashes,
            "battery": self.wires.supply_v != 0,
            "reversed": self.wires.reversed,
        }

    # ---- inside ----
    def _need(self, *phases: Phase) -> None:
        if self.phase not in phases:
            raise Refusal(
                f"{self.name} is {self.phase.value}; that can be done while {', '.join(p.value for p in phases)}"
            )

    def _enter(self, phase: Phase) -> None:
        names = {Phase.DIAL_TONE: "dial", Phase.RINGBACK: "ringback", Phase.BUSY: "busy"}
        if phase is not self.phase:
            self._tone = CadencedTone(self.country.tones[names[phase]]) if phase in names else None
        self.phase = phase
        if phase in (Phase.IDLE, Phase.BUSY, Phase.CLEARED):
            self._speaking.stop()
            self._timers.stop(self, "dialled")
        if phase is Phase.TALKING:
            self._timers.stop(self, "dialled")

    def _say(self, samples: Samples) -> None:
        self._speaking.start(Sound(samples), ignore)

    def _burst(self, at: int, caller_id: Samples | None) -> None:
        """Ring burst `at` of the cadence, its pause, then the next one; the caller's number after the first ring."""
        bursts = self.country.ring.bursts_ms
        on_ms, off_ms = bursts[at % len(bursts)]
        self._set_ringing(True)
        last = at % len(bursts) == len(bursts) - 1

        def pause() -> None:
            self._set_ringing(False)
            if last and caller_id is not None:
                gap = silence(self.country.caller_id.before_fsk_ms * RATE_HZ // 1000)
                self._say(np.concatenate((gap, caller_id)))
            self._timers.start(self, "ring", off_ms / 1000, lambda: self._burst(at + 1, None if last else caller_id))

        self._timers.start(self, "ring", on_ms / 1000, pause)

    def _stop_ringing(self) -> None:
        self._timers.stop(self, "ring")
        self._speaking.stop()
        self._set_ringing(False)

    def _set_ringing(self, on: bool) -> None:
        self.wires.ringing = Ringing(self.country.slic.ring_hz, RING_PEAK_V) if on else None
        self.wires.feed_changed()

    def _reverse(self, reversed_: bool) -> None:
        if reversed_ is not self.wires.reversed:
            self.wires.reversed = reversed_
            self.wires.feed_changed()

    def _battery(self, volts: float) -> None:
        if volts != self.wires.battery_v:
            self.wires.battery_v = volts
            self.wires.feed_changed()
