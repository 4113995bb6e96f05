"""Audio of a simulated Si3210/15: gains, mutes, slots, loopback, oscillators, DTMF digits. Numbers only, no samples."""

import math
from collections.abc import Callable, Iterator

from firmware.chips.register import RegisterFile
from firmware.chips.si3210 import registers as r
from firmware.chips.simchip import AudioPath, Oscillator, channel, gain

ANALOG_GAIN = (1.0, gain(-3.5), gain(3.5), 0.0)  # DR9
VOLTS_OF_0_DBM0 = 0.7746  # one milliwatt into 600 ohm
DIGITS = {"D": 0, "0": 10, "*": 11, "#": 12, "A": 13, "B": 14, "C": 15} | {str(n): n for n in range(1, 10)}  # DR24


def audio_path(regs: RegisterFile, indirect: Callable[[int], int], *, fed: bool, si3215: bool) -> AudioPath:
    """How the chip passes audio while its clock runs. Audio crosses the line only while it is fed."""
    if regs[r.PCM_MODE] & 0x3C != 0x3C:  # enabled, linear, 16 bit
        return AudioPath()
    levels = regs[r.AUDIO_GAIN]
    to_line = 0.0 if levels & 0x10 or not fed else ANALOG_GAIN[levels & 3] * indirect(r.RX_GAIN) / 0x4000
    to_box = 0.0 if levels & 0x20 or not fed else ANALOG_GAIN[levels >> 2 & 3] * indirect(r.TX_GAIN) / 0x4000
    return AudioPath(
        to_box=channel(regs[r.TXS] | regs[r.TXS + 1] << 8),
        from_box=channel(regs[r.RXS] | regs[r.RXS + 1] << 8),
        gain_to_box=to_box,
        gain_to_line=to_line,
        loopback=bool(regs[r.LOOPBACK] & 0x02),
        oscillators=tuple(_oscillators(regs, indirect, 16_000 if si3215 else 8000)),
        decodes_keys=not si3215 and bool(regs[r.IRQ_MISC_ENABLE] & 0x01),
    )


def _oscillators(regs: RegisterFile, indirect: Callable[[int], int], rate_hz: int) -> Iterator[Oscillator]:
    """Coefficient cos(2 pi f / fs) 2^15, amplitude X = 1/4 sqrt((1-c)/(1+c)) (2^15 - 1) Vrms / 1.11 (IR13-18)."""
    for control, coefficient in ((r.OSC1, 13), (r.OSC2, 16)):
        if not regs[control] & 0x04:
            continue
        cosine = min(indirect(coefficient), 0x7FFF) / 32768
        rms_v = indirect(coefficient + 1) * 4 * 1.11 / 32767 / math.sqrt((1 - cosine) / (1 + cosine))
        yield Oscillator(
            hz=math.acos(cosine) * rate_hz / (2 * math.pi),
            level_dbm0=20 * math.log10(max(rms_v, 1e-6) / VOLTS_OF_0_DBM0),
            to_box=bool(regs[control] & 0x01),
            to_line=bool(regs[control] & 0x02),
        )
