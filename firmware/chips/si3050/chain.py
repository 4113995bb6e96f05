"""The daisy chain of simulated Si3050 on one chip select: control byte, address, data; the CID picks the chip."""

from collections.abc import Sequence

from firmware.chips.si3050.sim import Si3050Sim


class DaaChain:
    """An `SpiDevice`. Chip n answers to CID n."""

    def __init__(self, chips: Sequence[Si3050Sim]) -> None:
        self._chips = chips
        self._frame: list[int] = []

    def clock_byte(self, byte: int) -> int:
        if not self._frame and byte & 0x30 != 0x20:
            return 0  # not a control byte: the chips wait for one
        self._frame.append(byte)
        if len(self._frame) < 3:
            return 0
        (control, address, data), self._frame = self._frame, []
        if control & 0x40:
            cid = int(f"{control & 0x0F:04b}"[::-1], 2)
            return self._chips[cid].read(address & 0x7F) if cid < len(self._chips) else 0xFF
        for cid, chip in enumerate(self._chips):
            if control & 0x80 or cid == int(f"{control & 0x0F:04b}"[::-1], 2):
                chip.write(address & 0x7F, data)
        return 0
