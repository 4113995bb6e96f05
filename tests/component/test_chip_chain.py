"""Daisy chains on one chip select: the Si3050's by number, the Si3210's by a bit for each chip."""

from firmware.chips.si3210 import registers as r
from firmware.chips.si3210.sim import Si321xSim
from firmware.chips.simspi import SpiChain
from firmware.chips.simtime import Timers
from firmware.chips.wires import TelephoneWires
from firmware.simboard.faults import set_fault
from tests.component.chip_bytes import DaaBytes
from tests.inprocess import copper
from tests.virtual import run_virtual


def test_each_daa_hands_the_number_on_less_one() -> None:
    """CID 2 is 0b0100 on the wire, lowest bit first; the second chip sees 1, the third 0."""
    seen = []
    control = 0x60 | 0b0100
    for chip in DaaBytes(3).chips:
        _, control = chip.frames.pass_byte(control)
        seen.append(control & 0x0F)
    assert seen == [0b1000, 0b0000, 0b1111]
    _, broadcast = DaaBytes(1).chips[0].frames.pass_byte(0xA0 | 0b0100)
    assert broadcast == 0xA0 | 0b0100


def test_sixteen_daas_are_told_apart() -> None:
    chain = DaaBytes(16)
    for cid in range(16):
        chain.write(26, cid << 4, cid)
    assert [chain.read(26, cid) for cid in range(16)] == [(cid << 4) & 0xF3 for cid in range(16)]


def test_a_mute_daa_takes_no_other_with_it() -> None:
    chain = DaaBytes(3)
    chain.chips[1].faults.absent = True
    assert [chain.read(2, cid) for cid in range(4)] == [0x03, 0xFF, 0x03, 0xFF]


class Slics:
    """Three telephone chips on one chip select."""

    def __init__(self) -> None:
        timers = Timers()
        self.chips = [Si321xSim(timers, TelephoneWires(), si3215=False, changed=lambda: None) for _ in range(3)]
        for chip in self.chips:
            chip.set_reset(False)
        self._chain = SpiChain([chip.frames for chip in self.chips])

    def bytes(self, *sent: int) -> int:
        return [self._chain.clock_byte(byte) for byte in sent][-1]


def test_slics_out_of_reset_all_take_the_same_bytes() -> None:
    chain = Slics()
    chain.bytes(r.IMPEDANCE, 0x0E)
    assert [chip[r.IMPEDANCE] for chip in chain.chips] == [0x0E] * 3


def test_slics_in_a_chain_are_told_apart_by_bits() -> None:
    chain = Slics()
    chain.bytes(r.ID, 0x80)  # SPIDC, taken by all
    chain.bytes(0b010, r.IMPEDANCE, 0x0E)
    assert [chip[r.IMPEDANCE] for chip in chain.chips] == [0x08, 0x0E, 0x08]
    chain.bytes(0b101, r.HYBRID, 0x22)
    assert [chip[r.HYBRID] for chip in chain.chips] == [0x22, 0x33, 0x22]
    assert chain.bytes(0b100, r.HYBRID | 0x80, 0) == 0x22
    assert chain.bytes(0b010, r.HYBRID | 0x80, 0) == 0x33
    assert chain.bytes(0b1000, r.HYBRID | 0x80, 0) == 0xFF  # a fourth one there is not
    assert chain.chips[0][r.ID] == 0x85  # the revision stays


def test_a_reset_ends_the_chain_mode_and_a_begun_frame() -> None:
    chain = Slics()
    chain.bytes(r.ID, 0x80)
    chain.bytes(0b001, r.HYBRID)
    for chip in chain.chips:
        chip.set_reset(True)
        chip.set_reset(False)
    assert chain.bytes(r.HYBRID | 0x80, 0) == 0x33


def test_the_second_line_of_the_box_works_with_the_first_one_mute() -> None:
    async def main() -> None:
        async with copper(before=lambda board: set_fault(board.ports["fxo1"], "absent", on=True)) as box:
            assert not box.lines.fxo["fxo1"].in_service
            box.lines.fxo["fxo2"].seize()
            await box.after(0.5)
            assert box.office("fxo2").state()["state"] == "seized"

    run_virtual(main)
