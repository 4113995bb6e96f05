"""SPI and pins of a real board through python-periphery (spidev and the GPIO character device).

Edges of a pin make its file descriptor readable: the event loop waits on it beside everything else.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from periphery import GPIO, SPI, GPIOError, SPIError

from firmware.hal import BusError

SPI_MODE = 3  # hardware.md section 1


class LinuxSpi:
    """One spidev node per chip select. `devices` maps its number to the node, e.g. {0: "/dev/spidev1.0"}."""

    def __init__(self, devices: Mapping[int, str], speed_hz: int) -> None:
        try:
            self._nodes = {cs: SPI(node, SPI_MODE, speed_hz) for cs, node in devices.items()}
        except SPIError as error:
            raise BusError(f"SPI: {error}") from error

    def transfer(self, cs: int, frames: Sequence[bytes]) -> bytes:
        try:
            node = self._nodes[cs]
            return b"".join(bytes(node.transfer(frame)) for frame in frames)
        except KeyError:
            raise BusError(f"SPI: no chip select {cs}; the board has {sorted(self._nodes)}") from None
        except SPIError as error:
            raise BusError(f"SPI chip select {cs}: {error}") from error

    def close(self) -> None:
        for node in self._nodes.values():
            node.close()


class LinuxGpio:
    """Named pins. `outputs` and `inputs` map names to (chip node, line offset), e.g. ("/dev/gpiochip2", 15)."""

    def __init__(self, outputs: Mapping[str, tuple[str, int]], inputs: Mapping[str, tuple[str, int]]) -> None:
        self._watched: list[int] = []
        try:
            self._pins = {name: GPIO(*where, "out") for name, where in outputs.items()}
            self._pins |= {name: GPIO(*where, "in", edge="falling") for name, where in inputs.items()}
        except (GPIOError, LookupError) as error:
            raise BusError(f"GPIO: {error}") from error

    def write(self, name: str, level: bool) -> None:
        try:
            self._pins[name].write(level)
        except (KeyError, GPIOError) as error:
            raise BusError(f"pin {name}: {error}") from error

    def read(self, name: str) -> bool:
        try:
            return bool(self._pins[name].read())
        except (KeyError, GPIOError) as error:
            raise BusError(f"pin {name}: {error}") from error

    def on_fall(self, name: str, callback: Callable[[], None]) -> None:
        pin = self._pins[name]

        def edge() -> None:
            pin.read_event()
            callback()

        asyncio.get_running_loop().add_reader(pin.fd, edge)
        self._watched.append(pin.fd)

    def close(self) -> None:
        for fd in self._watched:
            asyncio.get_running_loop().remove_reader(fd)
        self._watched.clear()
        for pin in self._pins.values():
            pin.close()
