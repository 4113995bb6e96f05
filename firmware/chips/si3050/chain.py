"""The daisy chain of simulated Si3050 on one chip select: control byte, address, data.

A chip acts on CID 0 and on broadcasts. It hands the control byte on with the CID, whose lowest bit is bit 3, less one;
after CID 0 that gives 15, which none of 16 chips takes for its own.
"""

from collections.abc import Sequence
from typing import Protocol

BROADCAST, READ, CID = 0x80, 0x40, 0x0F


def _reversed(bits: int) -> int:
    return int(f"{bits:04b}"[::-1], 2)


class DaaRegisters(Protocol):
    """What a frame acts on. `answers` is false for a chip that is mute or in reset; it still hands bytes on."""

    @property
    def answers(self) -> bool: ...
    def read(self, number: int) -> int: ...
    def write(self, number: int, value: int) -> None: ...


class DaaFrames:
    """The frame that one chip is in the middle of."""

    def __init__(self, chip: DaaRegisters) -> None:
        self._chip = chip
        self._frame: list[int] = []

    def pass_byte(self, byte: int) -> tuple[int | None, int]:
        """A byte comes in: what the chip drives on SDO (None: nothing), and what SDITHRU hands to the next chip."""
        if not self._frame and byte & 0x30 != 0x20:
            return None, byte  # not a control byte: the chip waits for one
        self._frame.append(byte)
        if len(self._frame) == 1:
            less = _reversed((_reversed(byte & CID) - 1) & CID)
            return None, byte if byte & BROADCAST else byte & ~CID | less
        if len(self._frame) == 2:
            return None, byte
        (control, address, data), self._frame = self._frame, []
        return self._act(control, address & 0x7F, data), byte

    def _act(self, control: int, address: int, data: int) -> int | None:
        if not self._chip.answers or (control & CID and not control & BROADCAST):
            return None
        if control & READ:
            return self._chip.read(address)
        self._chip.write(address, data)
        return 0


class DaaChain:
    """An `SpiDevice`: the chips in the order of their CID."""

    def __init__(self, chips: Sequence[DaaRegisters]) -> None:
        self._chips = [DaaFrames(chip) for chip in chips]

    def clock_byte(self, byte: int) -> int:
        driven = []
        for chip in self._chips:
            answer, byte = chip.pass_byte(byte)
            driven.append(answer)
        return next((answer for answer in driven if answer is not None), 0xFF)
