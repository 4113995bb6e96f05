"""The simulated board in the test's own process and in its virtual time: real drivers straight on the chip models.

Not responsible for audio: `Copper.period` passes one period when a test wants some.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from firmware.hal.open import Hal
from firmware.lines.board import LineBoard
from firmware.lines.boardfile import BoardFile, load_board
from firmware.simboard.audio import SimPort
from firmware.simboard.board import Board
from firmware.simboard.office import Office
from firmware.simboard.telephone import Telephone
from firmware.telephony.country import Country, load_country


class DirectBus:
    """`Spi` and `Gpio` on a Board; moves it on with the loop's clock."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._on_fall: dict[str, list[Callable[[], None]]] = {}
        self._timer: asyncio.TimerHandle | None = None
        board.on_fall = self._fell

    def advance(self) -> None:
        """To the present; and again when the board's next timer is due."""
        loop = asyncio.get_running_loop()
        self._board.advance(loop.time())
        if self._timer is not None:
            self._timer.cancel()
        due_s = self._board.timers.next_s()
        self._timer = loop.call_at(due_s, self.advance) if due_s < float("inf") else None

    def transfer(self, cs: int, frames: Sequence[bytes]) -> bytes:
        self.advance()
        reply = self._board.transfer(cs, iter(frames))
        self.advance()
        return reply

    def write(self, name: str, level: bool) -> None:
        self.advance()
        self._board.write_pin(name, level)
        self.advance()

    def read(self, name: str) -> bool:
        self.advance()
        return self._board.read_pin(name)

    def on_fall(self, name: str, callback: Callable[[], None]) -> None:
        self._on_fall.setdefault(name, []).append(callback)

    def _fell(self, name: str) -> None:
        for callback in self._on_fall.get(name, ()):
            asyncio.get_running_loop().call_soon(callback)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


@dataclass
class Copper:
    """The lines of a box and what hangs on them. `heard` has each port's events in order."""

    lines: LineBoard
    board: Board
    bus: DirectBus
    heard: dict[str, list[object]] = field(default_factory=dict)

    def telephone(self, name: str) -> Telephone:
        """The telephone as it is now: ask anew for each thing done to it."""
        self.bus.advance()
        return self.board.telephones[name]

    def office(self, name: str) -> Office:
        """The exchange's end as it is now: ask anew for each thing done to it."""
        self.bus.advance()
        return self.board.offices[name]

    def sim(self, name: str) -> SimPort:
        return self.board.ports[name]

    async def after(self, seconds: float) -> None:
        """Let so much time pass, whatever was done to the models before."""
        self.bus.advance()
        await asyncio.sleep(seconds)

    def take(self, name: str) -> list[object]:
        """The port's events since the last time."""
        events, self.heard[name] = self.heard[name], []
        return events


@contextlib.asynccontextmanager
async def copper(
    country: Country | str = "US",
    spec: BoardFile | None = None,
    before: Callable[[Board], None] = lambda board: None,
    clock: bool = True,
) -> AsyncIterator[Copper]:
    """A started line board on simulated chips. `before` may put faults in; without `clock` PCLK stands still."""
    country = load_country(country) if isinstance(country, str) else country
    spec = spec or load_board("sim")
    board = Board(spec, country)
    bus = DirectBus(board)
    bus.advance()
    board.set_clock(clock)
    before(board)
    lines = LineBoard(spec, Hal(bus, bus), country)
    made = Copper(lines, board, bus, {name: [] for name in (*lines.fxs, *lines.fxo)})
    for name, fxs in lines.fxs.items():
        fxs.watch(_keeper(made, name))
    for name, fxo in lines.fxo.items():
        fxo.watch(_keeper(made, name))
    try:
        await lines.start()
        yield made
    finally:
        await lines.close()


def _keeper(made: Copper, name: str) -> Callable[[object], None]:
    return lambda event: made.heard[name].append(event)
