"""Opening the hardware that a board file names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from firmware.hal import Gpio, Spi
from firmware.hal.sim import SimBus


class PinPlace(Protocol):
    """Where a pin is."""

    @property
    def chip(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def input(self) -> bool: ...


class SpiPlace(Protocol):
    """Where the SPI bus is: its nodes by chip-select number."""

    @property
    def nodes(self) -> Sequence[str]: ...
    @property
    def speed_hz(self) -> int: ...


class Wiring(Protocol):
    """What opening needs of a board file."""

    @property
    def hal(self) -> str:
        """ "sim" or "linux"."""

    @property
    def spi(self) -> SpiPlace: ...
    @property
    def pins(self) -> Mapping[str, PinPlace]: ...


@dataclass(frozen=True, slots=True)
class Hal:
    """The seams of one board."""

    spi: Spi
    gpio: Gpio

    def close(self) -> None:
        self.spi.close()
        self.gpio.close()


def open_hal(board: Wiring, run: Path) -> Hal:
    """Open a board's bus and pins; `run` is DATA/run, where a simulated board listens. Raises BusError."""
    if board.hal == "sim":
        bus = SimBus(run / "bus.sock")
        return Hal(bus, bus)
    from firmware.hal.linux import LinuxGpio, LinuxSpi  # python-periphery: a board has it, a demo need not

    places = {name: ((pin.chip, pin.line), pin.input) for name, pin in board.pins.items()}
    outputs = {name: where for name, (where, is_input) in places.items() if not is_input}
    inputs = {name: where for name, (where, is_input) in places.items() if is_input}
    return Hal(LinuxSpi(dict(enumerate(board.spi.nodes)), board.spi.speed_hz), LinuxGpio(outputs, inputs))
