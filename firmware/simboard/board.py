"""The simulated board itself: chips on a bus, pins, wires, what hangs on them, and a period of audio through it all.

Knows no socket and no clock: whoever owns it calls `advance` with the time, in real or virtual seconds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from firmware.chips.si3050.chain import DaaChain
from firmware.chips.si3050.sim import Si3050Sim
from firmware.chips.si3210.sim import Si321xSim
from firmware.chips.simchip import AudioPath, SimChip, SpiDevice
from firmware.chips.simtime import Timers
from firmware.chips.wires import OfficeWires, TelephoneWires
from firmware.lines.boardfile import BoardFile, PortSpec
from firmware.simboard.office import Office
from firmware.simboard.sound import Samples, silence, sine
from firmware.simboard.sound.keys import KeyDecoder
from firmware.simboard.telephone import Telephone
from firmware.telephony.country import Country

RESET_PINS = {"reset_slic": True, "reset_daa": False}  # pin: resets the telephone lines, else the exchange lines
INT_PINS = {"int_slic": True, "int_daa": False}
ECHO_GAIN = 0.1  # hybrid echo of 20 dB return loss

Period = NDArray[np.int16]  # samples x channels


class NoSuchPin(Exception):
    """The message names the pin and those there are."""


@dataclass(eq=False, slots=True)
class SimPort:
    """One port with all that is behind it."""

    spec: PortSpec
    chip: SimChip
    end: Telephone | Office
    path: AudioPath | None = None  # None: to be asked of the chip again
    echo: bool = False  # fault: hybrid echo
    sample: int = 0  # running number, for the phase of the chip's oscillators
    keys: KeyDecoder = field(default_factory=KeyDecoder)


class Board:
    """See the module. `on_fall` is called with the name of each interrupt pin that goes low."""

    def __init__(self, spec: BoardFile, country: Country, on_fall: Callable[[str], None] = lambda _name: None) -> None:
        self.spec, self.timers, self.on_fall = spec, Timers(), on_fall
        self._levels = {name: False for name in spec.pins} | dict.fromkeys(INT_PINS, True)
        self.telephones: dict[str, Telephone] = {}
        self.offices: dict[str, Office] = {}
        self.ports: dict[str, SimPort] = {}
        for port in spec.ports:
            self.ports[port.name] = self._telephone_port(port) if port.is_fxs else self._office_port(port, country)
        self._devices = dict(self._bus())

    def _telephone_port(self, spec: PortSpec) -> SimPort:
        wires = TelephoneWires()
        chip = Si321xSim(self.timers, wires, si3215=spec.chip == "si3215", changed=lambda: self._changed(spec.name))
        telephone = self.telephones[spec.name] = Telephone(spec.name, wires, self.timers)
        return SimPort(spec, chip, telephone)

    def _office_port(self, spec: PortSpec, country: Country) -> SimPort:
        wires = OfficeWires()
        chip = Si3050Sim(self.timers, wires, changed=lambda: self._changed(spec.name))
        office = self.offices[spec.name] = Office(spec.name, wires, self.timers, country)
        return SimPort(spec, chip, office)

    def _bus(self) -> Iterator[tuple[int, SpiDevice]]:
        chains: dict[int, list[tuple[int, Si3050Sim]]] = {}
        for port in self.ports.values():
            if isinstance(port.chip, Si3050Sim):
                chains.setdefault(port.spec.cs, []).append((port.spec.cid, port.chip))
            elif isinstance(port.chip, Si321xSim):
                yield port.spec.cs, port.chip
        for cs, chips in chains.items():
            yield cs, DaaChain([chip for _cid, chip in sorted(chips, key=lambda item: item[0])])

    # ---- time ----
    def advance(self, now_s: float) -> None:
        self.timers.tick(now_s)

    # ---- bus and pins ----
    def transfer(self, cs: int, frames: Iterator[bytes]) -> bytes:
        """Clock the frames through the chip at that chip select; nothing there reads as 0xFF."""
        device = self._devices.get(cs)
        sent = [byte for frame in frames for byte in frame]
        return bytes(0xFF if device is None else device.clock_byte(byte) for byte in sent)

    def write_pin(self, name: str, level: bool) -> None:
        self.read_pin(name)
        self._levels[name] = level
        if name in RESET_PINS:
            for port in self.ports.values():
                if port.spec.is_fxs is RESET_PINS[name]:
                    port.chip.set_reset(not level)

    def read_pin(self, name: str) -> bool:
        if name not in self._levels:
            raise NoSuchPin(f"no pin {name}; the board has {', '.join(self._levels)}")
        return self._levels[name]

    def set_clock(self, running: bool) -> None:
        """PCLK and FSYNC: they run while the box has the PCM open."""
        for port in self.ports.values():
            port.chip.set_clock(running)
            port.path = None

    def _changed(self, name: str) -> None:
        """A chip's interrupt or audio path may have changed."""
        if name not in self.ports:
            return  # it resets itself while it is being built
        port = self.ports[name]
        port.path = None
        pin = next(pin for pin, fxs in INT_PINS.items() if fxs is port.spec.is_fxs)
        low = any(p.chip.interrupt for p in self.ports.values() if p.spec.is_fxs is port.spec.is_fxs)
        fell = low and self._levels[pin]
        self._levels[pin] = not low
        if fell:
            self.on_fall(pin)

    # ---- audio ----
    def period(self, playback: Period) -> Period:
        """One period: what the box plays in, what it captures out; both samples x channels."""
        count = playback.shape[0]
        capture = np.zeros_like(playback)
        playing = bool(playback.any())
        for port in self.ports.values():
            path = port.path = port.path or port.chip.audio()
            down = self._down(path, playback) if playing else None
            said = port.end.speak(count)
            if path.decodes_keys:
                self._decode_keys(port, said, count)
            up = self._up(path, said, down if port.echo else None)
            if path.oscillators:
                down, up = self._oscillate(port, path, count, down, up)
            port.end.hear(down, count)
            if path.to_box is None or path.to_box >= capture.shape[1]:
                continue
            if path.loopback and path.from_box is not None:
                capture[:, path.to_box] = playback[:, path.from_box]
            elif up is not None:
                capture[:, path.to_box] = np.clip(up, -32768, 32767).astype(np.int16)
        return capture

    @staticmethod
    def _decode_keys(port: SimPort, said: Samples | None, count: int) -> None:
        before = port.keys.sounding
        port.keys.feed(silence(count) if said is None else said)
        if port.keys.sounding != before:
            port.chip.key_heard(port.keys.sounding)

    @staticmethod
    def _oscillate(
        port: SimPort, path: AudioPath, count: int, down: Samples | None, up: Samples | None
    ) -> tuple[Samples | None, Samples | None]:
        """Add the tones that the chip makes itself."""
        for tone in path.oscillators:
            samples = sine(tone.hz, tone.level_dbm0, count, port.sample)
            down = samples + (down if down is not None else 0) if tone.to_line else down
            up = samples + (up if up is not None else 0) if tone.to_box else up
        port.sample += count
        return down, up

    @staticmethod
    def _down(path: AudioPath, playback: Period) -> Samples | None:
        if path.from_box is None or not path.gain_to_line or path.from_box >= playback.shape[1]:
            return None
        return playback[:, path.from_box].astype(np.float32) * np.float32(path.gain_to_line)

    @staticmethod
    def _up(path: AudioPath, said: Samples | None, echoed: Samples | None) -> Samples | None:
        if echoed is not None:
            said = echoed * np.float32(ECHO_GAIN) + (said if said is not None else 0)
        return None if said is None else said * np.float32(path.gain_to_box)

    def collisions(self) -> list[str]:
        """Ports whose chips drive the same PCM slot."""
        slots: dict[int, list[str]] = {}
        for name, port in self.ports.items():
            to_box = port.chip.audio().to_box
            if to_box is not None:
                slots.setdefault(to_box, []).append(name)
        return [f"slot {slot}: {', '.join(names)}" for slot, names in slots.items() if len(names) > 1]
