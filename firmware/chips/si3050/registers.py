"""Registers of the Si3050 and its line side. Read by the driver, the simulator and the log.

Sources: Si3050 data sheet Rev 1.5 pages 28-32 and 76; DAHDI's wctdm24xxp (hardware.md 3.1).
"""

from firmware.chips.register import Register, Registers

R = Register

TABLE = Registers(
    "R",
    (
        R(1, "CONTROL_1", 0, "SR:7"),
        R(2, "CONTROL_2", 0x03, "INTE:7 INTP:6 WDTE:4 RDI:2 HBE:1 RXE:0"),
        R(3, "IRQ_MASK", 0, "RDT:7 ROV:6 FDT:5 BTD:4 DOD:3 LCSO:2 TGD:1 POL:0"),
        R(4, "IRQ_SOURCE", 0, "RDT:7 ROV:6 FDT:5 BTD:4 DOD:3 LCSO:2 TGD:1 POL:0"),
        R(5, "DAA_CONTROL_1", 0, "RDTN:6! RDTP:5! ONHM:3 RDT:2! OH:0"),
        R(6, "DAA_CONTROL_2", 0x10, "PDL:4 PDN:3"),
        R(10, "DAA_CONTROL_3", 0, "DDL:0"),
        R(11, "LINE_SIDE", 0, "LSID:7-4! REVA:3-0!"),
        R(12, "LOOP_STATUS", 0, "FDT:6! LCS:4-0!"),  # LCS in 3.3 mA units
        R(13, "LINE_SIDE_REVISION", 0, "REVB:5-2!"),
        R(15, "TX_RX_MUTE", 0, "TXM:7 RXM:3"),
        R(16, "INTERNATIONAL_1", 0, "OHS:6 IIRE:4 RZ:1 RT:0"),
        R(17, "INTERNATIONAL_2", 0, "MCAL:6 CALD:5 BTE:2 ROV:1 BTD:0"),
        R(18, "INTERNATIONAL_3", 0, "RFWE:1"),
        R(19, "INTERNATIONAL_4", 0, "OVL:2! DOD:1! OPD:0!"),
        R(22, "RING_1", 0x96, "RDLY:7-6 RMX:5-0"),
        R(23, "RING_2", 0x2D, "RDLY2:7 RTO:6-3 RCC:2-0"),
        R(24, "RING_3", 0x19, "RNGV:7 RAS:5-0"),
        R(25, "RESISTOR_CALIBRATION", 0, "RCALS:7! RCALM:6 RCALD:5 RCAL:3-0"),
        R(26, "DC_TERMINATION", 0, "DCV:7-6 MINI:5-4 ILIM:1 DCR:0"),
        R(28, "LOOP_CURRENT", 0, "LCS2:7-0!"),  # 1.1 mA units
        R(29, "LINE_VOLTAGE", 0, "LVS:7-0!"),  # signed, 1 V
        R(30, "AC_TERMINATION", 0, "FULL2:4 ACIM:3-0"),
        R(31, "DAA_CONTROL_5", 0x20, "FULL:7 FOH:6-5 OHS2:3 FILT:1 LVFD:0"),
        R(33, "PCM_MODE", 0, "PCML:7 PCME:5 PCMF:4-3 TRI:0"),
        R(34, "PCM_TXS_LOW", 0),
        R(35, "PCM_TXS_HIGH", 0, "TXS:1-0"),
        R(36, "PCM_RXS_LOW", 0),
        R(37, "PCM_RXS_HIGH", 0, "RXS:1-0"),
        R(38, "TX_GAIN", 0, "TGA2:4 TXG2:3-0"),  # dB, attenuation when bit 4 is set
        R(39, "RX_GAIN", 0, "RGA2:4 RXG2:3-0"),
        R(40, "TX_GAIN_FINE", 0, "TGA3:4 TXG3:3-0"),  # 0.1 dB
        R(41, "RX_GAIN_FINE", 0, "RGA3:4 RXG3:3-0"),
        R(43, "LINE_THRESHOLD", 0),
        R(44, "LINE_THRESHOLD_CONTROL", 0),
        *(R(45 + i, f"HYBRID_{i + 1}", 0) for i in range(8)),
        R(59, "SPARK_QUENCH", 0, "SQ1:6 SQ0:4"),
    ),
)

CONTROL_1, CONTROL_2, IRQ_MASK, IRQ_SOURCE, DAA_CONTROL_1, DAA_CONTROL_2 = 1, 2, 3, 4, 5, 6
DAA_CONTROL_3, LINE_SIDE, LOOP_STATUS, TX_RX_MUTE = 10, 11, 12, 15
INTERNATIONAL_1, INTERNATIONAL_2, INTERNATIONAL_3, INTERNATIONAL_4 = 16, 17, 18, 19
RING_1, RING_2, RING_3, RESISTOR_CALIBRATION, DC_TERMINATION = 22, 23, 24, 25, 26
LOOP_CURRENT, LINE_VOLTAGE, AC_TERMINATION, DAA_CONTROL_5, PCM_MODE = 28, 29, 30, 31, 33
PCM_TXS_LOW, PCM_RXS_LOW, TX_GAIN, RX_GAIN, TX_GAIN_FINE, RX_GAIN_FINE, SPARK_QUENCH = 34, 36, 38, 39, 40, 41, 59

SOFT_RESET = 0x80
INTE = 0x80
RESET_CONTROL_2 = 0x03
RING, LINK, DROPOUT, OVERLOAD, POLARITY = 0x80, 0x20, 0x08, 0x04, 0x01  # R3 and R4
RDTN, RDTP, ONHM, RDT, OFF_HOOK = 0x40, 0x20, 0x08, 0x04, 0x01  # R5
LINK_UP = 0x40  # R12 FDT
LOOP_CURRENT_LSB_MA = 3.3
LINE_SIDES = {1: "Si3018", 3: "Si3019"}

# Validated ring detection. 10 Hz to about 80 Hz; confirmed after 256 ms and over 640 ms after the burst, so that both
# the British 400/200/400 (ZA's R23 of the X2 table has the same reason) and long bursts give one ring each.
RING_VALUES = {RING_1: 0x16, RING_2: 0x2B, RING_3: 0x99}
RING_CONFIRM_MS = (100, 150, 200, 256, 384, 512, 640, 1024)  # RCC
RING_TIMEOUT_MS = (80, *(128 * step for step in range(1, 16)))  # RTO
OFF_HOOK_COUNTER_MS = (512, 128, 64, 8)  # FOH
