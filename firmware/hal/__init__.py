"""The seams to the hardware: bytes on an SPI bus and levels on pins.

`linux.py` is a board, `sim.py` the simulated board's process. Which chips hang on the bus is not known here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class BusError(Exception):
    """A transfer or pin access failed: the message names the bus or pin and the cause."""


class Spi(Protocol):
    """An SPI bus, mode 3, most significant bit first."""

    def transfer(self, cs: int, frames: Sequence[bytes]) -> bytes:
        """Clock the frames out, each within its own chip-select pulse; returns what came in, as one string.

        Synchronous and short (tens of microseconds a byte). Raises BusError.
        """

    def close(self) -> None: ...


class Gpio(Protocol):
    """Named pins of the board; True is high."""

    def write(self, name: str, level: bool) -> None:
        """Raises BusError."""

    def read(self, name: str) -> bool:
        """Raises BusError."""

    def on_fall(self, name: str, callback: Callable[[], None]) -> None:
        """Run `callback` on the event loop at each falling edge of the pin (interrupt lines are active low)."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ChipSelect:
    """One chip-select line. The one place that decides how bytes are framed.

    Chip select rises after every byte unless `burst`: the framing proven by DAHDI, and what python-periphery can do
    (hardware.md section 1).
    """

    spi: Spi
    cs: int
    burst: bool = False

    def exchange(self, *accesses: bytes) -> bytes:
        """Send register accesses in one transfer, return the bytes that came in meanwhile. Raises BusError."""
        single = (access[at : at + 1] for access in accesses for at in range(len(access)))
        return self.spi.transfer(self.cs, accesses if self.burst else tuple(single))
