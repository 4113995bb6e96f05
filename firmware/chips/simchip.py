"""What every simulated chip offers the simulated board, and the faults that a test can put into one."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(slots=True)
class Faults:
    """Set at any time; the chip behaves so from the next access on."""

    absent: bool = False  # answers 0xFF to everything
    corrupt_reads: int = 0  # so many of the next bytes read come back with `corrupt_mask` flipped
    corrupt_mask: int = 0x10
    calibration_fails: bool = False
    revision: int | None = None  # another silicon revision than the driver takes

    def spoil(self, value: int) -> int:
        """A byte on its way out."""
        if self.absent:
            return 0xFF
        if self.corrupt_reads > 0:
            self.corrupt_reads -= 1
            return value ^ self.corrupt_mask
        return value


class SimChip(Protocol):
    """A chip on the simulated bus."""

    faults: Faults

    def clock_byte(self, byte: int) -> int:
        """One byte in, one out, whether or not chip select rises between bytes."""

    def set_reset(self, low: bool) -> None: ...
    def set_clock(self, running: bool) -> None:
        """PCLK and FSYNC start or stop."""

    @property
    def interrupt(self) -> bool:
        """Whether the chip pulls its interrupt pin low."""
