"""Register access to an Si3210 or Si3215 over SPI: direct and indirect, with the checks that a bus needs.

Not responsible for what is written where: that is `driver.py` and `bring_up.py`.
"""

import asyncio
import logging

from firmware.chips import ChipError
from firmware.chips.si3210 import registers as r
from firmware.hal import ChipSelect

READ = 0x80
INDIRECT_WAIT_S = 1e-4  # one access takes 62.5 us (S15 section 4)
INDIRECT_TRIES = 20

log = logging.getLogger(__name__)


class Si321xRegisters:
    """One chip's registers. `si3215` decides the numbers of its indirect registers: expected first, then seen."""

    def __init__(self, name: str, chip_select: ChipSelect, *, si3215: bool) -> None:
        self.name, self.si3215 = name, si3215
        self._bus = chip_select

    @property
    def chip(self) -> str:
        """For messages: port and part."""
        return f"{self.name} ({'Si3215' if self.si3215 else 'Si3210'})"

    def read(self, number: int) -> int:
        return self.read_all(number)[0]

    def read_all(self, *numbers: int) -> bytes:
        """Several registers, in that order, in one transfer."""
        return self._bus.exchange(*(bytes((number | READ, 0)) for number in numbers))[1::2]

    def write(self, number: int, value: int) -> None:
        self.write_all((number, value))

    def write_all(self, *registers: tuple[int, int]) -> None:
        """Numbers and values, in that order, in one transfer."""
        self._bus.exchange(*map(bytes, registers))

    def expect(self, number: int, expected: int, advice: str = "") -> None:
        """Read a register that must have this content. Raises ChipError."""
        value = self.read(number)
        if value != expected:
            raise self.unexpected(number, value, f"0x{expected:02X}", advice)

    def unexpected(self, number: int, value: int, expected: str, advice: str = "") -> ChipError:
        if value == 0xFF and not advice:
            advice = "the chip does not answer: check its power, chip select and reset"
        return ChipError(self.chip, f"{r.DIRECT.describe(number, value)}, expected {expected}", advice)

    async def write_indirect(self, number: int, value: int) -> None:
        """Write an IR by its Si3210 number; nothing happens where the Si3215 has none. Raises ChipError."""
        address = self._address(number)
        if address is None:
            return
        await self._indirect_free()
        self.write_all((r.INDIRECT_LOW, value & 0xFF), (r.INDIRECT_HIGH, value >> 8), (r.INDIRECT_ADDRESS, address))

    async def read_indirect(self, number: int) -> int | None:
        """Content of an IR by its Si3210 number, None where the Si3215 has none. Raises ChipError."""
        address = self._address(number)
        if address is None:
            return None
        await self._indirect_free()
        self.write(r.INDIRECT_ADDRESS, address)
        await self._indirect_free()
        return int.from_bytes(self.read_all(r.INDIRECT_LOW, r.INDIRECT_HIGH), "little")

    async def verify_indirect(self, number: int, value: int) -> None:
        found = await self.read_indirect(number)
        if found is not None and found != value:
            raise ChipError(
                self.chip,
                f"IR{number}=0x{found:04X} after writing 0x{value:04X}",
                "bytes are corrupted on the SPI bus: check wiring and clock rate",
            )

    def _address(self, number: int) -> int | None:
        listed = number in r.INDIRECT_INIT or r.RING_OFFSET <= number <= r.LOOP_OFF_THRESHOLD
        return r.si3215_indirect(number) if self.si3215 and listed else number

    async def _indirect_free(self) -> None:
        for _ in range(INDIRECT_TRIES):
            if not self.read(r.INDIRECT_STATUS) & 1:
                return
            await asyncio.sleep(INDIRECT_WAIT_S)
        raise ChipError(
            self.chip,
            f"{r.DIRECT.describe(r.INDIRECT_STATUS, self.read(r.INDIRECT_STATUS))}: never free",
            "the PCM clock does not run: the sound card must be open before the chips start",
        )
