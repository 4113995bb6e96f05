"""Framing of SPI bytes for simulated Si3210/15, alone on a chip select or several in a daisy chain (S15 2.10, fig 26).

Out of reset a frame is address and data, and a chip hands what it gets to the next one unchanged: all of a chain take
the same write, which is how SPIDC (DR0) is set. With SPIDC a frame begins with a byte that has a bit for each chip:
a chip acts on bit 0 and hands the byte on shifted to the right.
"""

from collections.abc import Sequence
from typing import Protocol

READ = 0x80
CHAIN_MAX = 8


class SlicRegisters(Protocol):
    """What a frame acts on. `answers` is false for a chip that is mute or in reset; it still hands bytes on."""

    @property
    def answers(self) -> bool: ...
    @property
    def chained(self) -> bool:
        """SPIDC."""

    def read(self, number: int) -> int: ...
    def write(self, number: int, value: int) -> None: ...


class SlicFrames:
    """The frame that one chip is in the middle of."""

    def __init__(self, chip: SlicRegisters) -> None:
        self._chip = chip
        self._frame: list[int] = []

    def reset(self) -> None:
        self._frame.clear()

    def pass_byte(self, byte: int) -> tuple[int | None, int]:
        """A byte comes in: what the chip drives on SDO (None: nothing), and what SDITHRU hands to the next chip."""
        chained = self._chip.chained
        passed = byte >> 1 if chained and not self._frame else byte
        self._frame.append(byte)
        if len(self._frame) < 2 + chained:
            return None, passed
        (address, data), selected = self._frame[-2:], not chained or self._frame[0] & 1
        self._frame.clear()
        return self._act(address, data) if selected else None, passed

    def _act(self, address: int, data: int) -> int | None:
        if not self._chip.answers:
            return None
        if address & READ:
            return self._chip.read(address & 0x7F)
        self._chip.write(address, data)
        return 0


class SlicChain:
    """An `SpiDevice`: the chips of one chip select, the first of which gets the bytes from the box."""

    def __init__(self, chips: Sequence[SlicFrames]) -> None:
        self._chips = chips[:CHAIN_MAX]

    def clock_byte(self, byte: int) -> int:
        driven = []
        for chip in self._chips:
            answer, byte = chip.pass_byte(byte)
            driven.append(answer)
        return next((answer for answer in driven if answer is not None), 0xFF)
