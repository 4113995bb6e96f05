"""Sound files on the disk, as the recorder leaves them: a part that grows, then a whole file with its final name.

A part survives a crash with its sound but without lengths in its header: `finished` sets them right. All functions
block: they are for threads and for the start. Not responsible for recording (`firmware.media`) or playing.
"""

import os
import secrets
import struct
from contextlib import suppress
from pathlib import Path

PART = ".part"
FRESH = ".fresh"  # of a greeting that has not been accepted
HEADER_BYTES = 44
BYTES_PER_S = 16_000
"""8 kHz, 16 bit, mono."""


def part_of(file: Path) -> Path:
    """Where the sound grows that is to become `file`."""
    return file.with_suffix(PART)


def fresh_of(file: Path) -> Path:
    """Where a greeting waits that is to become `file` if it is accepted; another place each time."""
    return file.with_name(f"{file.stem}-{secrets.token_hex(4)}{FRESH}")


def accepted(fresh: Path, file: Path) -> None:
    """Make a whole sound the file of this name, in place of an older one, at once or not at all. Raises OSError."""
    os.replace(fresh, file)
    _sync_folder(file.parent)


def discard_unfinished(folder: Path) -> None:
    """At start: remove greetings that a crash has left unfinished or unaccepted. The old ones hold."""
    for suffix in (PART, FRESH):
        for file in folder.glob(f"*{suffix}"):
            removed(file)


def sound_s(file: Path) -> float:
    """Seconds of sound in a file, by its size; 0 when it is not there."""
    with suppress(OSError):
        return max(0, file.stat().st_size - HEADER_BYTES) / BYTES_PER_S
    return 0.0


def finished(part: Path, file: Path, *, cut_s: float = 0.0, least_s: float = 0.0) -> float | None:
    """Make `part`, without its last `cut_s`, the file of this name, at once or not at all. Returns its length in s.

    None: less than `least_s` is left; the part is removed. Raises OSError.
    """
    size = part.stat().st_size
    kept = max(0, size - HEADER_BYTES - round(cut_s * BYTES_PER_S)) & ~1
    if kept == 0 or kept / BYTES_PER_S < least_s:
        part.unlink()
        return None
    with part.open("r+b") as sound:
        sound.truncate(HEADER_BYTES + kept)
        sound.seek(4)
        sound.write(struct.pack("<I", HEADER_BYTES + kept - 8))
        sound.seek(HEADER_BYTES - 4)
        sound.write(struct.pack("<I", kept))
        sound.flush()
        os.fsync(sound.fileno())
    os.replace(part, file)
    _sync_folder(file.parent)
    return kept / BYTES_PER_S


def shared(file: Path, other: Path) -> None:
    """Let the same sound be at a second place; each is removed by itself. Raises OSError."""
    other.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.link(file, other)
    _sync_folder(other.parent)


def removed(file: Path) -> None:
    """Remove a file that may be gone already."""
    file.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make names in the folder safe from a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
