"""Voltages, currents and heat at a simulated telephone line: battery, thresholds, ring trip, power alarm."""

import pytest

from firmware.chips.si3210 import registers as r
from firmware.chips.si3210.registers import LineFeed
from tests.component.chip_bytes import SlicBytes

POINTERS = range(6)  # Q1 to Q6


def powers(bus: SlicBytes) -> list[int]:
    """DR77 of each transistor."""
    read = []
    for pointer in POINTERS:
        bus.write(r.POWER_POINTER, pointer)
        read.append(bus.read(r.POWER))
    return read


def currents(bus: SlicBytes) -> list[int]:
    return [bus.read(r.Q1_CURRENT + n) for n in POINTERS]


def short(bus: SlicBytes, shorted: bool = True) -> None:
    bus.wires.shorted = shorted
    bus.wires.load_changed()


def test_battery_rises_holds_and_falls() -> None:
    bus = SlicBytes()
    bus.write(r.POWER_DOWN, 0)
    bus.wait(0.03)
    assert 0 < bus.read(r.BATTERY_VOLTAGE) < 0xC7
    bus.wait(0.17)
    assert bus.read(r.BATTERY_VOLTAGE) == 0xC7  # 75 V
    bus.write(r.POWER_DOWN, 0x10)
    bus.wait(2)
    assert bus.read(r.BATTERY_VOLTAGE) * r.VBAT_LSB_V == pytest.approx(75 / 2.718, abs=1)
    bus.wires.leaking = True
    bus.wait(0.2)
    assert bus.read(r.BATTERY_VOLTAGE) < 6


def test_voltages_of_an_active_line() -> None:
    """VTIP = -VCM, VRING = -(VCM + VOC), reversed the other way round."""
    bus = SlicBytes().fed()
    tip, ring = (bus.read(number) * r.VBAT_LSB_V for number in (r.TIP_VOLTAGE, r.RING_VOLTAGE))
    assert (tip, ring) == (pytest.approx(3, abs=0.3), pytest.approx(51, abs=0.3))
    assert bus.read(r.LOOP_VOLTAGE) == 0x20
    bus.write(r.LINEFEED, LineFeed.REVERSE_ACTIVE)
    bus.wait(0.01)
    assert bus.read(r.TIP_VOLTAGE) * r.VBAT_LSB_V == pytest.approx(51, abs=0.3)
    bus.lift()
    assert bus.read(r.LOOP_VOLTAGE) == round(20e-3 * 350 / 1.5)


@pytest.mark.parametrize(("feed", "carrying"), [(LineFeed.ACTIVE, (0, 4)), (LineFeed.REVERSE_ACTIVE, (1, 5))])
def test_loop_current_in_the_transistors(feed: LineFeed, carrying: tuple[int, int]) -> None:
    """I_loop = (IQ1 - IQ2 + IQ5 - IQ6) / 2 (S15 2.2.4)."""
    bus = SlicBytes().fed()
    assert currents(bus) == powers(bus) == [0] * 6
    bus.write(r.LINEFEED, feed)
    bus.wait(0.01)
    bus.lift()
    q = [value * 0.317 for value in currents(bus)]
    assert abs(q[0] - q[1] + q[4] - q[5]) / 2 == pytest.approx(20, abs=0.3)
    assert bus.read(r.LOOP_CURRENT) * r.LOOP_CURRENT_LSB_MA == 20
    upper, lower = (powers(bus)[n] * 30.4e-3 for n in carrying)
    # 20 mA through the common mode of 3 V, and through what the telephone leaves of the battery.
    assert upper == pytest.approx(0.06, abs=0.02)
    assert lower == pytest.approx(0.020 * (55.5 - 3 - 20e-3 * 350), abs=0.03)


def test_normal_calls_cause_no_alarm() -> None:
    bus = SlicBytes().fed()
    bus.write(r.IRQ_LINE_ENABLE, r.POWER_ALARMS)
    bus.lift()
    bus.wait(60)
    assert bus.read(r.IRQ_LINE) == 0
    assert bus.read(r.LINEFEED) >> 4 == LineFeed.ACTIVE


@pytest.mark.parametrize("opens", [True, False])
def test_shorted_line_heats_up_until_the_alarm(opens: bool) -> None:
    bus = SlicBytes().fed()
    bus.write(r.IRQ_LINE_ENABLE, r.POWER_ALARMS)
    bus.write(r.AUTOMATIC, 0x07 if opens else 0x06)  # AOPN
    short(bus)
    assert powers(bus)[4] * 30.4e-3 > 1.67
    bus.wait(0.5)
    assert bus.read(r.IRQ_LINE) == 0
    bus.wait(3)
    assert bus.read(r.IRQ_LINE) == 0x40  # Q5
    assert bus.read(r.LINEFEED) >> 4 == (LineFeed.OPEN if opens else LineFeed.ACTIVE)


def test_short_that_goes_in_time_is_no_alarm_and_a_warm_transistor_alarms_sooner() -> None:
    bus = SlicBytes().fed()
    bus.write(r.IRQ_LINE_ENABLE, r.POWER_ALARMS)
    short(bus)
    bus.wait(1.0)
    short(bus, False)
    bus.wait(0.2)
    assert bus.read(r.IRQ_LINE) == 0
    short(bus)
    bus.wait(0.6)
    assert bus.read(r.IRQ_LINE) == 0x40


def test_threshold_and_thermal_filter_are_the_hosts() -> None:
    """IR34 and IR39."""
    bus = SlicBytes().fed()
    bus.write(r.IRQ_LINE_ENABLE, r.POWER_ALARMS)
    bus.write_indirect(34, 0x7F00)  # 7.7 W
    short(bus)
    bus.wait(30)
    assert bus.read(r.IRQ_LINE) == 0
    short(bus, False)
    bus.wait(30)
    bus.write_indirect(34, 0x1B80)
    bus.write_indirect(39, 0x0100)  # 0.16 s
    short(bus)
    bus.wait(0.2)
    assert bus.read(r.IRQ_LINE) == 0x40


def test_leaving_the_loop_takes_less_current_than_closing_it() -> None:
    """IR28 and, with HYSTEN, IR43: 10.2 mA to close, 5.1 mA to open."""
    bus = SlicBytes().fed()
    bus.write(r.ENHANCEMENT, 0xEB)
    bus.wires.telephone_ohms = 6000  # 7.7 mA
    bus.lift()
    bus.wait(0.1)
    assert not bus.read(r.LOOP_STATUS) & 1
    bus.wires.telephone_ohms = 300
    bus.lift()
    bus.wait(0.1)
    assert bus.read(r.LOOP_STATUS) & 1
    bus.wires.telephone_ohms = 6000
    bus.lift()
    bus.wait(0.1)
    assert bus.read(r.LOOP_STATUS) & 1
    bus.write(r.ENHANCEMENT, 0xEA)
    bus.lift()
    bus.wait(0.1)
    assert not bus.read(r.LOOP_STATUS) & 1


def ringing() -> SlicBytes:
    bus = SlicBytes().fed()
    bus.write(r.IRQ_LINE_ENABLE, r.RTI | r.LCI)
    bus.write(r.LINEFEED, LineFeed.RINGING)
    bus.wait(0.2)
    return bus


def test_ring_trip() -> None:
    """100 to 200 ms after lifting; AORD goes to active by itself."""
    bus = ringing()
    bus.lift()
    bus.wait(0.09)
    assert bus.read(r.IRQ_LINE) == 0
    bus.wait(0.11)
    assert bus.read(r.IRQ_LINE) & r.RTI
    assert bus.read(r.LINEFEED) >> 4 == LineFeed.ACTIVE


def test_ring_trip_has_its_threshold() -> None:
    """IR29: what draws less than 34 mA is a bell, not a handset."""
    bus = ringing()
    bus.wires.telephone_ohms = 2000
    bus.lift()
    bus.wait(1)
    assert bus.read(r.IRQ_LINE) == 0
    bus.write_indirect(r.RING_TRIP_THRESHOLD, 0x1000)  # 10 mA
    bus.lift()
    bus.wait(0.2)
    assert bus.read(r.IRQ_LINE) & r.RTI


def test_lifting_between_two_rings_has_its_own_debounce() -> None:
    """DR63 (105 ms) instead of DR69 while the chip rings by its own timers."""
    bus = SlicBytes().fed()
    for number, value in ((r.RING_ON_LOW, 0x20), (r.RING_OFF_LOW + 1, 0x40), (r.RING, 0x18), (r.LINEFEED, 4)):
        bus.write(number, value)  # 4 ms of ring, 2 s of pause
    bus.wait(0.1)
    assert bus.read(r.LINEFEED) >> 4 == LineFeed.ON_HOOK_TRANSMISSION
    bus.lift()
    bus.wait(0.09)
    assert not bus.read(r.LOOP_STATUS) & 1
    bus.wait(0.03)
    assert bus.read(r.LOOP_STATUS) & 1


@pytest.mark.parametrize(("automatic", "state"), [(0x02, LineFeed.ACTIVE), (0, LineFeed.ON_HOOK_TRANSMISSION)])
def test_lifting_during_a_caller_id_makes_the_line_active_by_itself(automatic: int, state: LineFeed) -> None:
    """AOLD."""
    bus = SlicBytes().fed()
    bus.write(r.AUTOMATIC, automatic)
    bus.write(r.LINEFEED, LineFeed.ON_HOOK_TRANSMISSION)
    bus.wait(0.01)
    bus.lift()
    bus.wait(0.1)
    assert bus.read(r.LINEFEED) >> 4 == state
