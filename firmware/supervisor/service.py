"""The supervisor as a service: one process tree, repeated self-checks, an orderly end on SIGTERM and Ctrl-C.

Not responsible for the command line nor for the words on the terminal (the `Announcer`).
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from firmware.clock import Clock
from firmware.contract.heartbeat import Checked, Ready
from firmware.contract.status import Check, Mark
from firmware.supervisor import checks
from firmware.supervisor.child import Phase, State
from firmware.supervisor.process import be_nice
from firmware.supervisor.programs import CALLS_FIRST, Options, programs
from firmware.supervisor.tree import Announcer, Tree
from firmware.supervisor.watchdog import DEVICE, LinuxWatchdog, NullWatchdog, Watchdog

CHECK_EVERY_S: Final = 60.0
SIMULATED: Final = "sim"
log = logging.getLogger(__name__)


class InUse(Exception):
    """Another supervisor has this data folder."""


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder for this process alone; the kernel lets go of it however the process ends."""
    folder = data / "run"
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise InUse(
            f"another fxbox runs with data folder {data}; stop it or give this one another --data DIR"
        ) from error
    try:
        yield
    finally:
        os.close(lock)


def place(options: Options, clock: Clock) -> checks.Place:
    return checks.Place(options.data, options.sip, options.portal, clock.now())


def watchdog_for(board: str) -> Watchdog:
    """The board's watchdog; a simulated board has none, and a board whose watchdog is taken runs without."""
    if board == SIMULATED or not DEVICE.exists():
        return NullWatchdog()
    try:
        return LinuxWatchdog()
    except OSError as error:
        log.warning("no watchdog: %s", error)
        return NullWatchdog()


class Service(Announcer):
    """Runs the box until it is told to stop. Passes on what happens to the announcer that it is given."""

    def __init__(self, options: Options, clock: Clock, announcer: Announcer) -> None:
        self._options, self._clock, self._announcer = options, clock, announcer
        self._tree = Tree(programs(options), clock, self, watchdog_for(options.board))
        self._checks: tuple[Check, ...] = ()

    async def run(self) -> str:
        """Returns "" after an orderly end, else why the box cannot run."""
        be_nice(CALLS_FIRST)
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        checking = asyncio.create_task(self._check())
        try:
            return await self._tree.run(stop)
        finally:
            checking.cancel()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def changed(self, name: str, before: State, after: State) -> None:
        self._announcer.changed(name, before, after)
        if after.phase is Phase.UP:
            self._tell()

    def ready(self, name: str, signal: Ready) -> None:
        self._announcer.ready(name, signal)

    async def _check(self) -> None:
        """Repeat the self-checks for as long as the box runs; log what changes."""
        while True:
            here = place(self._options, self._clock)
            found = await asyncio.to_thread(checks.run_all, here, at_start=False)
            before = {check.name: check.mark for check in self._checks}
            for check in found:
                if check.mark is not before.get(check.name, Mark.PASSED):
                    level = logging.INFO if check.mark is Mark.PASSED else logging.WARNING
                    log.log(level, "self-check %s: %s. %s", check.name, check.found, check.remedy)
            self._checks = found
            self._tell()
            await asyncio.sleep(CHECK_EVERY_S)

    def _tell(self) -> None:
        if self._checks:
            self._tree.minders["core"].tell(Checked(self._checks))
