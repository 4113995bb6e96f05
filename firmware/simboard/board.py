"""The simulated board itself: chips on a bus, pins, wires, what hangs on them. Audio through it all: `audio.py`.

Knows no socket and no clock: whoever owns it calls `advance` with the time, in real or virtual seconds.
"""

from collections.abc import Callable, Iterator

from firmware.chips.si3050.sim import Si3050Sim
from firmware.chips.si3210.sim import Si321xSim
from firmware.chips.simchip import SpiDevice
from firmware.chips.simspi import SpiChain
from firmware.chips.simtime import Timers
from firmware.chips.wires import OfficeWires, TelephoneWires
from firmware.lines.boardfile import BoardFile, PortSpec
from firmware.simboard.audio import Audio, SimPort
from firmware.simboard.office import Office
from firmware.simboard.telephone import Telephone
from firmware.telephony.country import Country

RESET_PINS = {"reset_slic": True, "reset_daa": False}  # pin: resets the telephone lines, else the exchange lines
INT_PINS = {"int_slic": True, "int_daa": False}


class NoSuchPin(Exception):
    """The message names the pin and those there are."""


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
        self.stirred = True  # something was done since the board was last seen to be silent throughout
        self.audio = Audio(self.ports, self.timers)

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
        selects: dict[int, list[SimPort]] = {}
        for port in sorted(self.ports.values(), key=lambda port: port.spec.cid):
            selects.setdefault(port.spec.cs, []).append(port)
        for cs, ports in selects.items():
            yield cs, SpiChain([port.chip.frames for port in ports])

    # ---- time ----
    def advance(self, now_s: float) -> None:
        self.stirred |= self.timers.tick(now_s)

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
            port.path, self.stirred = None, True

    def _changed(self, name: str) -> None:
        """A chip's interrupt or audio path may have changed."""
        if name not in self.ports:
            return  # it resets itself while it is being built
        port = self.ports[name]
        port.path, self.stirred = None, True
        pin = next(pin for pin, fxs in INT_PINS.items() if fxs is port.spec.is_fxs)
        low = any(p.chip.interrupt for p in self.ports.values() if p.spec.is_fxs is port.spec.is_fxs)
        fell = low and self._levels[pin]
        self._levels[pin] = not low
        if fell:
            self.on_fall(pin)
