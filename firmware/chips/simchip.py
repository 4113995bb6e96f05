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


class SpiDevice(Protocol):
    """What hangs on one chip select."""

    def clock_byte(self, byte: int) -> int:
        """One byte in, one out, whether or not chip select rises between bytes."""


class SimChip(Protocol):
    """A line chip of the simulated board."""

    faults: Faults
    driver_bugs: list[str]  # what a real chip would have punished

    def set_reset(self, low: bool) -> None: ...
    def set_clock(self, running: bool) -> None:
        """PCLK and FSYNC start or stop."""

    @property
    def interrupt(self) -> bool:
        """Whether the chip pulls its interrupt pin low."""

    def audio(self) -> "AudioPath":
        """How it passes audio now."""

    def key_heard(self, key: str) -> None:
        """The DTMF key that sounds on the line now, "" when it has ended. For chips whose path `decodes_keys`."""


@dataclass(frozen=True, slots=True)
class Oscillator:
    """A tone that the chip makes itself: hertz, level, and where it goes."""

    hz: float
    level_dbm0: float
    to_box: bool
    to_line: bool


@dataclass(frozen=True, slots=True)
class AudioPath:
    """How a chip passes audio: channels of the PCM highway (None: none) and linear gains (0: mute)."""

    to_box: int | None = None
    from_box: int | None = None
    gain_to_box: float = 0.0
    gain_to_line: float = 0.0
    loopback: bool = False  # what the box plays comes back to it
    oscillators: tuple[Oscillator, ...] = ()
    decodes_keys: bool = False  # tell the chip of DTMF keys from the line


def gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def channel(start: int) -> int | None:
    """Channel of a 16-bit slot that starts at this PCLK after FSYNC (16n + 1, DSP_A); None for any other start."""
    return (start - 1) // 16 if start % 16 == 1 else None
