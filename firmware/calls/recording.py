"""Recordings of calls and conferences in the making: a file that is opened, and finished when nothing more comes.

Not responsible for who is recorded and who is told (features), nor for where files lie (`store.recordings`).
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firmware.calls.feature import Resources
from firmware.media import Media, MediaError, Recorder
from firmware.store import sound
from firmware.store.recordings import Recordings
from firmware.telephony.consent import announced

FOLDER = "recordings"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """One recording. `name` is the file's in call records."""

    file: Path
    name: str
    recorder: Recorder


class Recorders:
    """Opens recordings of a box and finishes them."""

    def __init__(self, resources: Resources) -> None:
        self._settings, self._clock = resources.settings, resources.clock
        self.files = Recordings(resources.folder / FOLDER)

    @property
    def are_announced(self) -> bool:
        """Whether the parties have to be told."""
        site = self._settings.site
        return announced(site.recording, site.site.country)

    async def open(self, media: Media, what: str, note: Callable[[str, str], None]) -> Opened | None:
        """A file for the recording of `what`, a call's id or a room. None: there is no room, as `note` is told."""
        local = self._clock.now().astimezone(self._settings.site.site.zone)
        try:
            file = await asyncio.to_thread(self.files.place, local, what)
            if file is None:
                note("disk", "has no room")
                return None
            return Opened(file, self.files.name(file), media.recorder(sound.part_of(file)))
        except (OSError, MediaError) as error:
            log.error("recording of %s: %s", what, error)
            return None

    async def finish(self, opened: Opened) -> None:
        """Nothing more is to be recorded."""
        opened.recorder.close()
        await opened.recorder.done
        try:
            length_s = await asyncio.to_thread(sound.finished, sound.part_of(opened.file), opened.file)
        except OSError as error:  # what was recorded is found at the next start
            log.error("recording %s cannot be finished: %s", opened.file.name, error)
        else:
            log.info("recording %s: %.0f s", opened.file.name, length_s or 0.0)
