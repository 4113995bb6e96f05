"""The hardware watchdog: resets the board unless it is fed, which happens only while all processes do their work.

`all_well` is the rule, pure. A laptop has the null watchdog.
"""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from firmware.supervisor.child import Phase, State

DEVICE: Final = Path("/dev/watchdog")


class Watchdog(Protocol):
    def feed(self) -> None:
        """Put off the reset."""

    def close(self) -> None:
        """Disarm it: the end that follows is wanted."""


class NullWatchdog:
    """Where there is none."""

    def feed(self) -> None: ...

    def close(self) -> None: ...


class LinuxWatchdog:
    """/dev/watchdog of Linux (Documentation/watchdog/watchdog-api.rst). Opening it arms it. Raises OSError."""

    def __init__(self, device: Path = DEVICE) -> None:
        self._fd: int | None = os.open(device, os.O_WRONLY | os.O_CLOEXEC)

    def feed(self) -> None:
        if self._fd is not None:
            os.write(self._fd, b"\0")

    def close(self) -> None:
        if self._fd is not None:
            with contextlib.suppress(OSError):
                os.write(self._fd, b"V")  # the "magic close": without it the kernel goes on counting down
            os.close(self._fd)
            self._fd = None


def all_well(states: Iterable[State]) -> bool:
    """Whether every process is up. One that hangs or starts again is not, however short."""
    return all(state.phase is Phase.UP for state in states)
