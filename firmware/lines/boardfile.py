"""The board file `board/<name>/board.toml`: which chips hang where. Facts only; nothing is opened here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BOARDS = Path(__file__).parents[2] / "board"
FXS_CHIPS, FXO_CHIPS = ("si3210", "si3215"), ("si3050",)


class BoardFileError(ValueError):
    """No such board, or its file is wrong; the message names the key, the value and what is allowed."""


@dataclass(frozen=True, slots=True)
class PortSpec:
    """One port: its chip, chip select, place in a daisy chain and TDM slot (both from 0)."""

    name: str
    chip: str
    cs: int
    slot: int
    cid: int = 0

    @property
    def is_fxs(self) -> bool:
        return self.chip in FXS_CHIPS


@dataclass(frozen=True, slots=True)
class PcmSpec:
    """The sound card: back end, 8 kHz channels and samples of one period. Card names where the back end is `alsa`."""

    backend: str
    channels: int
    period_samples: int
    capture: str = ""
    playback: str = ""


@dataclass(frozen=True, slots=True)
class PinSpec:
    """A pin of a GPIO chip; no chip on the simulated board."""

    chip: str = ""
    line: int = 0
    input: bool = False


@dataclass(frozen=True, slots=True)
class SpiSpec:
    """spidev nodes by chip-select number."""

    nodes: tuple[str, ...] = ()
    speed_hz: int = 2_000_000


@dataclass(frozen=True, slots=True)
class BoardFile:
    name: str
    hal: str  # "sim" or "linux"
    pcm: PcmSpec
    pins: Mapping[str, PinSpec]
    ports: tuple[PortSpec, ...]
    spi: SpiSpec = field(default_factory=SpiSpec)

    @property
    def fxs(self) -> tuple[PortSpec, ...]:
        return tuple(port for port in self.ports if port.is_fxs)

    @property
    def fxo(self) -> tuple[PortSpec, ...]:
        return tuple(port for port in self.ports if not port.is_fxs)


def board_names() -> tuple[str, ...]:
    return tuple(sorted(file.parent.name for file in BOARDS.glob("*/board.toml")))


def load_board(name: str) -> BoardFile:
    """Read a board's file. Raises BoardFileError."""
    if name not in board_names():
        raise BoardFileError(f"board {name}: allowed are {', '.join(board_names())}")
    with (BOARDS / name / "board.toml").open("rb") as file:
        return board_from(tomllib.load(file))


def board_from(data: dict[str, Any]) -> BoardFile:
    try:
        spi = data.get("spi", {})
        board = BoardFile(
            name=data["name"],
            hal=data["hal"],
            pcm=PcmSpec(**data["pcm"]),
            pins={name: PinSpec(**pin) for name, pin in data["pins"].items()},
            ports=tuple(PortSpec(**port) for port in data["port"]),
            spi=SpiSpec(tuple(spi["nodes"]), spi["speed_hz"]) if spi else SpiSpec(),
        )
    except KeyError as missing:
        raise BoardFileError(f"board file: the key {missing.args[0]} is missing") from missing
    except TypeError as wrong:
        raise BoardFileError(f"board file: {wrong}") from wrong
    _check(board)
    return board


def _check(board: BoardFile) -> None:
    places = set()
    for port in board.ports:
        if port.chip not in FXS_CHIPS + FXO_CHIPS:
            allowed = ", ".join(FXS_CHIPS + FXO_CHIPS)
            raise BoardFileError(f"board {board.name}, port {port.name}: chip {port.chip}; allowed are {allowed}")
        if not 0 <= port.slot < board.pcm.channels:
            raise BoardFileError(f"board {board.name}, port {port.name}: slot {port.slot}; 0-{board.pcm.channels - 1}")
        places |= {("name", port.name), ("slot", port.slot), ("place", (port.cs, port.cid))}
        if any(other.is_fxs and other.cs == port.cs and other is not port for other in board.ports):
            raise BoardFileError(
                f"board {board.name}, port {port.name}: chip select {port.cs} is a telephone chip's, which shares it "
                "with no other"
            )
    if len(places) != 3 * len(board.ports):
        raise BoardFileError(f"board {board.name}: two ports share a name, a slot or a chip select and CID")
