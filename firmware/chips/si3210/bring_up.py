"""Bringing an Si3210 or Si3215 up: the init sequence of hardware.md 2.3, full or fast.

Full: with test of the battery converter, leak test and calibration (about 2 s, and the telephone must be on-hook).
Fast: with a calibration kept from before (about 0.3 s, whatever the telephone does).
"""

import asyncio
import logging
from dataclasses import dataclass

from firmware.chips import ChipError
from firmware.chips.si3210 import registers as r
from firmware.chips.si3210.access import Si321xRegisters
from firmware.chips.si3210.registers import LineFeed
from firmware.telephony.country import SlicValues

MIN_REVISION = 2
BATTERY_UP = 0xC0  # DR82: 72 V
BATTERY_LEAKED = 0x06  # DR82: 2.3 V
BATTERY_TIMEOUT_S, BATTERY_LOOK_S = 0.5, 0.02
LEAK_TEST_S = 0.5
CALIBRATION_TIMEOUT_S, CALIBRATION_LOOK_S = 2.0, 0.02
FOLLOW_S = 0.01  # the line follows LF after 1 to 5 ms (hardware.md section 4)
SETTLE_S = 0.04  # after each step of the manual calibration
SLOT_BITS = 16  # linear samples, one slot each (hardware.md section 6)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Content of DR98-105 and DR107."""

    results: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a port needs to know: its TDM slot (0..), the country's line, and which part the board file names."""

    slot: int
    slic: SlicValues
    si3215: bool


async def bring_up(chip: Si321xRegisters, setting: Setting, kept: Calibration | None) -> Calibration:
    """Take a chip from any state to Forward Active, interrupts on. Returns its calibration. Raises ChipError, BusError.

    `kept` makes it the fast path.
    """
    identify(chip)
    chip.write(r.POWER_DOWN, 0x10)
    chip.write(r.LINEFEED, LineFeed.OPEN)
    await _write_indirects(chip, setting)
    chip.write_all((r.LOOPBACK, 0), (r.ENHANCEMENT, 0xEB), (r.AUTOMATIC, 0x07), (r.BATTERY_FEED, 0x01))
    if kept is None:
        await _battery_up(chip)
        await _leak_test(chip)
        await _battery_up(chip)
        await _calibrate(chip)
    else:
        await _battery_up(chip)
        chip.write_all(*zip(r.CALIBRATION_RESULTS, kept.results, strict=True))
    chip.write(r.DCDC_CONTROL, 0x99)
    if not 2 <= chip.read(r.CAL_DC_PEAK) <= 13:
        chip.write(r.CAL_DC_PEAK, 8)
    calibration = Calibration(tuple(chip.read_all(*r.CALIBRATION_RESULTS)))
    await _restore_indirects(chip, setting)
    _connect(chip, setting)
    await asyncio.sleep(FOLLOW_S)
    return calibration


def identify(chip: Si321xRegisters) -> None:
    """Read part and revision. Raises ChipError where no such chip answers."""
    value = chip.read(r.ID)
    if value in (0x00, 0xFF):
        raise chip.unexpected(r.ID, value, f"revision {MIN_REVISION} or later", _NO_ANSWER)
    if value & 0x0F < MIN_REVISION:
        raise chip.unexpected(r.ID, value, f"revision {MIN_REVISION} or later", "this silicon is too old")
    chip.si3215 = bool(chip.read(r.PCM_MODE) & r.PART_SI3215_MASK)
    # A register whose reset value nobody changes: a second look at whether bytes arrive whole.
    chip.expect(r.HYBRID, 0x33, "bytes are corrupted on the SPI bus: check wiring and clock rate")


_NO_ANSWER = "the chip does not answer: check its power, chip select and reset"


def kept_calibration(chip: Si321xRegisters) -> Calibration | None:
    """The calibration of a chip that was up already (the program restarted), None for a chip out of reset."""
    if chip.read(r.LOOPBACK) != 0 or chip.read(r.ENHANCEMENT) == 0 or chip.read(r.CALIBRATION_1) != 0:
        return None
    return Calibration(tuple(chip.read_all(*r.CALIBRATION_RESULTS)))


def _indirects(setting: Setting) -> dict[int, int]:
    return r.INDIRECT_INIT | r.ring_registers(setting.slic.ring_hz)


async def _write_indirects(chip: Si321xRegisters, setting: Setting) -> None:
    for number, value in _indirects(setting).items():
        await chip.write_indirect(number, 0x8000 if number in r.FLUSHED_UNTIL_CALIBRATED else value)
    for number in r.CLEARED_INDIRECT:
        await chip.write_indirect(number, 0)


async def _restore_indirects(chip: Si321xRegisters, setting: Setting) -> None:
    wanted = _indirects(setting)
    for number in r.FLUSHED_UNTIL_CALIBRATED:
        await chip.write_indirect(number, wanted[number])
    for number, value in wanted.items():
        await chip.verify_indirect(number, value)


async def _battery_up(chip: Si321xRegisters) -> None:
    """Start the DC-DC converter and wait for the high battery."""
    chip.write(r.DCDC_PERIOD, 0xFF)  # BJT circuit
    chip.write(r.BATTERY_HIGH, 0x32)
    chip.write(r.POWER_DOWN, 0)
    for _ in range(round(BATTERY_TIMEOUT_S / BATTERY_LOOK_S)):
        await asyncio.sleep(BATTERY_LOOK_S)
        if chip.read(r.BATTERY_VOLTAGE) >= BATTERY_UP:
            break
    else:
        value = chip.read(r.BATTERY_VOLTAGE)
        chip.write(r.POWER_DOWN, 0x10)
        advice = f"the line battery rises to {value * r.VBAT_LSB_V:.0f} V only: check its supply and the PCM clock"
        raise chip.unexpected(r.BATTERY_VOLTAGE, value, f"0x{BATTERY_UP:02X} or more", advice)
    chip.write(r.CURRENT_LIMIT, 0)
    chip.write(r.DCDC_CONTROL, 0x19)


async def _leak_test(chip: Si321xRegisters) -> None:
    """Battery off: its capacitor must hold the charge. A leak is a warning, not a fault (hardware.md 2.3 step 5)."""
    chip.write(r.LINEFEED, LineFeed.OPEN)
    chip.write(r.POWER_DOWN, 0x10)
    await asyncio.sleep(LEAK_TEST_S)
    value = chip.read(r.BATTERY_VOLTAGE)
    if value <= BATTERY_LEAKED:
        log.warning(
            "%s: the line battery leaks (%s): check the line for moisture or a bad telephone",
            chip.chip,
            r.DIRECT.describe(r.BATTERY_VOLTAGE, value),
        )


async def _calibrate(chip: Si321xRegisters) -> None:
    chip.write_all(*((n, 0) for n in (r.IRQ_TIMERS_ENABLE, r.IRQ_LINE_ENABLE, r.IRQ_MISC_ENABLE, r.LINEFEED)))
    if chip.si3215:
        await _run_calibration(chip, 0x1F, 0x5F)
        return
    await _run_calibration(chip, 0x1E, 0x47)
    await _match(chip, r.CAL_RING_GAIN, r.Q5_CURRENT)
    await _match(chip, r.CAL_TIP_GAIN, r.Q6_CURRENT)
    chip.write(r.LINEFEED, LineFeed.ACTIVE)
    await asyncio.sleep(SETTLE_S)
    if chip.read(r.LOOP_STATUS) & 1:
        raise _calibration_failed(chip, r.LOOP_STATUS, "on-hook")
    chip.write(r.LINEFEED, LineFeed.OPEN)
    await asyncio.sleep(SETTLE_S)
    await _run_calibration(chip, 0x01, 0x40)


async def _run_calibration(chip: Si321xRegisters, second: int, first: int) -> None:
    chip.write(r.CALIBRATION_2, second)
    chip.write(r.CALIBRATION_1, first)
    for _ in range(round(CALIBRATION_TIMEOUT_S / CALIBRATION_LOOK_S)):
        await asyncio.sleep(CALIBRATION_LOOK_S)
        if chip.read(r.CALIBRATION_1) == 0:
            return
    raise _calibration_failed(chip, r.CALIBRATION_1, "0x00 within 2 s")


def _calibration_failed(chip: Si321xRegisters, number: int, expected: str) -> ChipError:
    value = chip.read(number)
    chip.write(r.POWER_DOWN, 0x10)
    return chip.unexpected(number, value, expected, "calibration failed: hang up the telephone, check the line")


async def _match(chip: Si321xRegisters, gain: int, current: int) -> None:
    """Manual calibration of the Si3210: lower the gain until the monitored current reads 0."""
    for value in range(0x1F, -1, -1):
        chip.write(gain, value)
        await asyncio.sleep(SETTLE_S)
        if chip.read(current) == 0:
            return
    raise _calibration_failed(chip, current, "0x00 at some gain")


def _connect(chip: Si321xRegisters, setting: Setting) -> None:
    """PCM highway, line feed, interrupts."""
    start = setting.slot * SLOT_BITS + 1  # DSP_A: data begins one PCLK after FSYNC
    chip.write_all(
        (r.TXS, start & 0xFF),
        (r.TXS + 1, start >> 8),
        (r.RXS, start & 0xFF),
        (r.RXS + 1, start >> 8),
        (r.PCM_MODE, 0x3D),  # enabled, linear, 16 bit, released on the falling edge
        (r.IRQ_TIMERS, 0xFF),
        (r.IRQ_LINE, 0xFF),
        (r.IRQ_MISC, 0xFF),
        (r.COMMON_MODE_VOLTAGE, 0x04),
        (r.IMPEDANCE, 0x08 | setting.slic.impedance),
        (r.RING, 0),  # sine; the cadence is the port's
        (r.DEBOUNCE_RING_PAUSE, 0x54),
        (r.DEBOUNCE_LOOP, 0x0A),  # 12.5 ms
        (r.DEBOUNCE_RING_TRIP, r.RING_TRIP[setting.slic.ring_hz][1]),
        (r.IRQ_LINE_ENABLE, r.POWER_ALARMS | r.LCI | r.RTI),
        (r.LINEFEED, LineFeed.ACTIVE),
    )
