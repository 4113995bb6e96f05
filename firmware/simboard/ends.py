"""What telephones and the exchange have in common: speaking one thing at a time, recording, refusing."""

from collections.abc import Callable

import numpy as np

from firmware.simboard.sound import Samples, silence
from firmware.simboard.sound.sources import Source

Ended = Callable[[bool], None]


def ignore(_whole: bool) -> None:
    """For those who do not wait."""


class Refusal(Exception):
    """The telephone or line cannot do that now; the message says why."""


class Speaking:
    """The one thing that is being said. `ended` runs once: True at its end, False when it was cut short."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._source: Source | None = None
        self._ended: Ended = ignore

    @property
    def at_rest(self) -> bool:
        return self._source is None

    def start(self, source: Source, ended: Ended) -> None:
        if self._source is not None:
            raise Refusal(f"{self._name} is still speaking: wait for the end of what it dials or plays")
        self._source, self._ended = source, ended

    def stop(self) -> None:
        if self._source is not None:
            self._finish(False)

    def read(self, count: int) -> Samples | None:
        """A period of it, None for nothing."""
        if self._source is None:
            return None
        samples = self._source.read(count)
        if samples is None:
            self._finish(True)
        return samples

    def _finish(self, whole: bool) -> None:
        ended, self._source, self._ended = self._ended, None, ignore
        ended(whole)


class Recorder:
    """Keeps what is heard for a number of samples, then gives it to `done`."""

    def __init__(self, samples: int, done: Callable[[Samples], None]) -> None:
        self._left, self._done = samples, done
        self._parts: list[Samples] = []

    def feed(self, samples: Samples | None, count: int) -> bool:
        """One period; None is silence. True when it has all it wanted."""
        part = silence(count) if samples is None else samples
        self._parts.append(part[: self._left].astype(np.float32, copy=True))
        self._left -= min(count, self._left)
        if self._left > 0:
            return False
        self._done(np.concatenate(self._parts))
        return True
