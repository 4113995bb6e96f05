"""Audio of a simulated Si3210/15: gains, mutes, slots, loopbacks. Numbers only, no samples."""

from collections.abc import Callable, Sequence

from firmware.chips.register import RegisterFile
from firmware.chips.si3210 import registers as r
from firmware.chips.si3210.sim_osc import Oscillators
from firmware.chips.simchip import AudioPath, Coding, Shift, Slots, gain, slot_start

ANALOG_GAIN = (1.0, gain(-3.5), gain(3.5), 0.0)  # DR9
UNITY = 0x4000  # IR26, IR27
DIGITS = {"D": 0, "0": 10, "*": 11, "#": 12, "A": 13, "B": 14, "C": 15} | {str(n): n for n in range(1, 10)}  # DR24
CODINGS = {0: Coding.A_LAW, 1: Coding.MU_LAW, 3: Coding.LINEAR}  # PCMF


def audio_path(
    regs: RegisterFile, indirect: Callable[[int], int], oscillators: Oscillators, *, fed: bool, si3215: bool
) -> AudioPath:
    """How the chip passes audio while its clock runs. Audio crosses the line only while it is fed."""
    levels = regs[r.AUDIO_GAIN]
    from_line, to_line = ANALOG_GAIN[levels >> 2 & 3] * fed, ANALOG_GAIN[levels & 3] * fed
    transmit, receive = indirect(r.TX_GAIN) / UNITY, indirect(r.RX_GAIN) / UNITY
    modem: Sequence[Shift] | None = oscillators.modem
    return AudioPath(
        slots=_slots(regs),
        gain_to_box=0.0 if levels & 0x20 else from_line * transmit,
        gain_to_line=0.0 if levels & 0x10 else to_line * receive,
        loopback=bool(regs[r.LOOPBACK] & 0x02),
        line_loopback=_line_loopback(regs[r.LOOPBACK], from_line * to_line, transmit * receive),
        oscillators=tuple(oscillators.sounding()),
        modem=modem,
        decodes_keys=not si3215,
    )


def _slots(regs: RegisterFile) -> Slots:
    mode = regs[r.PCM_MODE]
    coding = CODINGS.get(mode >> 3 & 3)
    whole = bool(mode & 0x04)  # PCMT: 16-bit transfers
    if not mode & 0x20 or coding is None or whole is not (coding is Coding.LINEAR):
        return Slots()
    return Slots(
        transmit=slot_start(regs[r.TXS] | regs[r.TXS + 1] << 8),
        receive=slot_start(regs[r.RXS] | regs[r.RXS + 1] << 8),
        coding=coding,
        releases_early=bool(mode & 0x01),
    )


def _line_loopback(control: int, analog: float, digital: float) -> float:
    """ALM1 turns round at the converters, ALM2 behind the digital filters and gains (S15 DR8)."""
    if control & 0x04:
        return analog * digital
    return analog if control & 0x01 else 0.0
