"""The recording of a conference: begun once it is wanted and two are there, whole when the room is empty.

Stopped and begun again it goes on in the same file, which the call records of the members name. Where those who talk
have to know, each is told before anything of it is recorded. Not responsible for who is in the room.
"""

import asyncio
import secrets
from collections.abc import Callable

from firmware.calls.exchange import Exchange
from firmware.calls.leg import Leg
from firmware.calls.mix import Mix, let_hear
from firmware.calls.recording import Opened, Recorders
from firmware.telephony.deeds import BOX, Act, Deed

TOLD = "conf-recorded"


class RoomTape:
    """One for each room. `by_rule` is asked whether the room's conferences are recorded by themselves."""

    def __init__(
        self, exchange: Exchange, recorders: Recorders, number: str, mix: Mix, by_rule: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._exchange, self._recorders, self._number, self._mix = exchange, recorders, number, mix
        self._by_rule = by_rule
        self._switch: bool | None = None  # as somebody has set it for this conference
        self._opened: Opened | None = None
        self._opening = False
        self._told: set[str] = set()  # ids of legs
        self.runs = False

    @property
    def wanted(self) -> bool:
        return self._by_rule() if self._switch is None else self._switch

    def switch(self, on: bool) -> None:
        """For this conference, whatever the rule says."""
        self._switch = on

    def announcement(self, leg: Leg) -> str | None:
        """What the leg is to hear before it is in the room, or in it again. It then counts as told."""
        if not self.wanted or leg.id in self._told or not self._recorders.are_announced:
            return None
        self._told.add(leg.id)
        return TOLD

    def refresh(self, members: tuple[Leg, ...]) -> None:
        """Act on what has changed: who is in the room, or what is wanted."""
        if self._opening:
            return
        if not members:
            self._finish()
        elif self.runs and not self.wanted:
            self.runs = False
            self._mix.record(None)
        elif self.wanted and not self.runs and len(members) > 1:
            self._opening = True
            self._exchange.start(self._begin(), f"recording of room {self._number}")
        elif self.runs:
            self._name(members)

    async def _begin(self) -> None:
        try:
            if self._opened is None:
                what = f"room-{self._number}-{secrets.token_hex(4)}"
                self._opened = await self._recorders.open(self._exchange.media, what, self._cannot)
            if self._opened is None:
                self._switch = False
                return
            await self._tell()
            if self.wanted and self._mix.legs:
                self._mix.record(self._opened.recorder.slot)
                self.runs = True
                detail = "by rule" if self._switch is None else "by the switch of the room"
                self._exchange.audit(Deed(BOX, Act.RECORDED, f"room {self._number}", detail))
        finally:
            self._opening = False
            self.refresh(self._mix.legs)

    def _cannot(self, what: str, why: str) -> None:
        self._exchange.alarm(f"Room {self._number} is not recorded: the {what} {why}.")

    async def _tell(self) -> None:
        """Those who are in the room already."""
        sounds = []
        for leg in self._mix.legs:
            if (id := self.announcement(leg)) is not None:
                files = self._exchange.phrases.phrase(self._exchange.language_of(leg), id)
                sound = self._exchange.media.play(files)
                let_hear(self._exchange.media, sound, leg)
                sounds.append(sound.done)
        if sounds:
            await asyncio.wait(sounds)

    def _name(self, members: tuple[Leg, ...]) -> None:
        """The record of each member's call names the file, unless the call has a recording of its own."""
        assert self._opened is not None
        for leg in members:
            call = self._exchange.call_of(leg)
            if call is not None and not call.recording:
                call.recording = self._opened.name
                call.note("recording", self._number, "the conference is recorded")

    def _finish(self) -> None:
        self._switch, self.runs = None, False
        self._told.clear()
        self._mix.record(None)
        if self._opened is not None:
            self._exchange.start(self._recorders.finish(self._opened), f"recording of room {self._number}")
            self._opened = None
