"""Framing of SPI bytes for simulated Si3050, which are always a daisy chain: control byte, address, data.

A chip acts on CID 0 and on broadcasts. It hands the control byte on with the CID, whose lowest bit is bit 3, less one;
after CID 0 that gives 15, which none of 16 chips takes for its own.
"""

from firmware.chips.simspi import ChipRegisters, access

BROADCAST, READ, CID = 0x80, 0x40, 0x0F


def _reversed(bits: int) -> int:
    return int(f"{bits:04b}"[::-1], 2)


class DaaFrames:
    """See `Frames`."""

    def __init__(self, chip: ChipRegisters) -> None:
        self._chip = chip
        self._frame: list[int] = []

    def pass_byte(self, byte: int) -> tuple[int | None, int]:
        if not self._frame and byte & 0x30 != 0x20:
            return None, byte  # not a control byte: the chip waits for one
        self._frame.append(byte)
        if len(self._frame) == 1:
            less = _reversed((_reversed(byte & CID) - 1) & CID)
            return None, byte if byte & BROADCAST else byte & ~CID | less
        if len(self._frame) == 2:
            return None, byte
        (control, address, data), self._frame = self._frame, []
        if control & CID and not control & BROADCAST:
            return None, byte
        return access(self._chip, address & 0x7F, data, reads=bool(control & READ)), byte
