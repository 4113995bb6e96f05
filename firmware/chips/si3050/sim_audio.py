"""Audio of a simulated Si3050: slots, gains of R38-41, mutes of R15, loopback DDL. Numbers only, no samples."""

from firmware.chips.register import RegisterFile
from firmware.chips.si3050 import registers as r
from firmware.chips.simchip import AudioPath, Coding, Slots, gain, slot_start

CODINGS = {(0, 0): Coding.A_LAW, (0, 1): Coding.MU_LAW, (1, 3): Coding.LINEAR}  # PCML, PCMF


def audio_path(regs: RegisterFile, *, off_hook: bool, deaf: bool) -> AudioPath:
    """How the chip passes audio. On-hook the line is only heard (ONHM); `deaf` while the converter is calibrated."""
    heard = (off_hook or regs[r.DAA_CONTROL_1] & r.ONHM) and not deaf
    mutes = regs[r.TX_RX_MUTE]
    return AudioPath(
        slots=_slots(regs),
        # R39/41 set the way from the line (receive), R38/40 the way to it.
        gain_to_box=_gain(regs, r.RX_GAIN, r.RX_GAIN_FINE) if heard and not mutes & 0x08 else 0.0,
        gain_to_line=_gain(regs, r.TX_GAIN, r.TX_GAIN_FINE) if off_hook and not mutes & 0x80 else 0.0,
        loopback=bool(regs[r.DAA_CONTROL_3] & 0x01),
    )


def _slots(regs: RegisterFile) -> Slots:
    mode = regs[r.PCM_MODE]
    coding = CODINGS.get((mode >> 7, mode >> 3 & 3))
    if not mode & 0x20 or coding is None:
        return Slots()
    return Slots(
        transmit=slot_start(regs[r.PCM_TXS_LOW] | regs[r.PCM_TXS_LOW + 1] << 8),
        receive=slot_start(regs[r.PCM_RXS_LOW] | regs[r.PCM_RXS_LOW + 1] << 8),
        coding=coding,
        releases_early=bool(mode & 0x01),
    )


def _gain(regs: RegisterFile, coarse: int, fine: int) -> float:
    """Decibels, and tenths of them; bit 4 attenuates."""
    total = 0.0
    for number, unit in ((coarse, 1.0), (fine, 0.1)):
        value = regs[number]
        total += (-1 if value & 0x10 else 1) * (value & 0x0F) * unit
    return gain(total)
