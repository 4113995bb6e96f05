"""A simulated line chip out of reset, spoken to byte by byte: for what the drivers do not use."""

from dataclasses import replace

from firmware.chips.si3050 import registers as daa
from firmware.chips.si3050.sim import Si3050Sim
from firmware.chips.si3210 import registers as r
from firmware.chips.si3210.sim import Si321xSim
from firmware.chips.simspi import SpiChain
from firmware.chips.simtime import Timers
from firmware.chips.wires import OfficeWires, TelephoneWires
from firmware.lines.boardfile import BoardFile, load_board


def board_of(chip: str) -> BoardFile:
    """The simulated board with that part in every telephone port."""
    board = load_board("sim")
    return replace(board, ports=tuple(replace(one, chip=chip) if one.is_fxs else one for one in board.ports))


class SlicBytes:
    """An Si3210 or Si3215."""

    def __init__(self, *, si3215: bool = False, clocked: bool = True) -> None:
        self.timers, self.wires = Timers(), TelephoneWires()
        self.chip = Si321xSim(self.timers, self.wires, si3215=si3215, changed=lambda: None)
        self._bus = SpiChain([self.chip.frames])
        self.chip.set_reset(False)
        self.chip.set_clock(clocked)

    def read(self, number: int) -> int:
        self._bus.clock_byte(number | 0x80)
        return self._bus.clock_byte(0)

    def write(self, number: int, value: int) -> None:
        self._bus.clock_byte(number)
        self._bus.clock_byte(value)

    def write_indirect(self, number: int, value: int) -> None:
        """By the chip's own number."""
        self.write(r.INDIRECT_LOW, value & 0xFF)
        self.write(r.INDIRECT_HIGH, value >> 8)
        self.write(r.INDIRECT_ADDRESS, number)
        self.wait(1e-4)

    def wait(self, seconds: float) -> None:
        self.timers.tick(self.timers.now_s + seconds)

    def fed(self) -> "SlicBytes":
        """With DAHDI's indirect values, battery and an active line."""
        for number, value in r.INDIRECT_INIT.items():
            self.write_indirect(number, value)
        for number, value in r.ring_registers(20.0).items():
            self.write_indirect(number, value)
        self.write(r.POWER_DOWN, 0)
        self.wait(0.3)
        self.write(r.LINEFEED, 1)
        self.wait(0.1)
        return self

    def lift(self) -> None:
        self.wires.closed = True
        self.wires.load_changed()

    def hang_up(self) -> None:
        self.wires.closed = False
        self.wires.load_changed()


class DaaBytes:
    """Two or more Si3050 in a chain."""

    def __init__(self, chips: int = 2) -> None:
        self.timers, self.wires = Timers(), [OfficeWires() for _ in range(chips)]
        self.chips = [Si3050Sim(self.timers, wires, lambda: None) for wires in self.wires]
        for chip in self.chips:
            chip.set_reset(False)
        self._chain = SpiChain([chip.frames for chip in self.chips])

    def bytes(self, *sent: int) -> int:
        return [self._chain.clock_byte(byte) for byte in sent][-1]

    def read(self, number: int, cid: int = 0) -> int:
        return self.bytes(0x60 | int(f"{cid:04b}"[::-1], 2), number, 0)

    def write(self, number: int, value: int, cid: int = 0) -> None:
        self.bytes(0x20 | int(f"{cid:04b}"[::-1], 2), number, value)

    def wait(self, seconds: float) -> None:
        self.timers.tick(self.timers.now_s + seconds)

    def linked(self) -> "DaaBytes":
        self.write(daa.DAA_CONTROL_2, 0)
        self.wait(0.5)
        self.write(daa.IRQ_SOURCE, 0)
        return self
