"""Where recordings lie: FOLDER/<year>-<month>/<time>-<call>.wav; how long; and whether there is room. Blocks.

Not responsible for what is recorded.
"""

import logging
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from firmware.store import sound

LEAST_FREE = 0.1
"""Of the disk; with less nothing is recorded (product.md 2.13)."""

log = logging.getLogger(__name__)


class Recordings:
    """The folder of recordings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def recover(self) -> None:
        """At start: finish what a crash has left."""
        for part in self.folder.glob(f"*/*{sound.PART}"):
            if sound.finished(part, part.with_suffix(".wav")) is not None:
                log.warning("recording %s is recovered", part.stem)

    def place(self, at: datetime, call: str) -> Path | None:
        """The file of what is recorded from this local time on; its folder is made. None: there is no room.

        `call` tells it from others.
        """
        file = self.folder / f"{at:%Y-%m}" / f"{at:%Y%m%d-%H%M%S}-{call}.wav"
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return file if free_share(self.folder) >= LEAST_FREE else None

    def name(self, file: Path) -> str:
        """As it stands in the call record."""
        return str(file.relative_to(self.folder))

    def remove_older(self, now: datetime, days: int) -> int:
        """Remove recordings that have been kept long enough. Returns how many."""
        limit = (now - timedelta(days=days)).timestamp()
        old = [file for file in self.folder.glob("*/*.wav") if _changed_s(file) < limit]
        for file in old:
            file.unlink(missing_ok=True)
        for month in self.folder.glob("*/"):
            with suppress(OSError):  # there are others in it
                month.rmdir()
        return len(old)


def _changed_s(file: Path) -> float:
    """When the file was written; one that has just gone is as young as can be."""
    with suppress(OSError):
        return file.stat().st_mtime
    return float("inf")


def free_share(folder: Path) -> float:
    """The part of the disk that is free, 0 to 1."""
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total
