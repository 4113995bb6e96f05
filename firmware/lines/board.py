"""The line board: all ports of a board file, their chips started and kept up, interrupts handed out, a slow scan.

A chip that does not answer takes only its own port out of service. Not responsible for what calls do with a port.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence

from firmware.chips import ChipError
from firmware.chips.si3050.driver import Setting as DaaSetting
from firmware.chips.si3050.driver import Si3050
from firmware.chips.si3210.driver import Setting as SlicSetting
from firmware.chips.si3210.driver import Si321x
from firmware.hal import BusError, ChipSelect, Gpio, Spi
from firmware.hal.open import Hal
from firmware.lines.boardfile import BoardFile, PortSpec
from firmware.lines.fxo import DaaPort
from firmware.lines.fxs import SlicPort
from firmware.lines.ring_power import RingPower
from firmware.telephony.country import Country

SCAN_S = 0.25
THOROUGH_EVERY = 8  # scans: two seconds
RESET_LOW_S, RESET_WAIT_S = 0.001, 0.01  # S15 T9: 100 ns; hardware.md 2.3: 10 ms
INTERRUPT_ROUNDS = 8  # a pin still low after so many was not pulled by a chip that we know
LIFELINE = "lifeline"

log = logging.getLogger(__name__)


class LineBoard:
    """`fxs` and `fxo` are there at once, out of service until `start` has brought their chips up.

    `scan_count` grows with each scan of all ports: the heartbeat of the lines.
    """

    def __init__(self, board: BoardFile, hal: Hal, country: Country) -> None:
        self._board, self._hal, self._country = board, hal, country
        self._power = RingPower()
        self.fxs = {spec.name: self._slic_port(spec) for spec in board.fxs}
        self.fxo = {spec.name: self._daa_port(spec) for spec in board.fxo}
        self.scan_count = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def _ports(self) -> list[SlicPort | DaaPort]:
        return [*self.fxs.values(), *self.fxo.values()]

    @property
    def _spi(self) -> Spi:
        return self._hal.spi

    @property
    def _gpio(self) -> Gpio:
        return self._hal.gpio

    def _slic_port(self, spec: PortSpec) -> SlicPort:
        setting = SlicSetting(spec.slot, self._country.slic, si3215=spec.chip == "si3215")
        chip = Si321x(spec.name, ChipSelect(self._spi, spec.cs), setting, self._released("reset_slic"))
        return SlicPort(spec.name, spec.slot, chip, self._country, self._power)

    def _daa_port(self, spec: PortSpec) -> DaaPort:
        setting = DaaSetting(spec.slot, self._country.daa)
        chip = Si3050(spec.name, ChipSelect(self._spi, spec.cs), spec.cid, setting, self._released("reset_daa"))
        return DaaPort(spec.name, spec.slot, chip, self._country)

    def _released(self, pin: str) -> Callable[[], Awaitable[None]]:
        """Lets a reset pin go high where it is not: after a power cut of the board the pins are low."""

        async def release() -> None:
            if not self._gpio.read(pin):
                self._gpio.write(pin, True)
            await asyncio.sleep(RESET_WAIT_S)

        return release

    async def start(self) -> None:
        """Reset and start all chips, at once; returns when each has been tried. The PCM clock must be running."""
        self._gpio.on_fall("int_slic", lambda: self._interrupt("int_slic", list(self.fxs.values())))
        self._gpio.on_fall("int_daa", lambda: self._interrupt("int_daa", list(self.fxo.values())))
        await self._reset()
        ports = self._ports
        self._tasks = [asyncio.create_task(port.upkeep.run(), name=f"upkeep {port.name}") for port in ports]
        self._tasks.append(asyncio.create_task(self._scan_for_ever(), name="line scan"))
        for port in ports:
            await port.upkeep.tried.wait()
        self._connect_lifeline(all(port.in_service for port in ports))

    async def _reset(self) -> None:
        """A clean start for every chip; those that were up (the program restarted) keep their calibration."""
        try:
            for port in self.fxs.values():
                with contextlib.suppress(ChipError):
                    port.chip.keep_calibration()
            for level in (False, True):
                for pin in ("reset_slic", "reset_daa"):
                    self._gpio.write(pin, level)
                await asyncio.sleep(RESET_LOW_S)
        except BusError as error:
            log.warning("%s; the lines come up when it is there", error)

    def _connect_lifeline(self, well: bool) -> None:
        """Take the emergency telephone from the line, now that the box serves both (hardware.md section 7)."""
        if LIFELINE in self._board.pins and well:
            with contextlib.suppress(BusError):
                self._gpio.write(LIFELINE, True)

    async def close(self) -> None:
        """Open all lines; with the reset pins low the chips are powered down and the lifeline is through."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for port in self._ports:
            port.close()
        with contextlib.suppress(BusError):
            for pin in ("reset_slic", "reset_daa", LIFELINE):
                if pin in self._board.pins:
                    self._gpio.write(pin, False)
        self._hal.close()

    def check_clocks(self) -> None:
        """The PCM clock had a gap: see at once which chips lost their state or battery."""
        self._scan(thorough=True)

    def _interrupt(self, pin: str, ports: Sequence[SlicPort | DaaPort]) -> None:
        """The pin stays low while any chip has a source: ask them all until it is free."""
        try:
            for _ in range(INTERRUPT_ROUNDS):
                for port in ports:
                    port.on_interrupt()
                if self._gpio.read(pin):
                    return
        except BusError as error:
            log.warning("%s", error)
            return
        log.warning("%s stays low; the scan looks after the lines", pin)

    async def _scan_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SCAN_S)
            self.scan_count += 1
            self._scan(thorough=self.scan_count % THOROUGH_EVERY == 0)

    def _scan(self, *, thorough: bool) -> None:
        for port in self._ports:
            port.scan(thorough)
