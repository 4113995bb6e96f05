"""The simulated Si3210/15 answers bytes as the data sheet says, and the driver brings both parts up on it."""

import asyncio

import numpy as np
import pytest

from firmware.chips.si3210 import registers as r
from firmware.chips.si3210.registers import DIRECT, LineFeed
from firmware.chips.si3210.sim import Si321xSim
from firmware.chips.si3210.sim_feed import ring_hz, ring_peak_v
from firmware.hal import ChipSelect
from firmware.simboard.ends import ignore
from tests.component.chip_bytes import SlicBytes, board_of
from tests.inprocess import Copper, copper
from tests.virtual import run_virtual


def test_reset_values() -> None:
    """hardware.md 2.1; all others 0."""
    known = {
        0: 0x05, 1: 0x08, 8: 0x02, 10: 0x08, 11: 0x33, 14: 0x10, 63: 0x54, 65: 0x61, 66: 0x03, 67: 0x1F, 69: 0x0A,
        70: 0x0A, 72: 0x20, 73: 0x02, 74: 0x32, 75: 0x10, 92: 0xFF, 93: 0x14, 96: 0x1F, 97: 0x1F, 98: 0x10, 99: 0x10,
        107: 0x08,
    }  # fmt: skip
    bus = SlicBytes()
    for number in (*range(6), *range(8, 12), 14, *range(18, 25), *range(28, 35), *range(36, 44), *range(48, 53),
                   *range(63, 80), *range(92, 94), *range(96, 109)):  # fmt: skip
        assert bus.read(number) == known.get(number, 0), number


def test_indirect_registers_hold_anything_after_a_reset() -> None:
    bus = SlicBytes()
    before = [bus.chip.indirect(number) for number in range(44)]
    bus.chip.set_reset(True)
    assert [bus.chip.indirect(number) for number in range(44)] != before
    assert len(set(before)) > 40


def test_the_part_is_told_by_dr1() -> None:
    assert SlicBytes(si3215=False).read(1) == 0x08
    assert SlicBytes(si3215=True).read(1) == 0x88


def test_absent_chip_and_chip_in_reset_read_ff() -> None:
    bus = SlicBytes(si3215=False)
    bus.chip.set_reset(True)
    assert bus.read(8) == 0xFF
    bus.chip.set_reset(False)
    bus.chip.faults.absent = True
    assert bus.read(8) == 0xFF


def test_reserved_and_read_only_bits() -> None:
    bus = SlicBytes(si3215=False)
    bus.write(64, 0xFF)  # LFS is read only, bits 7 and 3 reserved
    assert bus.read(64) == 0x07
    bus.write(68, 0xFF)
    assert bus.read(68) == 0
    bus.write(7, 0x55)  # no such register
    assert bus.read(7) == 0


def test_status_is_latched_only_when_enabled_and_cleared_by_ones() -> None:
    bus = SlicBytes(si3215=False)
    bus.write(r.POWER_DOWN, 0)
    bus.wait(0.3)
    bus.write(r.INDIRECT_LOW, 0)
    bus.write(r.INDIRECT_HIGH, 0x10)
    for threshold in (28, 43):
        bus.write(r.INDIRECT_HIGH, 0x10)
        bus.write(r.INDIRECT_ADDRESS, threshold)
        bus.wait(1e-4)
    bus.write(r.LINEFEED, 1)
    bus.wait(0.1)
    bus.wires.closed = True
    bus.wires.load_changed()
    bus.wait(0.02)
    assert bus.read(r.LOOP_STATUS) & 1
    assert not bus.chip.interrupt
    bus.write(r.IRQ_LINE_ENABLE, 0x02)
    bus.wires.closed = False
    bus.wires.load_changed()
    bus.wait(0.02)
    assert bus.chip.interrupt
    assert bus.read(r.IRQ_LINE) == 0x02
    bus.write(r.IRQ_LINE, 0)
    assert bus.chip.interrupt
    bus.write(r.IRQ_LINE, 0x02)
    assert not bus.chip.interrupt


def test_indirect_access_takes_its_time() -> None:
    bus = SlicBytes(si3215=False)
    bus.write(r.INDIRECT_LOW, 0x34)
    bus.write(r.INDIRECT_HIGH, 0x12)
    bus.write(r.INDIRECT_ADDRESS, 26)
    assert bus.read(r.INDIRECT_STATUS) == 1
    bus.write(r.INDIRECT_ADDRESS, 27)
    assert bus.chip.driver_bugs == ["indirect access to 27 while the last one was under way"]
    bus.wait(63e-6)
    assert bus.read(r.INDIRECT_STATUS) == 0
    assert bus.chip.indirect(26) == 0x1234


def test_without_clock_nothing_indirect_ends_and_no_battery_comes() -> None:
    bus = SlicBytes(si3215=False, clocked=False)
    bus.write(r.INDIRECT_ADDRESS, 26)
    bus.write(r.POWER_DOWN, 0)
    bus.wait(1)
    assert bus.read(r.INDIRECT_STATUS) == 1
    assert bus.read(r.BATTERY_VOLTAGE) == 0
    assert bus.read(11) == 0x33


def calibrating(fast: bool = False) -> SlicBytes:
    bus = SlicBytes()
    bus.write(r.POWER_DOWN, 0)
    bus.wait(0.3)
    bus.write(r.IRQ_MISC_ENABLE, 0x04)
    bus.write(r.CALIBRATION_2, 0x1F)
    bus.write(r.CALIBRATION_1, 0x7F if fast else 0x5F)
    return bus


@pytest.mark.parametrize(("fast", "before_s", "after_s"), [(False, 0.3, 0.6), (True, 0.02, 0.04)])
def test_calibration_takes_its_time(fast: bool, before_s: float, after_s: float) -> None:
    bus = calibrating(fast)
    bus.wait(before_s)
    assert bus.read(r.CALIBRATION_1) & 0x40
    bus.wait(after_s - before_s)
    assert bus.read(r.CALIBRATION_1) == bus.read(r.CALIBRATION_2) == 0


def test_calibration_fails_when_the_hook_moves_or_the_battery_is_low() -> None:
    bus = calibrating()
    bus.wait(0.1)
    bus.lift()
    bus.wait(1)
    assert bus.read(r.CALIBRATION_1) & 0x40
    assert bus.read(r.IRQ_MISC) == 0x04  # CMC
    bus = SlicBytes()
    bus.write(r.CALIBRATION_1, 0x5F)
    bus.wait(1)
    assert bus.read(r.CALIBRATION_1) & 0x40


def test_ringing_by_the_chips_own_timers() -> None:
    bus = SlicBytes(si3215=False)
    for number, value in ((48, 0x40), (49, 0x1F), (50, 0x80), (51, 0x3E), (r.RING, 0x18), (r.LINEFEED, 4)):
        bus.write(number, value)  # 8000 and 16000 units of 125 us: 1 s, 2 s
    seen = []
    for _ in range(8):
        bus.wait(0.5)
        seen.append(bus.read(r.LINEFEED) >> 4)
    assert seen == [4, 4, 2, 2, 2, 2, 4, 4]


def test_log_text() -> None:
    assert DIRECT.describe(64, 0x11) == "DR64 LINEFEED=0x11 (LFS=1 LF=1)"
    assert DIRECT.describe(2, 0x11) == "DR2 PCM_TXS_LOW=0x11"


@pytest.mark.parametrize("hz", [20.0, 25.0, 50.0])
def test_ringing_registers_give_the_country_its_ringing(hz: float) -> None:
    values = r.ring_registers(hz)
    assert ring_hz(values[20]) == pytest.approx(hz, abs=0.1)
    assert ring_peak_v(values[20], values[21]) == pytest.approx(65, abs=0.3)


# The presets of hardware.md 2.2 for 65 Vpk.
@pytest.mark.parametrize(("hz", "rco", "rngx"), [(20, 0x7EFD, 0x15D), (25, 0x7E6C, 0x1B5), (50, 0x79BC, 0x36F)])
def test_ringing_registers_agree_with_the_data_sheet(hz: float, rco: int, rngx: int) -> None:
    values = r.ring_registers(float(hz))
    assert abs(values[20] - rco) <= 1
    assert values[21] == rngx


@pytest.mark.parametrize("chip", ["si3210", "si3215"])
def test_both_parts_come_up_without_a_driver_bug(chip: str) -> None:
    async def main() -> None:
        async with copper("DE", board_of(chip)) as box:
            started_s = asyncio.get_running_loop().time()
            await box.after(0.01)
            for port in box.lines.fxs.values():
                assert port.in_service, port.fault
                sim = box.sim(port.name).chip
                assert isinstance(sim, Si321xSim)
                assert sim.driver_bugs == []
                assert sim[r.CAL_RING_GAIN] == sim[r.CAL_TIP_GAIN] == 0x0B
                assert sim[r.IMPEDANCE] == 0x0E  # Germany's complex impedance
                assert sim.line.state is LineFeed.ACTIVE
                assert [sim.indirect(n) for n in (20, 28, 35, 43)] == [0x7E6D, 0x1000, 0x8000, 0x0800]
            assert started_s < (4.0 if chip == "si3210" else 1.5)

    run_virtual(main)


def test_telephone_lifted_during_calibration_spoils_it() -> None:
    async def main() -> None:
        async with copper(spec=board_of("si3210"), before=lift_soon) as box:
            assert "hang up the telephone" in (box.lines.fxs["fxs1"].fault or "")

    def lift_soon(board) -> None:  # type: ignore[no-untyped-def]
        board.timers.start(board, "lift", 1.5, board.telephones["fxs1"].lift)

    run_virtual(main)


def test_bytes_in_one_chip_select_pulse_work_too() -> None:
    async def main() -> None:
        async with copper() as box:
            burst = ChipSelect(box.bus, 0, burst=True)
            assert burst.exchange(bytes((0x80 | 11, 0)))[1] == 0x33

    run_virtual(main)


def periods(box: Copper, count: int) -> None:
    for _ in range(count):
        box.board.audio.period(np.zeros((80, 8), dtype=np.int16))


def test_dtmf_decoder_of_the_si3210() -> None:
    async def main() -> None:
        async with copper(spec=board_of("si3210")) as box:
            slic = ChipSelect(box.bus, 0)
            slic.exchange(bytes((r.IRQ_MISC_ENABLE, 1)))  # the digit is there without too, the source is not
            box.telephone("fxs1").lift()
            await box.after(0.1)
            box.telephone("fxs1").dial("#", ignore)
            periods(box, 6)
            assert slic.exchange(bytes((0x80 | r.DTMF, 0)))[1] == 0x1C
            assert slic.exchange(bytes((0x80 | r.IRQ_MISC, 0)))[1] & 1
            periods(box, 20)
            assert slic.exchange(bytes((0x80 | r.DTMF, 0)))[1] == 0x0C

    run_virtual(main)
