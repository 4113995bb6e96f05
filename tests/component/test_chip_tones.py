"""What an Si3210 or Si3215 sounds by itself: its oscillators with their timers, and its modem."""

from datetime import datetime

import numpy as np
import pytest

from firmware.chips.si3210 import registers as r
from firmware.hal import ChipSelect
from firmware.simboard.sound import RATE_HZ, level_dbm0
from firmware.telephony.callerid import caller_id_bits
from tests.component.chip_bytes import SlicBytes, board_of
from tests.inprocess import Copper, copper
from tests.virtual import run_virtual

PERIOD_S = 0.01
MODEM = {99: 0x00DA, 100: 0x6B60, 101: 0x0074, 102: 0x79C0, 103: 0x1120, 104: 0x3BE0}  # hardware.md 2.2, X1
BIT_TIMER = 20  # of 1/24000 s: 1200 baud


async def captured(box: Copper, seconds: float) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """What the box hears of fxs1 while it plays silence."""
    heard = []
    for _ in range(round(seconds / PERIOD_S)):
        await box.after(PERIOD_S)
        heard.append(box.board.audio.period(np.zeros((80, 8), dtype=np.int16))[:, 0])
    return np.concatenate(heard).astype(np.float32)


def loudest_hz(heard: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> float:
    return float(np.argmax(np.abs(np.fft.rfft(heard))) * RATE_HZ / heard.size)


@pytest.mark.parametrize("chip", ["si3210", "si3215"])
def test_oscillators(chip: str) -> None:
    """DAHDI's 350 and 440 Hz of the Si3210 (hardware.md 2.2); the Si3215 runs its own twice as fast."""

    async def main() -> None:
        async with copper(spec=board_of(chip)) as box:
            slic, octave = ChipSelect(box.bus, 0), 1 if chip == "si3210" else 2
            slic.exchange(bytes((r.OSC1, 0x05)))
            heard = await captured(box, 1)
            assert loudest_hz(heard) == pytest.approx(350 * octave, abs=6)
            assert level_dbm0(heard) == pytest.approx(-18, abs=3)
            slic.exchange(bytes((r.OSC1, 0)), bytes((r.OSC2, 0x05)))
            assert loudest_hz(await captured(box, 1)) == pytest.approx(440 * octave, abs=6)
            slic.exchange(bytes((r.OSC2, 0x06)))  # to the line
            assert not (await captured(box, 0.2)).any()

    run_virtual(main)


def test_oscillator_with_a_cadence_of_its_own() -> None:
    async def main() -> None:
        async with copper(spec=board_of("si3210")) as box:
            slic = ChipSelect(box.bus, 0)
            on, off = 1600, 2400  # 0.2 and 0.3 s in units of 125 us
            for number, value in ((r.OSC1_ACTIVE, on), (r.OSC1_INACTIVE, off)):
                slic.exchange(bytes((number, value & 0xFF)), bytes((number + 1, value >> 8)))
            slic.exchange(bytes((r.OSC1, 0x1D)))
            heard = await captured(box, 1)
            loud = [bool(np.abs(part).max() > 100) for part in np.split(heard, 10)]
            assert loud == [True, True, False, False, False] * 2

    run_virtual(main)


def test_oscillator_timers_tell_their_ends() -> None:
    bus = SlicBytes().fed()
    bus.write(r.IRQ_TIMERS_ENABLE, 0x0F)
    for number in (r.OSC1_ACTIVE, r.OSC1_INACTIVE):
        bus.write(number, 80)  # 10 ms
    bus.write(r.OSC1, 0x1C)
    assert bus.read(r.OSC1) & 0x80
    bus.wait(0.011)
    assert bus.read(r.IRQ_TIMERS) == 0x01
    assert not bus.read(r.OSC1) & 0x80
    assert bus.chip.interrupt
    bus.write(r.IRQ_TIMERS, 0x01)
    bus.wait(0.01)
    assert bus.read(r.IRQ_TIMERS) == 0x02
    bus.write(r.OSC1, 0)
    bus.write(r.IRQ_TIMERS, 0x03)
    bus.wait(0.1)
    assert bus.read(r.IRQ_TIMERS) == 0


def test_ring_timers_tell_their_ends() -> None:
    bus = SlicBytes().fed()
    bus.write(r.IRQ_TIMERS_ENABLE, 0x30)
    for number, value in ((r.RING_ON_LOW, 80), (r.RING_OFF_LOW, 80), (r.RING, 0x18), (r.LINEFEED, 4)):
        bus.write(number, value)
    bus.wait(0.0125)
    assert bus.read(r.IRQ_TIMERS) == 0x10
    bus.wait(0.01)
    assert bus.read(r.IRQ_TIMERS) == 0x30


def test_second_oscillator_while_ringing_is_a_bug_of_the_driver() -> None:
    bus = SlicBytes().fed()
    bus.write(r.LINEFEED, 4)
    bus.wait(0.01)
    bus.write(r.OSC2, 0x04)
    assert bus.chip.driver_bugs == ["oscillator 2 started while ringing, which uses the same hardware"]


async def send(box: Copper, slic: ChipSelect, bits: bytes) -> None:
    """As a host does: leave the next bit when the timer's interrupt says that the last one is taken."""
    period_at_s = PERIOD_S
    for at, bit in enumerate(bits):
        slic.exchange(bytes((r.FSK_DATA, bit)))
        if at == 0:
            slic.exchange(bytes((r.OSC1, 0x56)))  # REL, TAE, OE, to the line
        await box.after(BIT_TIMER / 24_000)
        if (at + 1) * BIT_TIMER / 24_000 >= period_at_s:
            period_at_s += PERIOD_S
            box.board.audio.period(np.zeros((80, 8), dtype=np.int16))
    slic.exchange(bytes((r.OSC1, 0)))


@pytest.mark.parametrize("chip", ["si3210", "si3215"])
def test_caller_id_by_the_chips_own_modem(chip: str) -> None:
    """FSKEN: the telephone shows who calls, and the core has played nothing."""

    async def main() -> None:
        async with copper(spec=board_of(chip)) as box:
            slic = ChipSelect(box.bus, 0)
            for number, value in MODEM.items():
                here = number if chip == "si3210" else r.si3215_indirect(number) or 0
                slic.exchange(bytes((r.INDIRECT_LOW, value & 0xFF)), bytes((r.INDIRECT_HIGH, value >> 8)))
                slic.exchange(bytes((r.INDIRECT_ADDRESS, here)))
                await box.after(1e-4)
            slic.exchange(bytes((r.OSC1_ACTIVE, BIT_TIMER)), bytes((r.OSC1_ACTIVE + 1, 0)))
            box.lines.fxs["fxs1"].transmit()
            await box.after(0.1)
            await send(box, slic, caller_id_bits("0301234567", "Anna", datetime(2026, 7, 8, 9, 10), "bell202"))
            await captured(box, 0.2)
            state = box.telephone("fxs1").state()
            assert state["caller"] == {"number": "0301234567", "name": "Anna"}
            assert state["caller_standard"] == "bell202"

    run_virtual(main)
