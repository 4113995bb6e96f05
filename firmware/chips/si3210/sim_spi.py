"""Framing of SPI bytes for simulated Si3210/15, alone on a chip select or several in a daisy chain (S15 2.10, fig 26).

Out of reset a frame is address and data, and a chip hands what it gets to the next one unchanged: all of a chain take
the same write, which is how SPIDC (DR0) is set. With SPIDC a frame begins with a byte that has a bit for each chip:
a chip acts on bit 0 and hands the byte on shifted to the right.
"""

from typing import Protocol

from firmware.chips.simspi import ChipRegisters, access

READ = 0x80


class SlicRegisters(ChipRegisters, Protocol):
    """`chained`: SPIDC."""

    @property
    def chained(self) -> bool: ...


class SlicFrames:
    """See `Frames`."""

    def __init__(self, chip: SlicRegisters) -> None:
        self._chip = chip
        self._frame: list[int] = []

    def reset(self) -> None:
        self._frame.clear()

    def pass_byte(self, byte: int) -> tuple[int | None, int]:
        chained = self._chip.chained
        passed = byte >> 1 if chained and not self._frame else byte
        self._frame.append(byte)
        if len(self._frame) < 2 + chained:
            return None, passed
        (address, data), selected = self._frame[-2:], not chained or self._frame[0] & 1
        self._frame.clear()
        if not selected:
            return None, passed
        return access(self._chip, address & 0x7F, data, reads=bool(address & READ)), passed
