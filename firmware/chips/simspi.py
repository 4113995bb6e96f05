"""What daisy chains of simulated chips have in common, however their frames look: who gets which byte, who answers."""

from collections.abc import Sequence
from typing import Protocol


class ChipRegisters(Protocol):
    """What a frame acts on. `answers` is false for a chip that is mute or in reset; it still hands bytes on."""

    @property
    def answers(self) -> bool: ...
    def read(self, number: int) -> int: ...
    def write(self, number: int, value: int) -> None: ...


class Frames(Protocol):
    """The frame that one chip is in the middle of."""

    def pass_byte(self, byte: int) -> tuple[int | None, int]:
        """A byte comes in: what the chip drives on SDO (None: nothing), and what SDITHRU hands to the next chip."""


class SpiChain:
    """An `SpiDevice`: the chips of one chip select, the first of which gets the bytes from the box."""

    def __init__(self, chips: Sequence[Frames]) -> None:
        self._chips = chips

    def clock_byte(self, byte: int) -> int:
        driven = []
        for chip in self._chips:
            answer, byte = chip.pass_byte(byte)
            driven.append(answer)
        return next((answer for answer in driven if answer is not None), 0xFF)


def access(chip: ChipRegisters, number: int, value: int, *, reads: bool) -> int | None:
    """A frame that is meant for this chip is complete: what it drives."""
    if not chip.answers:
        return None
    if reads:
        return chip.read(number)
    chip.write(number, value)
    return 0
