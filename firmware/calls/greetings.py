"""What callers hear first in a menu, a queue or a ring group: what somebody has recorded by telephone, else a prompt.

A recording belongs to the greeting's name: places that name the same one have it in common. Not responsible for
recording it (`features.greetings`).
"""

import logging
from pathlib import Path

from firmware.calls.feature import Resources, Session
from firmware.media.prompts import NoSuchPrompt
from firmware.telephony.site import Menu, Queue, RingGroup

FALLBACK = "welcome"  # a menu has to say something

log = logging.getLogger(__name__)


class Greetings:
    """Those of a box; recordings lie in `folder`, by their name."""

    def __init__(self, resources: Resources) -> None:
        self.folder = resources.folder / "greetings"

    def file(self, name: str) -> Path:
        """Where the recording of this greeting is, if there is one."""
        return self.folder / f"{name}.wav"

    def of(self, session: Session, place: Menu | Queue | RingGroup) -> list[Path]:
        """What the place plays; nothing where it has no greeting."""
        if place.greeting is None:
            return []
        recorded = self.file(place.greeting)
        if recorded.exists():
            return [recorded]
        try:
            return session.exchange.phrases.phrase(session.language, place.greeting)
        except NoSuchPrompt as error:
            log.warning("greeting of %s: %s", place.number, error)
            is_menu = isinstance(place, Menu)
            return session.exchange.phrases.phrase(session.language, FALLBACK) if is_menu else []

    async def play(self, session: Session, place: Queue | RingGroup) -> None:
        """Answer, and let the caller hear the greeting to its end, if there is one."""
        files = self.of(session, place)
        if not files:
            return
        await session.answered()
        kind = "queue" if isinstance(place, Queue) else "group"
        session.call.note(f"{kind} {place.number}", place.name, f"plays the greeting {place.greeting}")
        await session.play(files)
