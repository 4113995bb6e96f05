"""The simulated board's process: its clock of one period, its three sockets, its end by signal.

The board moves when something touches it and when a timer of its models is due; the period's clock moves it anyway.
"""

import argparse
import asyncio
import logging
import signal
from collections.abc import Sequence
from pathlib import Path

from firmware.contract.heartbeat import EVERY_S, Heart
from firmware.lines.boardfile import BoardFile, load_board
from firmware.log import start_log
from firmware.simboard.board import Board
from firmware.simboard.bus_server import BusServer
from firmware.simboard.control import Control
from firmware.simboard.pcm_server import PcmServer
from firmware.telephony.country import Country, load_country

RATE_HZ = 8000
CATCH_UP_S = 0.2  # periods later than this are dropped instead of made up

log = logging.getLogger(__name__)


class Process:
    """One board on the running event loop."""

    def __init__(self, run: Path, spec: BoardFile, country: Country) -> None:
        self._loop = asyncio.get_running_loop()
        self._run, self.board = run, Board(spec, country)
        self._period_s = spec.pcm.period_samples / RATE_HZ
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = self._loop.time()
        self.dropped_periods = 0

    async def serve(self, stop: asyncio.Event, heart: Heart | None = None) -> None:
        """Until `stop`, with a heartbeat if asked for. Raises OSError when a socket cannot be made."""
        self._run.mkdir(mode=0o700, parents=True, exist_ok=True)
        BusServer(self._run / "bus.sock", self.board, self.advance)
        self._pcm = PcmServer(self._run / "pcm.sock", self.board)
        control = await Control(self.board, self.advance).listen(self._run / "sim.sock")
        self._tick()
        log.info("simulated board ready: %s", ", ".join(self.board.ports))
        if heart is not None:
            heart.ready({})
            self._beat(heart)
        await stop.wait()
        control.close()
        self._pcm.close()
        for name in ("bus.sock", "pcm.sock", "sim.sock"):
            (self._run / name).unlink(missing_ok=True)

    def _beat(self, heart: Heart) -> None:
        heart.beat(clock=round(self._due_s / self._period_s))
        self._loop.call_later(EVERY_S, self._beat, heart)

    def advance(self) -> None:
        """Move the board to the present, and be called again when its next timer is due."""
        self.board.advance(self._loop.time())
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due_s = self.board.timers.next_s()
        if due_s < self._due_s:  # otherwise the period's tick comes first
            self._timer = self._loop.call_at(due_s, self.advance)

    def _tick(self) -> None:
        now_s = self._loop.time()
        if now_s - self._due_s > CATCH_UP_S:
            missed = int((now_s - self._due_s) / self._period_s)
            self.dropped_periods += missed
            self._due_s += missed * self._period_s
        self._due_s += self._period_s
        self.advance()
        self._pcm.tick()
        self._loop.call_at(self._due_s, self._tick)


async def _serve(run: Path, spec: BoardFile, country: Country, heart: Heart | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await Process(run, spec, country).serve(stop, heart)


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m firmware.simboard --data DIR --board NAME [--country CODE]`."""
    parser = argparse.ArgumentParser(prog="fxbox-sim", description="The simulated board.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the box")
    parser.add_argument("--board", default="sim", metavar="NAME", help="board whose chips are simulated")
    parser.add_argument("--country", default="US", metavar="CODE", help="country of the exchange behind the FXO ports")
    parser.add_argument("--heartbeat-fd", type=int, metavar="N", help="socket of the supervisor that started it")
    args = parser.parse_args(argv)
    start_log("sim", args.data / "log")
    heart = Heart(args.heartbeat_fd) if args.heartbeat_fd is not None else None
    asyncio.run(_serve(args.data / "run", load_board(args.board), load_country(args.country), heart))
    return 0
