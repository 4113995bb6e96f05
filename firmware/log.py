"""Logging of every process: short lines for people on standard error, JSON lines in DATA/log/<process>.log.

Writing happens in a thread of its own, so that a slow disk never holds up a call. Remote text is to be passed through
`printable` by who logs it; secrets are taken out here, whatever was logged.
"""

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from firmware.log_sink import LogFile, Record, Sink, ToThread

FILE_BYTES: Final = 1_000_000  # and one older file: 2 MB a process at most, small flash in mind
PRINTABLE_MAX: Final = 120
# The rest of such a line is a secret: digests, tokens, SDES keys.
SECRET_LINES: Final = re.compile(r"(?i)((?:proxy-)?authorization:|a=crypto:)[^\r\n]*")
# The value after such a name is one.
SECRET_NAMES: Final = ("pin", "password", "passwd", "secret", "ha1", "token", "cookie")
SECRET_VALUES: Final = re.compile(
    rf"(?i)(\b(?:{'|'.join(SECRET_NAMES)})\b[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;]+)"
)
# Without one of these there is no secret: looking for them takes a tenth of the time of the expressions.
SECRET_SIGNS: Final = (*SECRET_NAMES, "authorization", "crypto")


def printable(text: str) -> str:
    """Text from outside, fit for a log line: ASCII only, at most 120 characters, no control characters."""
    clean = "".join(char if " " <= char <= "~" else "?" for char in text[: PRINTABLE_MAX + 1])
    return clean if len(clean) <= PRINTABLE_MAX else clean[: PRINTABLE_MAX - 3] + "..."


def redacted(text: str) -> str:
    """The text with every secret that can be recognised replaced by three stars."""
    small = text.lower()
    if not any(sign in small for sign in SECRET_SIGNS):
        return text
    return SECRET_VALUES.sub(r"\1***", SECRET_LINES.sub(r"\1 ***", text))


class Lines(logging.Formatter):
    """For people: time, process, level when it is not INFO, text."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        level = "" if record.levelno == logging.INFO else f" {record.levelname.lower()}:"
        text = redacted(record.getMessage())
        if record.exc_info and record.exc_info[1]:
            text += f" ({type(record.exc_info[1]).__name__}: {redacted(str(record.exc_info[1]))})"
        return f"{at} {self._process}:{level} {text}"


class JsonLines(logging.Formatter):
    """For files: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "text": redacted(record.getMessage()),
        }
        if record.exc_info and record.exc_info[1]:
            entry["trace"] = redacted("".join(traceback.format_exception(record.exc_info[1])))
        return msgspec.json.encode(entry).decode()


def start_log(process: str, folder: Path | None, *, shown: int = logging.WARNING, kept: int = logging.INFO) -> None:
    """Log this process: from level `shown` on standard error, from `kept` in folder/<process>.log (None: no file)."""
    sinks = [Sink(shown, Lines(process), sys.stderr.write)]
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        sinks.append(Sink(kept, JsonLines(), LogFile(folder / f"{process}.log", FILE_BYTES).write))
    root = logging.getLogger()
    root.handlers[:] = [ToThread(sinks)]
    root.setLevel(min(shown, kept))
    logging.setLogRecordFactory(Record)
    logging._srcfile = None  # as the library's how-to says under "Optimization": no line shows where it was said
