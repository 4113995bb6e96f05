"""A simulated analog telephone: handset, keypad, bell, display, message lamp.

It acts on its wires only. Not responsible for the chip at the other end nor for how commands reach it.
"""

from typing import Any

from firmware.chips.simtime import Timers
from firmware.chips.wires import TelephoneWires
from firmware.simboard.display import LineDisplay
from firmware.simboard.ends import Ended, Recorder, Refusal, Speaking, ignore
from firmware.simboard.ringer import Ringer
from firmware.simboard.sound import Samples
from firmware.simboard.sound.message import Display
from firmware.simboard.sound.sources import Sound, dtmf

FLASH_MS = 250  # inside every country's window (product.md H1)
PULSE_BREAK_MS, PULSE_MAKE_MS, PULSE_GAP_MS = 60, 40, 700  # a dial of ten pulses a second
STALE_CALLER_S = 8.0  # a display older than this does not belong to the ringing that begins


class Telephone:
    """One telephone. Methods that take time run `ended` (ends.py) later; they raise Refusal when they make no sense."""

    def __init__(self, name: str, wires: TelephoneWires, timers: Timers) -> None:
        self.name, self.wires, self.ringer = name, wires, Ringer(timers)
        self.lamp = False
        self.hung_up_s = float("-inf")  # when the handset was last put back
        self.caller: Display | None = None
        self.recorders: list[Recorder] = []
        self._timers, self._speaking = timers, Speaking(name)
        self._dialled: Ended = ignore
        self._display = LineDisplay(self._show)
        self._caller_at_s = 0.0
        self._rings = 0
        wires.feed_changed = self._feed_changed

    # ---- handset and keypad ----
    @property
    def off_hook(self) -> bool:
        return self.wires.closed

    def lift(self) -> None:
        self._set_hook(True)

    def hang_up(self) -> None:
        self._timers.stop(self, "dial")
        self._dialling_over(False)
        self._speaking.stop()
        if self.off_hook:
            self.hung_up_s = self._timers.now_s
        self._set_hook(False)
        self.caller = None

    def flash(self, ended: Ended, flash_ms: int = FLASH_MS) -> None:
        self._need_handset("flash")
        self._loop_steps([(0, False), (flash_ms, True)], ended)

    def pulse(self, digits: str, ended: Ended) -> None:
        """Dial by opening the loop: one break for 1, ten for 0."""
        self._need_handset("pulse")
        if wrong := [digit for digit in digits if not digit.isdecimal()]:
            raise Refusal(f"{wrong[0]} cannot be dialled with pulses: 0-9 are allowed")
        steps: list[tuple[int, bool]] = []
        wait_ms = 0
        for digit in digits:
            for _ in range(int(digit) or 10):
                steps += [(wait_ms, False), (PULSE_BREAK_MS, True)]
                wait_ms = PULSE_MAKE_MS
            wait_ms = PULSE_GAP_MS
        self._loop_steps(steps, ended)

    def dial(self, keys: str, ended: Ended) -> None:
        """Send DTMF keys."""
        self._need_handset("dial")
        try:
            sound = dtmf(keys)
        except KeyError as wrong:
            raise Refusal(f"{wrong.args[0]} is no key: 0-9, *, #, A-D are allowed") from wrong
        self.say(sound, ended)

    def say(self, samples: Samples, ended: Ended) -> None:
        """Speak into the mouthpiece."""
        self._need_handset("play")
        self._speaking.start(Sound(samples), ended)

    def _loop_steps(self, steps: list[tuple[int, bool]], ended: Ended) -> None:
        """Set the loop at those times (ms after the step before)."""
        if self._timers.running(self, "dial"):
            raise Refusal(f"{self.name} is still dialling")
        self._dialled = ended

        def go(at: int) -> None:
            if at == len(steps):
                self._dialling_over(True)
                return
            self._timers.start(self, "dial", steps[at][0] / 1000, lambda: step(at))

        def step(at: int) -> None:
            self._set_loop(steps[at][1])
            go(at + 1)

        go(0)

    def _dialling_over(self, whole: bool) -> None:
        ended, self._dialled = self._dialled, ignore
        ended(whole)

    def _need_handset(self, what: str) -> None:
        if not self.off_hook:
            raise Refusal(f"{self.name} is on-hook: lift the handset before {what}")

    def _set_hook(self, off: bool) -> None:
        if off:
            self.ringer.silence()
        self._set_loop(off)

    def _set_loop(self, closed: bool) -> None:
        if closed is not self.wires.closed:
            self.wires.closed = closed
            self._display.reset()
            self.wires.load_changed()

    def _feed_changed(self) -> None:
        if not self.off_hook:
            self.ringer.feed(self.wires.ringing)
        if self.ringer.started != self._rings:
            self._rings = self.ringer.started
            if self._timers.now_s - self._caller_at_s > STALE_CALLER_S:
                self.caller = None

    # ---- audio ----
    @property
    def at_rest(self) -> bool:
        """It says nothing and waits for nothing on the line."""
        return self._speaking.at_rest and not self.recorders and self._display.at_rest

    def speak(self, count: int) -> Samples | None:
        """What it says in a period, None for nothing."""
        if not self.wires.current_ma > 0:
            return None
        said = self._speaking.read(count)
        return self._display.answer(count) if self._display.mutes else said

    def hear(self, samples: Samples | None, count: int) -> None:
        """What comes down the line: to earpiece and display."""
        heard = samples if self.off_hook and not self._display.mutes else None
        for recorder in tuple(self.recorders):
            if recorder.feed(heard, count):
                self.recorders.remove(recorder)
        if self.off_hook:
            self._display.hear_in_call(samples, count)
        else:
            self._display.hear_on_hook(samples, count)

    def _show(self, display: Display) -> None:
        if display.lamp is not None:
            self.lamp = display.lamp
            return
        self.caller, self._caller_at_s = display, self._timers.now_s

    # ---- what one sees ----
    def state(self) -> dict[str, Any]:
        """For `fxbox phone NAME state`: values of JSON."""
        cadence = self.ringer.cadence()
        return {
            "hook": "off" if self.off_hook else "on",
            "ringing": self.ringer.ringing,
            "bell": self.ringer.sounding,
            "cadence_ms": [round(part) for part in self.ringer.bursts_ms],
            "distinctive": cadence.name if cadence else None,
            "caller": None if self.caller is None else {"number": self.caller.number, "name": self.caller.name},
            "caller_standard": None if self.caller is None else self.caller.standard,
            "message_lamp": self.lamp,
            "loop_current_ma": round(self.wires.current_ma, 1),
            "line_reversed": self.wires.reversed,
        }
