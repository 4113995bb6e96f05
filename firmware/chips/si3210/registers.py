"""Registers of the Si3210 and Si3215, by their Si3210 numbers. Read by the driver, the simulator and the log.

Reset values and bits: Si3215 data sheet section 3 (S15 s3); indirect registers: section 4 and the table of DAHDI's
wctdm.c. Values that depend on a country or board are set by the driver, not here.
"""

import math
from enum import IntEnum

from firmware.chips.register import Register, Registers

R = Register

DIRECT = Registers(
    "DR",
    (
        R(0, "ID", 0x03, "SPIDC:7 SPIM:6 PART:5-4! REV:3-0!"),
        R(1, "PCM_MODE", 0x08, "PNI2:7! PCME:5 PCMF:4-3 PCMT:2 GCI:1 TRI:0"),
        R(2, "PCM_TXS_LOW", 0),
        R(3, "PCM_TXS_HIGH", 0, "TXS:1-0"),
        R(4, "PCM_RXS_LOW", 0),
        R(5, "PCM_RXS_HIGH", 0, "RXS:1-0"),
        R(8, "LOOPBACK", 0x02, "ALM2:2 DLM:1 ALM1:0"),
        R(9, "AUDIO_GAIN", 0, "RXHP:7 TXHP:6 TXM:5 RXM:4 ATX:3-2 ARX:1-0"),
        R(10, "IMPEDANCE", 0x08, "CLC:5-4 TISE:3 TISS:2-0"),
        R(11, "HYBRID", 0x33, "HYBP:6-4 HYBA:2-0"),
        R(14, "POWER_DOWN", 0x10, "DCOF:4 PFR:3 BIASOF:1 SLICOF:0"),
        R(18, "IRQ_TIMERS", 0, "RGI:5 RGA:4 O2I:3 O2A:2 O1I:1 O1A:0"),
        R(19, "IRQ_LINE", 0, "Q6:7 Q5:6 Q4:5 Q3:4 Q2:3 Q1:2 LCI:1 RTI:0"),
        R(20, "IRQ_MISC", 0, "CMC:2 IND:1 DTMF:0"),
        R(21, "IRQ_TIMERS_ENABLE", 0, "RGI:5 RGA:4 O2I:3 O2A:2 O1I:1 O1A:0"),
        R(22, "IRQ_LINE_ENABLE", 0, "Q6:7 Q5:6 Q4:5 Q3:4 Q2:3 Q1:2 LCI:1 RTI:0"),
        R(23, "IRQ_MISC_ENABLE", 0, "CMC:2 IND:1 DTMF:0"),
        R(24, "DTMF", 0, "VAL:4! DIGIT:3-0!"),
        R(28, "INDIRECT_LOW", 0),
        R(29, "INDIRECT_HIGH", 0),
        R(30, "INDIRECT_ADDRESS", 0),
        R(31, "INDIRECT_STATUS", 0, "IAS:0!"),
        R(32, "OSC1", 0, "OSS:7! REL:6 OZ:5 TAE:4 TIE:3 OE:2 ROUTE:1-0"),
        R(33, "OSC2", 0, "OSS:7! OZ:5 TAE:4 TIE:3 OE:2 ROUTE:1-0"),
        R(34, "RING", 0, "RSS:7! RDAC:5! RTAE:4 RTIE:3 ROE:2 RVO:1 TSWS:0"),
        *(
            R(36 + 2 * i + byte, f"OSC{i // 2 + 1}_{('ACTIVE', 'INACTIVE')[i % 2]}_{('LOW', 'HIGH')[byte]}", 0)
            for i in range(4)
            for byte in range(2)
        ),
        R(48, "RING_ON_LOW", 0),
        R(49, "RING_ON_HIGH", 0),
        R(50, "RING_OFF_LOW", 0),
        R(51, "RING_OFF_HIGH", 0),
        R(52, "FSK_DATA", 0, "FSKDAT:0"),  # Si3210 data sheet, register 52
        R(63, "DEBOUNCE_RING_PAUSE", 0x54, "LCD:7-0"),  # 1.25 ms units
        R(64, "LINEFEED", 0, "LFS:6-4! LF:2-0"),
        R(65, "BIAS", 0x61, "SQH:6 CBY:5 ETBE:4 ETBO:3-2 ETBA:1-0"),
        R(66, "BATTERY_FEED", 0x03, "VOV:4 FVBAT:3 BIT1:1 TRACK:0"),
        R(67, "AUTOMATIC", 0x1F, "MNCM:6 MNDIF:5 SPDS:4 ABAT:3 AORD:2 AOLD:1 AOPN:0"),
        R(68, "LOOP_STATUS", 0, "DBIRAW:2! RTP:1! LCR:0!"),
        R(69, "DEBOUNCE_LOOP", 0x0A, "LCDI:6-0"),  # 1.25 ms units
        R(70, "DEBOUNCE_RING_TRIP", 0x0A, "RTDI:6-0"),  # 1.25 ms units
        R(71, "CURRENT_LIMIT", 0, "ILIM:2-0"),  # 20 + 3n mA
        R(72, "ON_HOOK_VOLTAGE", 0x20, "VSGN:6 VOC:5-0"),  # 1.5 V units
        R(73, "COMMON_MODE_VOLTAGE", 0x02, "VCM:5-0"),  # 1.5 V units
        R(74, "BATTERY_HIGH", 0x32, "VBATH:5-0"),  # 1.5 V units
        R(75, "BATTERY_LOW", 0x10, "VBATL:5-0"),  # 1.5 V units
        R(76, "POWER_POINTER", 0, "PWRMP:2-0"),
        R(77, "POWER", 0, "PWROM:7-0!"),
        R(78, "LOOP_VOLTAGE", 0, "SIGN:6! LVS:5-0!"),  # 1.5 V units
        R(79, "LOOP_CURRENT", 0, "SIGN:6! LCS:5-0!"),  # 1.25 mA units
        R(80, "TIP_VOLTAGE", 0, "VTIP:7-0!"),  # 0.376 V units, of minus the voltage
        R(81, "RING_VOLTAGE", 0, "VRING:7-0!"),
        R(82, "BATTERY_VOLTAGE_1", 0, "VBAT:7-0!"),
        R(83, "BATTERY_VOLTAGE_2", 0, "VBAT:7-0!"),
        *(R(83 + i, f"Q{i}_CURRENT", 0, "IQ:7-0!") for i in range(1, 7)),
        R(92, "DCDC_PERIOD", 0xFF, "DCN:7-0"),
        R(93, "DCDC_CONTROL", 0x14, "DCCAL:7 DCPOL:5! DCTOF:4-0"),
        R(96, "CALIBRATION_1", 0x1F, "CAL:6 CALSP:5 CALR:4 CALT:3 CALD:2 CALC:1 CALIL:0"),
        R(97, "CALIBRATION_2", 0x1F, "CALM1:4 CALM2:3 CALDAC:2 CALADC:1 CALCM:0"),
        R(98, "CAL_RING_GAIN", 0x10, "CALGMR:4-0"),
        R(99, "CAL_TIP_GAIN", 0x10, "CALGMT:4-0"),
        *(R(n, f"CAL_RESULT_{n}", 0) for n in range(100, 106)),
        R(107, "CAL_DC_PEAK", 0x08, "CMDCPK:3-0"),
        R(108, "ENHANCEMENT", 0, "ILIMEN:7 FSKEN:6 DCSU:5 BIT4:4 BIT3:3 LCVE:2 DCFIL:1 HYSTEN:0"),
    ),
)

ID, PCM_MODE, TXS, RXS, LOOPBACK, AUDIO_GAIN, IMPEDANCE, HYBRID, POWER_DOWN = 0, 1, 2, 4, 8, 9, 10, 11, 14
IRQ_TIMERS, IRQ_LINE, IRQ_MISC = 18, 19, 20
IRQ_TIMERS_ENABLE, IRQ_LINE_ENABLE, IRQ_MISC_ENABLE = 21, 22, 23
DTMF, INDIRECT_LOW, INDIRECT_HIGH, INDIRECT_ADDRESS, INDIRECT_STATUS = 24, 28, 29, 30, 31
OSC1, OSC1_ACTIVE, OSC1_INACTIVE, OSC2, OSC2_ACTIVE, OSC2_INACTIVE, FSK_DATA = 32, 36, 38, 33, 40, 42, 52
RING, DEBOUNCE_RING_PAUSE, LINEFEED, BATTERY_FEED, AUTOMATIC, LOOP_STATUS = 34, 63, 64, 66, 67, 68
DEBOUNCE_LOOP, DEBOUNCE_RING_TRIP, CURRENT_LIMIT, ON_HOOK_VOLTAGE, COMMON_MODE_VOLTAGE = 69, 70, 71, 72, 73
RING_ON_LOW, RING_OFF_LOW, BATTERY_HIGH, POWER_POINTER, POWER = 48, 50, 74, 76, 77
LOOP_VOLTAGE, LOOP_CURRENT, TIP_VOLTAGE, RING_VOLTAGE, BATTERY_VOLTAGE = 78, 79, 80, 81, 82
Q1_CURRENT, Q5_CURRENT, Q6_CURRENT, DCDC_PERIOD, DCDC_CONTROL, CALIBRATION_1, CALIBRATION_2 = 84, 88, 89, 92, 93, 96, 97
CAL_RING_GAIN, CAL_TIP_GAIN, CAL_DC_PEAK, ENHANCEMENT = 98, 99, 107, 108
CALIBRATION_RESULTS = (*range(98, 106), 107)

PART_SI3215_MASK = 0x80  # DR1 PNI2
RTI, LCI, FIRST_POWER_ALARM = 0x01, 0x02, 0x04  # DR19
POWER_ALARMS = 0xFC  # DR19 Q1..Q6
VBAT_LSB_V, LOOP_CURRENT_LSB_MA, LOOP_VOLTAGE_LSB_V, FEED_LSB_V = 0.376, 1.25, 1.5, 1.5
DEBOUNCE_LSB_MS = 1.25


class LineFeed(IntEnum):
    """LF and LFS of DR64 (S15 T21). Bit 2 reverses tip and ring of codes 1 and 2."""

    OPEN = 0
    ACTIVE = 1
    ON_HOOK_TRANSMISSION = 2
    TIP_OPEN = 3
    RINGING = 4
    REVERSE_ACTIVE = 5
    REVERSE_ON_HOOK_TRANSMISSION = 6
    RING_OPEN = 7


def si3215_indirect(number: int) -> int | None:
    """The Si3215's number of a Si3210 indirect register, None where it has none (S15 T34)."""
    for first, last, new in ((13, 22, 0), (26, 40, 13), (41, 41, 64), (43, 43, 66), (99, 104, 69)):
        if first <= number <= last:
            return number - first + new
    return None


# Indirect registers that every port gets, DAHDI's values (hardware.md 2.2); Si3210 numbers. Ringing (IR20-22, 29, 36)
# follows from the country.
INDIRECT_INIT: dict[int, int] = {
    0: 0x55C2, 1: 0x51E6, 2: 0x4B85, 3: 0x4937, 4: 0x3333, 5: 0x0202, 6: 0x0202,
    7: 0x0198, 8: 0x0198, 9: 0x0611, 10: 0x0202, 11: 0x00E5, 12: 0x0A1C,
    13: 0x7B30, 14: 0x0063, 15: 0x0000, 16: 0x7870, 17: 0x007D, 18: 0x0000, 19: 0x0000,
    23: 0x2000, 24: 0x2000, 25: 0x0000,
    26: 0x4000, 27: 0x4000,  # digital gains 0 dB; DAHDI's receive is -6 dB (0x2000)
    28: 0x1000, 30: 0x1000, 31: 0x0200,
    32: 0x07C0, 33: 0x2600, 34: 0x1B80,
    35: 0x8000, 37: 0x008C, 38: 0x0100, 39: 0x0010,
    40: 0x0C00, 41: 0x0C00, 42: 0x1000, 43: 0x0800,
}  # fmt: skip
RING_OFFSET, RING_FREQUENCY, RING_AMPLITUDE, RING_PHASE = 19, 20, 21, 22
RX_GAIN, TX_GAIN, LOOP_ON_THRESHOLD, RING_TRIP_THRESHOLD, RING_TRIP_FILTER, LOOP_OFF_THRESHOLD = 26, 27, 28, 29, 36, 43
POWER_THRESHOLDS, THERMAL_FILTERS = (32, 33, 34), (37, 38, 39)  # of Q1 and Q2, Q3 and Q4, Q5 and Q6
FSK0_X, FSK0, FSK1_X, FSK1 = 99, 100, 101, 102
FLUSHED_UNTIL_CALIBRATED = (35, 36, 37, 38, 39)  # written 0x8000 first, then restored (hardware.md 2.3 step 2)
CLEARED_INDIRECT = (*range(88, 96), 97, *range(194, 212))  # accumulators and scratch
RING_TRIP_THRESHOLD_VALUE = 0x3600  # 34 mA

# Ring-trip filter (IR36) and debounce (DR70) by ringing frequency (S15 T30).
RING_TRIP = {20.0: (0x0320, 0x0B), 25.0: (0x0350, 0x0A), 50.0: (0x06A8, 0x05)}
RING_PEAK_V = 65.0  # leaves 10 V to the high battery of 75 V (S15 2.5.5: at least 7.5 V)


def ring_registers(hz: float) -> dict[int, int]:
    """IR20 (RCO), IR21 (RNGX), IR22, IR29, IR36 for a sine of RING_PEAK_V at a frequency of RING_TRIP."""
    cosine = math.cos(2 * math.pi * hz / 1000)
    amplitude = 0.25 * math.sqrt((1 - cosine) / (1 + cosine)) * 32768 * RING_PEAK_V / 96
    return {
        RING_FREQUENCY: round(cosine * 32768),
        RING_AMPLITUDE: round(amplitude),
        RING_PHASE: 0,
        RING_TRIP_THRESHOLD: RING_TRIP_THRESHOLD_VALUE,
        RING_TRIP_FILTER: RING_TRIP[hz][0],
    }
