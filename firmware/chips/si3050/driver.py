"""Driver of an Si3050 with Si3018/19: one line to the exchange. Says what the line shows, holds it or lets it go.

Not responsible for what ringing, battery or polarity mean to a call (`firmware/lines`) nor for when to start again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from firmware.chips import ChipError
from firmware.chips.si3050 import registers as r
from firmware.hal import ChipSelect
from firmware.telephony.country import DaaValues

WRITE, READ = 0x20, 0x60
SOFT_RESET_S = 0.1  # DAHDI wctdm24xxp
LINK_TIMEOUT_S, LINK_LOOK_S = 2.0, 0.1
SLOT_BITS = 16  # linear samples, one slot each (hardware.md section 6)
NO_ANSWER = "the chip does not answer: check its power, chip select and reset"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a port needs to know: its TDM slot (0..) and the country's line."""

    slot: int
    daa: DaaValues


@dataclass(frozen=True, slots=True)
class Interrupts:
    """What R4 held."""

    ring: bool
    link: bool
    dropout: bool
    polarity: bool

    @property
    def any(self) -> bool:
        return self.ring or self.link or self.dropout or self.polarity


@dataclass(frozen=True, slots=True)
class LineStatus:
    """What the line shows: volts signed, 0 without battery; ringing validated by the chip."""

    volts: int
    current_ma: float
    ringing: bool
    off_hook: bool


class Si3050:
    """One chip of the daisy chain, `cid` its place. All but `start` is a few bus accesses; BusError, ChipError."""

    def __init__(
        self,
        name: str,
        chip_select: ChipSelect,
        cid: int,
        setting: Setting,
        release_reset: Callable[[], Awaitable[None]],
    ) -> None:
        self.name = f"{name} (Si3050)"
        self._bus, self._setting, self._release_reset = chip_select, setting, release_reset
        self._cid_bits = int(f"{cid:04b}"[::-1], 2)  # CID's lowest bit goes in bit 3 (data sheet page 1)

    async def start(self) -> None:
        """Soft reset, country, link to the line side, PCM; then on-hook with caller ID audio and interrupts on."""
        await self._release_reset()
        control = self._read(r.CONTROL_2)
        if control & r.RESET_CONTROL_2 != r.RESET_CONTROL_2 or control == 0xFF:
            raise self._unexpected(r.CONTROL_2, control, "0x03")
        self._write(r.CONTROL_1, r.SOFT_RESET)
        await asyncio.sleep(SOFT_RESET_S)
        if (control := self._read(r.CONTROL_2)) != r.RESET_CONTROL_2:
            raise self._unexpected(r.CONTROL_2, control, "0x03 after a soft reset")
        self._write_all(self._country())
        self._write(r.DAA_CONTROL_2, 0)
        await self._link()
        self._write_all(
            {
                r.PCM_MODE: 0xB9,  # enabled, linear, released on the falling edge
                r.DAA_CONTROL_1: r.ONHM,
                r.IRQ_SOURCE: 0,
                r.IRQ_MASK: r.RING | r.LINK | r.DROPOUT | r.POLARITY,
                r.CONTROL_2: r.RESET_CONTROL_2 | r.INTE | 0x04,  # RDI: the end of a ring interrupts too
            }
        )
        self._verify(self._country())
        log.info("%s: up", self.name)

    def _country(self) -> dict[int, int]:
        daa, start = self._setting.daa, self._setting.slot * SLOT_BITS + 1  # DSP_A: one PCLK after FSYNC
        return r.RING_VALUES | {
            r.INTERNATIONAL_1: daa.r16,
            r.DC_TERMINATION: daa.r26,
            r.AC_TERMINATION: daa.r30,
            r.DAA_CONTROL_5: 0xE3 | (daa.r31 & 0x08),  # FOH 8 ms: quick enough for flash and pulses
            r.SPARK_QUENCH: daa.r59,
            r.INTERNATIONAL_2: 0x20,  # CALD: no 256 ms calibration at each off-hook
            r.RESISTOR_CALIBRATION: 0x20,  # RCALD, likewise
            r.PCM_TXS_LOW: start & 0xFF,
            r.PCM_TXS_LOW + 1: start >> 8,
            r.PCM_RXS_LOW: start & 0xFF,
            r.PCM_RXS_LOW + 1: start >> 8,
        }

    async def _link(self) -> None:
        """Wait for the line side behind the isolation."""
        for _ in range(round(LINK_TIMEOUT_S / LINK_LOOK_S)):
            await asyncio.sleep(LINK_LOOK_S)
            if self._read(r.LINE_SIDE) & 0xF0:
                return
        advice = "no answer across the isolation: check the line side chip and its supply"
        raise self._unexpected(r.LINE_SIDE, self._read(r.LINE_SIDE), "a line side within 2 s", advice)

    def hook(self, off: bool) -> None:
        """Seize (True) or release the line. On-hook monitoring stays on, as DAHDI has it (hardware.md section 8.12)."""
        self._write(r.DAA_CONTROL_1, r.ONHM | (r.OFF_HOOK if off else 0))

    def take_interrupts(self) -> Interrupts:
        """Read and clear the sources of the interrupt pin."""
        value = self._read(r.IRQ_SOURCE)
        if value == 0xFF:
            raise self._unexpected(r.IRQ_SOURCE, value, "fewer sources at once")
        if value:
            self._write(r.IRQ_SOURCE, ~value & 0xFF)
        return Interrupts(bool(value & r.RING), bool(value & r.LINK), bool(value & r.DROPOUT), bool(value & r.POLARITY))

    def status(self) -> LineStatus:
        """In one transfer. Raises ChipError when the chip was reset or its line side is lost."""
        control, loop, volts = self._read_all(r.DAA_CONTROL_1, r.LOOP_STATUS, r.LINE_VOLTAGE)
        if control & 0x02 or not control & r.ONHM:  # b1 never is, b3 always is set
            raise self._unexpected(r.DAA_CONTROL_1, control, "ONHM=1", "the chip was reset; it is started again")
        if not loop & r.LINK_UP:
            raise self._unexpected(r.LOOP_STATUS, loop, "FDT=1", "the link across the isolation is lost")
        return LineStatus(
            volts=volts - 256 if volts & 0x80 else volts,
            current_ma=(loop & 0x1F) * r.LOOP_CURRENT_LSB_MA,
            ringing=bool(control & r.RDT),
            off_hook=bool(control & r.OFF_HOOK),
        )

    # ---- bus ----
    def _read(self, number: int) -> int:
        return self._read_all(number)[0]

    def _read_all(self, *numbers: int) -> bytes:
        """Several registers, in that order, in one transfer."""
        return self._bus.exchange(*(bytes((READ | self._cid_bits, number, 0)) for number in numbers))[2::3]

    def _write(self, number: int, value: int) -> None:
        self._write_all({number: value})

    def _write_all(self, values: dict[int, int]) -> None:
        self._bus.exchange(*(bytes((WRITE | self._cid_bits, number, value)) for number, value in values.items()))

    def _verify(self, values: dict[int, int]) -> None:
        for (number, value), found in zip(values.items(), self._read_all(*values), strict=True):
            present = r.TABLE[number].writable
            if found & present != value & present:
                advice = "bytes are corrupted on the SPI bus: check wiring and clock rate"
                raise self._unexpected(number, found, f"0x{value & present:02X}", advice)

    def _unexpected(self, number: int, value: int, expected: str, advice: str = "") -> ChipError:
        if value == 0xFF:
            advice = NO_ANSWER
        return ChipError(self.name, f"{r.TABLE.describe(number, value)}, expected {expected}", advice)
