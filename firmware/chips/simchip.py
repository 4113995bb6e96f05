"""What every simulated chip offers the simulated board, and the faults that a test can put into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from firmware.chips.simspi import Frames

FRAME_BITS = 256  # hardware.md section 6: 16 slots of 16 bits between two FSYNC


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

    @property
    def frames(self) -> Frames:
        """What it does with the bytes of its chip select."""

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


class Coding(Enum):
    """What a sample is on the PCM highway."""

    LINEAR = "linear"  # 16 bits
    A_LAW = "A-law"  # 8 bits, G.711
    MU_LAW = "µ-law"


@dataclass(frozen=True, slots=True)
class Slots:
    """Where a chip talks and listens on the PCM highway: bits after FSYNC's first (DSP_A), None where it does not."""

    transmit: int | None = None
    receive: int | None = None
    coding: Coding = Coding.LINEAR
    releases_early: bool = True  # TRI: off the highway before its last bit ends, for a neighbour that follows at once

    @property
    def bits(self) -> int:
        return 16 if self.coding is Coding.LINEAR else 8


def slot_start(pclks: int) -> int | None:
    """First bit of a slot that starts at this PCLK after FSYNC; None beyond the frame, which disables a slot."""
    return pclks - 1 if 0 < pclks <= FRAME_BITS else None


@dataclass(frozen=True, slots=True)
class Oscillator:
    """A tone that the chip makes itself: hertz, level, and where it goes."""

    hz: float
    level_dbm0: float
    to_box: bool
    to_line: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """From this time on (seconds of the board) the chip's modem sounds so."""

    at_s: float
    tone: Oscillator


@dataclass(frozen=True, slots=True)
class AudioPath:
    """How a chip passes audio: places on the PCM highway and linear gains (0: mute)."""

    slots: Slots = Slots()
    gain_to_box: float = 0.0
    gain_to_line: float = 0.0
    loopback: bool = False  # what the box plays comes back to it
    line_loopback: float = 0.0  # gain with which what the line says comes back to it
    oscillators: tuple[Oscillator, ...] = ()
    modem: Sequence[Shift] | None = None  # FSK under way: each bit's tone, the chip appends as it goes
    decodes_keys: bool = False  # tell the chip of DTMF keys from the line

    @property
    def at_rest(self) -> bool:
        """Silence in gives silence out."""
        return not self.oscillators and self.modem is None and self.slots.coding is Coding.LINEAR


def gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))
