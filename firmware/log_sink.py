"""Where log records go: a thread that takes them over, formats each once and writes many at a time.

A call writes half a dozen lines. Written one by one, each wakes the thread and takes the interpreter from the call
loop; gathered, they cost a fraction. A killed process loses the lines of the last GATHER_S. Not responsible for what a
line looks like (`log.py`).
"""

import atexit
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

GATHER_S: Final = 0.1
END_S: Final = 2.0  # how long the end of a process waits for a slow disk


@dataclass(frozen=True, slots=True)
class Sink:
    """Takes the records from `level` on, as lines."""

    level: int
    formatter: logging.Formatter
    write: Callable[[str], object]

    def take(self, records: Iterable[logging.LogRecord]) -> None:
        lines = [self.formatter.format(one) for one in records if one.levelno >= self.level]
        if lines:
            self.write("\n".join(lines) + "\n")


class LogFile:
    """A file that begins anew at `most_bytes`; one older file is kept beside it."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path, self._most_bytes = path, most_bytes
        self._file = self._opened()

    def _opened(self) -> TextIO:
        return self._path.open("a", encoding="utf-8")

    def write(self, text: str) -> None:
        """Raises OSError."""
        if self._file.tell() >= self._most_bytes:
            self._file.close()
            os.replace(self._path, self._path.with_name(f"{self._path.name}.1"))
            self._file = self._opened()
        self._file.write(text)
        self._file.flush()


class Record(logging.LogRecord):
    """What our formatters read, and no more: finding out file, function, thread and process costs more than the rest.

    Formatters of others find something in their place.
    """

    pathname = filename = module = funcName = threadName = processName = ""
    lineno = process = thread = msecs = relativeCreated = 0
    exc_text = stack_info = None

    def __init__(
        self, name: str, level: int, _path: str, _line: int, msg: object, args: Any, exc_info: Any, *_rest: object
    ) -> None:
        self.name, self.levelno, self.levelname = name, level, logging.getLevelName(level)
        self.msg, self.args, self.exc_info = msg, args, exc_info
        self.created = datetime.now(UTC).timestamp()


class ToThread(logging.Handler):
    """The root logger's only handler. `flush` waits until everything said so far is written."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        super().__init__()
        self._sinks = sinks
        self._records: queue.SimpleQueue[logging.LogRecord | threading.Event] = queue.SimpleQueue()
        self._hurry = threading.Event()
        threading.Thread(target=self._run, name="log", daemon=True).start()
        atexit.register(self.flush)

    def handle(self, record: logging.LogRecord) -> bool:
        """Without the lock of other handlers: the queue needs none."""
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        try:
            record.msg, record.args = record.getMessage(), None  # now: what the arguments stand for may change
        except (TypeError, ValueError):
            self.handleError(record)
            return
        self._records.put(record)

    def flush(self) -> None:
        written = threading.Event()
        self._records.put(written)
        self._hurry.set()
        written.wait(END_S)

    def _run(self) -> None:
        while True:
            taken = [self._records.get()]
            self._hurry.wait(GATHER_S)
            self._hurry.clear()
            while not self._records.empty():
                taken.append(self._records.get())
            records = [one for one in taken if isinstance(one, logging.LogRecord)]
            for sink in self._sinks:
                try:
                    sink.take(records)
                except (OSError, ValueError):  # a full disk, a closed terminal: the box goes on without a log
                    continue
            for one in taken:
                if isinstance(one, threading.Event):
                    one.set()
