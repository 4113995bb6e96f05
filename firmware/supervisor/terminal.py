"""What the supervisor says on the terminal: how the start goes, the addresses, what to try."""

import os
import sys
from pathlib import Path

from firmware.clock import Clock
from firmware.contract.heartbeat import Ready
from firmware.supervisor.child import Phase, State
from firmware.supervisor.programs import Options
from firmware.supervisor.tree import Announcer

NAMES = {"sim": "simulated board", "core": "core", "portal": "portal"}
TRY = (  # hear the box say its address; a call from outside arrives with caller ID; answer it and look
    "{fxbox} phone fxs1 lift && {fxbox} phone fxs1 dial '**12#' && {fxbox} phone fxs1 record heard.wav --seconds 8",
    "{fxbox} phone fxs1 hang-up; {fxbox} line fxo1 ring --from 03012345 --name Mum; sleep 8; {fxbox} phone fxs1 state",
    "{fxbox} phone fxs1 lift; sleep 1; {fxbox} status; {fxbox} phone fxs1 hang-up; {fxbox} line fxo1 hang-up",
)


class Terminal(Announcer):
    """Says on standard output how the start goes, then `ready` with the addresses."""

    def __init__(self, clock: Clock, options: Options, *, show_try: bool) -> None:
        self._clock, self._options, self._show_try = clock, options, show_try
        self._was_ready = False
        self._addresses: dict[str, str] = {}

    def changed(self, name: str, before: State, after: State) -> None:
        if after.phase is Phase.UP:
            took_s = self._clock.monotonic_s() - after.started_at_s
            back = "back" if before.was_up else "up"
            say(f"{NAMES[name]} is {back} ({took_s:.1f} s)")

    def ready(self, name: str, signal: Ready) -> None:
        self._addresses |= signal.addresses
        if name == "core" and signal.claim is not None:
            say(f"portal user `admin`, password `{signal.claim}`: note it down, it is shown this once")
        if name == "core" and not self._was_ready:
            self._was_ready = True
            say("ready: " + ", ".join(f"{what} {where}" for what, where in self._all_addresses().items()))
            if self._show_try:
                self._try()

    def _all_addresses(self) -> dict[str, str]:
        return {"portal": f"https://{self._options.portal}/"} | self._addresses

    def _try(self) -> None:
        fxbox = f"{os.path.relpath(Path(sys.executable).parent / 'fxbox')} --data {self._options.data}"
        print("Try, from a second terminal:")
        print("\n".join("  " + line.format(fxbox=fxbox) for line in TRY), flush=True)


def say(text: str) -> None:
    print(f"fxbox: {text}", flush=True)


def complain(text: str) -> None:
    """Say why the box does not run, as `fxbox run` does."""
    print(f"fxbox run: {text}", file=sys.stderr, flush=True)
