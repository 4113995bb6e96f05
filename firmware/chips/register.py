"""Register tables of chips: one table is read by the driver, by the simulator and by whatever writes a log line.

A table row is `Register(number, name, reset, "FIELD:7 OTHER:5-3 READONLY:0!")`; bits that no field names are reserved:
they read 0 and ignore writes, as do the bits of fields marked `!`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    shift: int
    width: int
    read_only: bool

    @property
    def mask(self) -> int:
        return ((1 << self.width) - 1) << self.shift


def _parse_field(text: str) -> Field:
    name, _, bits = text.partition(":")
    high, _, low = bits.rstrip("!").partition("-")
    shift = int(low or high)
    return Field(name, shift, int(high) - shift + 1, bits.endswith("!"))


@dataclass(frozen=True, slots=True)
class Register:
    """One 8-bit register. `layout` empty: eight plain bits that may be written."""

    number: int
    name: str
    reset: int
    layout: str = "value:7-0"
    fields: tuple[Field, ...] = field(init=False)
    present: int = field(init=False)  # bits that exist
    writable: int = field(init=False)  # bits that a write changes

    def __post_init__(self) -> None:
        fields = tuple(_parse_field(text) for text in self.layout.split())
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "present", sum(f.mask for f in fields))
        object.__setattr__(self, "writable", sum(f.mask for f in fields if not f.read_only))

    def value(self, name: str, raw: int) -> int:
        """The value of a field within the register's content."""
        found = next(f for f in self.fields if f.name == name)
        return (raw & found.mask) >> found.shift

    def describe(self, raw: int) -> str:
        """For a log line: `64 LINEFEED=0x11 (LFS=1 LF=1)`."""
        parts = " ".join(f"{f.name}={(raw & f.mask) >> f.shift}" for f in self.fields)
        return f"{self.number} {self.name}=0x{raw:02X}" + ("" if self.layout == "value:7-0" else f" ({parts})")


class Registers:
    """A chip's table, by number."""

    def __init__(self, prefix: str, rows: Iterable[Register]) -> None:
        self.prefix = prefix
        self._rows = {row.number: row for row in rows}

    def __getitem__(self, number: int) -> Register:
        return self._rows[number]

    def __contains__(self, number: int) -> bool:
        return number in self._rows

    def __iter__(self) -> Iterator[Register]:
        return iter(self._rows.values())

    def describe(self, number: int, raw: int) -> str:
        """`DR64 LINEFEED=0x11 (LFS=1 LF=1)`."""
        return self.prefix + (self[number].describe(raw) if number in self else f"{number}=0x{raw:02X}")


class RegisterFile:
    """The registers of one simulated chip: content by number, writes masked as the table says."""

    def __init__(self, table: Registers) -> None:
        self.table = table
        self._content: dict[int, int] = {}
        self.reset()

    def reset(self) -> None:
        self._content = {row.number: row.reset for row in self.table}

    def __getitem__(self, number: int) -> int:
        return self._content.get(number, 0)

    def __setitem__(self, number: int, value: int) -> None:
        """Set what the chip itself sets: read-only bits too."""
        self._content[number] = value & self.table[number].present

    def write(self, number: int, value: int) -> None:
        """What an SPI write does: reserved and read-only bits keep their content, unknown registers ignore it."""
        if number in self.table:
            writable = self.table[number].writable
            self._content[number] = (self._content[number] & ~writable) | (value & writable)
