"""TinyDB storage that survives a power cut at any instant: afterwards the file holds the old or the new content.

A write goes to a new file, which is synced and then renamed; the generation before stays beside it. A check sum tells a
damaged file. Not responsible for what is stored (`settings.py`); one process writes, see its lock.
"""

import errno
import json
import os
import zlib
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

FORMAT = 1
Tables = dict[str, dict[str, Any]]


class Unreadable(Exception):
    """No generation of the file can be read; the message names the files and says what to do."""


class Damaged(ValueError):
    """The content of one file is not what was written."""


class CrashSafeStorage(Storage):
    """`path` is the file. `notices`: what the user should know about how it was found."""

    def __init__(self, path: Path) -> None:
        """Read the file, or the generation before if the file is missing or damaged. Raises Unreadable, OSError."""
        self._path = path
        self._previous = path.with_name(f"{path.name}.previous")
        self.notices: list[str] = []
        self._content = self._load()

    def read(self) -> Tables | None:
        """All tables, a fresh copy; None when nothing was ever written."""
        return json.loads(self._content) if self._content else None

    def write(self, data: Tables) -> None:
        """Replace all tables. Raises OSError (disk full, ...); then the content is what it was before."""
        content = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        new = self._path.with_name(f"{self._path.name}.new")
        _write_synced(new, packed(content))
        if self._path.exists():
            os.replace(self._path, self._previous)
        os.replace(new, self._path)
        _sync_folder(self._path.parent)
        self._content = content

    def _load(self) -> bytes:
        if not self._path.exists() and not self._previous.exists():
            return b""
        try:
            return unpacked(self._path.read_bytes())
        except (Damaged, FileNotFoundError) as reason:
            return self._load_previous(reason)

    def _load_previous(self, reason: Exception) -> bytes:
        """A missing file is no damage: the power went between the two renames of a write."""
        try:
            content = unpacked(self._previous.read_bytes())
        except (Damaged, FileNotFoundError) as other:
            raise Unreadable(
                f"neither {self._path} ({_why(reason)}) nor {self._previous} ({_why(other)}) can be read: "
                "move both away, then start again and import a site file or a backup"
            ) from other
        if isinstance(reason, Damaged):
            aside = self._path.with_name(f"{self._path.name}.damaged")
            os.replace(self._path, aside)
            self.notices.append(
                f"{self._path} was damaged ({reason}) and is now {aside}; the generation before is used"
            )
        return content


def read_only(path: Path) -> Tables:
    """All tables of a file that another process may be writing. Raises FileNotFoundError, Unreadable, OSError."""
    reasons = []
    for generation in (path, path.with_name(f"{path.name}.previous")):
        try:
            tables: Tables = json.loads(unpacked(generation.read_bytes()))
        except (Damaged, FileNotFoundError) as reason:
            reasons.append(f"{generation} ({_why(reason)})")
        else:
            return tables
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    raise Unreadable(f"neither {' nor '.join(reasons)} can be read")


def packed(content: bytes) -> bytes:
    """The bytes of a file: a line with length and check sum, then the content."""
    header = {"format": FORMAT, "bytes": len(content), "crc32": f"{zlib.crc32(content):08x}"}
    return json.dumps(header).encode() + b"\n" + content


def unpacked(data: bytes) -> bytes:
    """The content of a file. Raises Damaged with the reason."""
    head, line, content = data.partition(b"\n")
    try:
        header = json.loads(head)
        length, checksum, version = header["bytes"], header["crc32"], header["format"]
    except (ValueError, KeyError, TypeError):
        raise Damaged("its first line is not readable") from None
    if version != FORMAT:
        raise Damaged(f"its format is {version}, this version reads {FORMAT}")
    if not line or len(content) != length:
        raise Damaged(f"it has {len(content)} bytes of {length}")
    if f"{zlib.crc32(content):08x}" != checksum:
        raise Damaged("its check sum is wrong")
    return content


def _why(reason: Exception) -> str:
    return "missing" if isinstance(reason, FileNotFoundError) else str(reason)


def _write_synced(path: Path, data: bytes) -> None:
    """Only the owner may read it: it holds digests and passwords of trunks."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
