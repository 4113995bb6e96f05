"""The simulated Si3050 and its daisy chain answer bytes as the data sheet says."""

import pytest

from firmware.chips.si3050 import registers as r
from firmware.chips.wires import Ringing
from tests.component.chip_bytes import DaaBytes
from tests.inprocess import copper
from tests.virtual import run_virtual


def test_probe_and_reset_values() -> None:
    chain = DaaBytes()
    known = {2: 0x03, 6: 0x10, 22: 0x96, 23: 0x2D, 24: 0x19, 31: 0x20}  # hardware.md 3.1; all others 0
    for number in (*range(1, 7), 10, 15, 16, 17, 18, 22, 23, 24, 26, 30, 31, 33, *range(34, 42), *range(43, 53), 59):
        assert chain.read(number) == known.get(number, 0), number


def test_cid_picks_the_chip_and_broadcast_all() -> None:
    chain = DaaBytes()
    chain.write(16, 0x40, cid=1)
    assert (chain.read(16, 0), chain.read(16, 1)) == (0, 0x40)
    chain.bytes(0xA0, 26, 0xC0)
    assert (chain.read(26, 0), chain.read(26, 1)) == (0xC0, 0xC0)
    assert chain.bytes(0x60 | 0b0100, 2, 0) == 0xFF  # CID 2, bit-reversed: nobody


def test_line_side_comes_up_with_a_spurious_ring() -> None:
    chain = DaaBytes()
    assert chain.read(r.LINE_SIDE) == 0
    chain.write(r.DAA_CONTROL_2, 0)
    assert chain.read(r.LINE_SIDE) == 0
    chain.wait(0.5)
    assert chain.read(r.LINE_SIDE) >> 4 == 3
    assert chain.read(r.IRQ_SOURCE) == r.RING
    chain.write(r.IRQ_SOURCE, 0x7F)  # cleared by zeros
    assert chain.read(r.IRQ_SOURCE) == 0
    assert chain.read(r.LINE_VOLTAGE) == 48


def test_source_latches_always_but_the_pin_needs_mask_and_inte() -> None:
    chain = DaaBytes().linked()
    chain.wires[0].reversed = True
    chain.wires[0].feed_changed()
    assert chain.read(r.IRQ_SOURCE) == r.POLARITY
    assert chain.read(r.LINE_VOLTAGE) == 256 - 48
    assert not chain.chips[0].interrupt
    chain.write(r.IRQ_MASK, r.POLARITY)
    assert not chain.chips[0].interrupt
    chain.write(r.CONTROL_2, 0x83)
    assert chain.chips[0].interrupt


def test_off_hook_voltage_current_and_dropout() -> None:
    chain = DaaBytes().linked()
    chain.write(r.DAA_CONTROL_5, 0x40)  # FOH 64 ms
    chain.write(r.DAA_CONTROL_1, 0x09)
    assert chain.read(r.LINE_VOLTAGE) == 7
    assert chain.read(r.LOOP_STATUS) == 0x40
    chain.wait(0.07)
    assert chain.read(r.LOOP_STATUS) & 0x1F == round(41 / 0.7 / 3.3)
    chain.wires[0].battery_v = 0
    chain.wires[0].feed_changed()
    chain.wait(0.02)
    assert chain.read(r.INTERNATIONAL_4) == 0x02
    assert chain.read(r.IRQ_SOURCE) & r.DROPOUT
    assert chain.read(r.LINE_VOLTAGE) == 0


def test_weak_voltage_shows_as_none_unless_forced() -> None:
    chain = DaaBytes().linked()
    chain.wires[0].battery_v = 2
    assert chain.read(r.LINE_VOLTAGE) == 0
    chain.write(r.DAA_CONTROL_5, 0x01)
    assert chain.read(r.LINE_VOLTAGE) == 2


@pytest.mark.parametrize("validated", [True, False])
def test_ring_bits(validated: bool) -> None:
    chain = DaaBytes().linked()
    if validated:
        chain.write(r.RING_2, 0x2B)
        chain.write(r.RING_3, 0x99)
    chain.wires[0].ringing = Ringing(25, 80)
    chain.wires[0].feed_changed()
    raw = set()
    for _ in range(10):
        chain.wait(0.01)
        raw.add(chain.read(r.DAA_CONTROL_1) & 0x60)
    assert raw == {r.RDTP, r.RDTN}
    assert not chain.read(r.DAA_CONTROL_1) & r.RDT
    chain.wait(0.2)
    assert bool(chain.read(r.DAA_CONTROL_1) & r.RDT) is validated


@pytest.mark.parametrize(
    ("hz", "peak_v", "rt", "rings"),
    [
        (25, 80, 0, True),
        (16, 80, 0, True),
        (50, 80, 0, True),
        (9, 80, 0, False),  # slower than 10 Hz
        (90, 80, 0, False),  # faster than 83 Hz: the reset values' window
        (25, 15, 0, False),  # 10.6 V
        (25, 26, 0, True),  # 18.4 V
        (25, 26, 1, False),
        (25, 34, 1, True),
    ],
)
def test_what_is_a_ring(hz: float, peak_v: float, rt: int, rings: bool) -> None:
    """R22 and R24: the window of frequencies; R16 RT: 13.5-16.5 or 19.35-23.65 V."""
    chain = DaaBytes().linked()
    chain.write(r.INTERNATIONAL_1, rt)
    chain.write(r.RING_3, 0x99)
    chain.wires[0].ringing = Ringing(hz, peak_v)
    chain.wires[0].feed_changed()
    chain.wait(0.7)
    assert bool(chain.read(r.DAA_CONTROL_1) & r.RDT) is rings
    assert bool(chain.read(r.IRQ_SOURCE) & r.RING) is rings


def test_lost_link_shows() -> None:
    chain = DaaBytes().linked()
    chain.write(r.DAA_CONTROL_1, 0x09)
    chain.wait(0.6)
    assert chain.read(r.LOOP_STATUS) & 0x1F
    chain.chips[0].set_link(False)
    assert chain.read(r.IRQ_SOURCE) & r.LINK
    assert (chain.read(r.LOOP_STATUS), chain.read(r.LINE_SIDE), chain.read(r.LINE_VOLTAGE)) == (0, 0, 0)
    assert not chain.wires[0].off_hook
    chain.chips[0].set_link(True)
    chain.wait(0.5)
    assert chain.read(r.LOOP_STATUS) == 0x40


@pytest.mark.parametrize(("limited", "counts"), [(True, 18), (False, 31)])
def test_current_limit_and_overload(limited: bool, counts: int) -> None:
    """R26 ILIM: 60 mA; 31 counts are too much, which LCSO tells."""
    chain = DaaBytes().linked()
    chain.wires[0].battery_v, chain.wires[0].source_ohms = 60, 50
    chain.write(r.DC_TERMINATION, 0x02 if limited else 0)
    chain.write(r.DAA_CONTROL_1, 0x09)
    chain.wait(0.6)
    assert chain.read(r.LOOP_STATUS) & 0x1F == counts
    assert bool(chain.read(r.IRQ_SOURCE) & r.OVERLOAD) is not limited


@pytest.mark.parametrize("calibrates", [True, False])
def test_converter_is_calibrated_when_the_line_is_taken(calibrates: bool) -> None:
    """256 ms in which nothing is heard, unless CALD (R17)."""
    chain = DaaBytes().linked()
    chain.write(r.INTERNATIONAL_2, 0 if calibrates else 0x20)
    chain.write(r.DAA_CONTROL_1, 0x09)
    chain.wait(0.25)
    assert bool(chain.chips[0].audio().gain_to_box) is not calibrates
    chain.wait(0.01)
    assert chain.chips[0].audio().gain_to_box


def test_soft_reset() -> None:
    chain = DaaBytes().linked()
    chain.write(26, 0xC0)
    chain.write(r.CONTROL_1, 0x80)
    assert (chain.read(26), chain.read(r.CONTROL_1), chain.read(r.LINE_SIDE)) == (0, 0, 0)


def test_audio_needs_the_line_held() -> None:
    async def main() -> None:
        async with copper() as box:
            sim = box.sim("fxo1")
            assert sim.chip.audio().gain_to_line == 0.0
            assert sim.chip.audio().gain_to_box == 1.0  # on-hook: only heard
            box.lines.fxo["fxo1"].seize()
            await box.after(0.1)
            assert sim.chip.audio().gain_to_line == 1.0

    run_virtual(main)
