"""Runs the processes of the box: does what `child.step` says, keeps the deadlines, feeds the watchdog, stops in order.

Not responsible for which processes there are (`programs`) nor for what is shown on the terminal (the `Announcer`).
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from firmware.clock import Clock
from firmware.contract.heartbeat import Beat, Checked, Failed, Ready
from firmware.supervisor.child import (
    Action,
    Ended,
    Event,
    Heard,
    Limits,
    Phase,
    Start,
    State,
    Stop,
    Tick,
    deadline_s,
    step,
)
from firmware.supervisor.process import Process
from firmware.supervisor.watchdog import Watchdog, all_well

FEED_EVERY_S: Final = 1.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Program:
    """One process of the box. Without a vital one the box is of no use: if it never comes up, all stop."""

    name: str
    argv: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)
    vital: bool = True
    first: bool = False  # the programs after it start once it is up
    nice: int = 0  # below 0: comes before other work


class Announcer(Protocol):
    """Told of what happens, for the user's eyes."""

    def changed(self, name: str, before: State, after: State) -> None:
        """A process entered another phase."""

    def ready(self, name: str, signal: Ready) -> None:
        """A process does its work; `signal` says where it is reached."""


class Minder:
    """Minds one program: holds its state and its process."""

    def __init__(self, program: Program, clock: Clock, announcer: Announcer) -> None:
        self.program, self.state = program, State()
        self.up = asyncio.Event()  # it was up at least once
        self.done = asyncio.Event()  # stopped or broken
        self._clock, self._announcer = clock, announcer
        self._process: Process | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def tell(self, message: Checked) -> None:
        """Send the process a message if it runs."""
        if self._process is not None:
            self._process.tell(message)

    def handle(self, event: Event) -> None:
        """Step the machine, do what it says, set the next deadline."""
        before, now_s = self.state, self._clock.monotonic_s()
        self.state, actions = step(before, event, now_s, self.program.limits)
        self._note(before)
        for action in actions:
            self._do(action)
        self._arm()
        if self.state.phase is Phase.UP:
            self.up.set()
        if self.state.phase in (Phase.STOPPED, Phase.BROKEN):
            self.done.set()

    def _note(self, before: State) -> None:
        after, name = self.state, self.program.name
        if after.phase is before.phase and after.started_at_s == before.started_at_s:
            return
        level = logging.WARNING if after.reason and after.phase is not Phase.STOPPED else logging.INFO
        log.log(level, "%s: %s -> %s %s", name, before.phase.value, after.phase.value, after.reason)
        self._announcer.changed(name, before, after)

    def _do(self, action: Action) -> None:
        match action:
            case Action.SPAWN:
                self._process = Process(self.program.argv, self._heard, self._ended, self.program.nice)
            case Action.TERMINATE if self._process:
                self._process.terminate()
            case Action.KILL if self._process:
                self._process.kill()

    def _heard(self, signal: Ready | Beat | Failed) -> None:
        self.handle(Heard(signal))
        if isinstance(signal, Ready):
            self._announcer.ready(self.program.name, signal)

    def _ended(self, status: int) -> None:
        self._process = None
        self.handle(Ended(status))

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due_s = deadline_s(self.state, self.program.limits)
        if due_s is not None:
            wait_s = max(0.0, due_s - self._clock.monotonic_s())
            self._timer = asyncio.get_running_loop().call_later(wait_s, self.handle, Tick())


class Tree:
    """All programs, started in the order given and stopped in the opposite one."""

    def __init__(self, programs: Sequence[Program], clock: Clock, announcer: Announcer, watchdog: Watchdog) -> None:
        self.minders = {program.name: Minder(program, clock, announcer) for program in programs}
        self._clock, self._watchdog = clock, watchdog

    async def run(self, stop: asyncio.Event) -> str:
        """Run until `stop` is set, or until a vital program has proven unable to start. Returns why, "" for `stop`."""
        beside = [asyncio.create_task(self._start()), asyncio.create_task(self._feed())]
        try:
            return await self._until(stop)
        finally:
            for task in beside:
                task.cancel()
            await self.stop()

    async def _start(self) -> None:
        for minder in self.minders.values():
            minder.handle(Start())
            if minder.program.first:
                await minder.up.wait()

    async def stop(self) -> None:
        """Stop one after the other, each within its limit. The watchdog is disarmed first: this end is wanted."""
        self._watchdog.close()
        for minder in reversed(self.minders.values()):
            minder.handle(Stop())
            await minder.done.wait()

    async def _until(self, stop: asyncio.Event) -> str:
        vital = [minder for minder in self.minders.values() if minder.program.vital]
        waits = {asyncio.ensure_future(stop.wait()): "", **{asyncio.ensure_future(m.done.wait()): m for m in vital}}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        broken = [minder for wait in done if isinstance(minder := waits[wait], Minder)]
        return f"{broken[0].program.name} does not start: {broken[0].state.reason}" if broken else ""

    async def _feed(self) -> None:
        while True:
            if all_well([minder.state for minder in self.minders.values()]):
                self._watchdog.feed()
            await asyncio.sleep(FEED_EVERY_S)
