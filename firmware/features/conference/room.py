"""A conference room and those who are in it (F26-F29): who is heard, who must leave, what everyone is told.

Not responsible for passwords (`admission`), for keys, nor for the members' calls (`script`).
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from firmware.calls.exchange import Exchange
from firmware.calls.leg import Leg
from firmware.calls.mix import Mix
from firmware.calls.recording import Recorders
from firmware.features.conference.admission import Role
from firmware.features.conference.tape import RoomTape
from firmware.telephony.site import Room as Settings

ALONE_S = 600.0  # an outside line that is the last one: it may have been forgotten (product.md 2.8)
WITHOUT_ADMIN_S = 60.0
JOINED, LEFT = "confirmation", "call_waiting"  # tones of the country


@dataclass(eq=False, slots=True)
class Member:
    """One who is in the room. `news` is set whenever something has changed for it."""

    leg: Leg
    role: Role
    muted: bool = False
    removed: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Full(Exception):
    """The room holds as many as it may."""


class Locked(Exception):
    """Nobody else may come in."""


class Room:
    """One room. `configure` it while it is empty."""

    def __init__(self, exchange: Exchange, settings: Settings, recorders: Recorders) -> None:
        self._exchange = exchange
        self.number = settings.number
        self.locked = False
        self._mix = Mix(exchange.media, exchange.music)
        self.tape = RoomTape(exchange, recorders, self.number, self._mix, lambda: self.settings.record)
        self.configure(settings)
        self._members: list[Member] = []
        self._reserved = 0
        self._had_admin = False
        self._alone_since_s = 0.0
        self._left_alone_since_s: float | None = None  # by its last administrator

    def configure(self, settings: Settings) -> None:
        """Settings as they are now."""
        self.settings, self._mix.gates = settings, settings.noise_gate

    @property
    def members(self) -> tuple[Member, ...]:
        return tuple(self._members)

    @property
    def empty(self) -> bool:
        """Nobody is in it or about to come in as its creator."""
        return not self._members and not self._reserved

    @contextmanager
    def reserved(self) -> Iterator[None]:
        """Nobody else creates a conference here while the block runs."""
        self._reserved += 1
        try:
            yield
        finally:
            self._reserved -= 1

    @property
    def full(self) -> bool:
        return len(self._members) >= self.settings.max_members

    @contextmanager
    def joined(self, leg: Leg, role: Role, *, invited: bool = False) -> Iterator[Member]:
        """Be in the room while the block runs. Raises Full, or Locked for those who were not invited."""
        if self.locked and not invited:
            raise Locked("is locked")
        if self.full:
            raise Full("is full")
        member = Member(leg, role)
        self._members.append(member)
        self._mix.add(leg)
        self._changed(JOINED)
        try:
            yield member
        finally:
            self._members.remove(member)
            self._mix.remove(leg)
            if not self._members:
                self.locked = False
            self._changed(LEFT)

    @contextmanager
    def outside(self, member: Member) -> Iterator[None]:
        """A member steps out for a moment: it hears nobody and nobody hears it."""
        self._mix.remove(member.leg)
        try:
            yield
        finally:
            if not member.leg.signals.gone:
                self._mix.add(member.leg)
                self._mix.mute(member.leg, member.muted)

    def _changed(self, tone: str) -> None:
        """Somebody has come or gone."""
        self._exchange.lamps.place_lamp(self.settings.number, bool(self._members))
        now_s = self._exchange.clock.monotonic_s()
        if len(self._members) == 1:
            self._alone_since_s = now_s
        if any(one.role is Role.ADMIN for one in self._members) or not self._members:
            self._had_admin, self._left_alone_since_s = bool(self._members), None
        elif self._had_admin and self._left_alone_since_s is None:
            self._left_alone_since_s = now_s
        if len(self._members) > 1 or tone == LEFT:
            self._mix.sound(self._exchange.tones[tone])
        self._refresh_tape()
        for one in self._members:
            one.news.set()

    def _refresh_tape(self) -> None:
        self.tape.refresh(tuple(one.leg for one in self._members))

    def leaves_in_s(self, member: Member) -> float | None:
        """Seconds until the member has to leave; None: it may stay."""
        if member.removed:
            return 0.0
        now_s, ends_s = self._exchange.clock.monotonic_s(), []
        if len(self._members) == 1 and member.leg.party.trunk is not None:
            ends_s.append(self._alone_since_s + ALONE_S)
        if self.settings.end_without_admin and self._left_alone_since_s is not None:
            ends_s.append(self._left_alone_since_s + WITHOUT_ADMIN_S)
        return max(0.0, min(ends_s) - now_s) if ends_s else None

    # -- for the pages --------------------------------------------------------------------------------------------

    def member(self, leg_id: str) -> Member | None:
        return next((one for one in self._members if one.leg.id == leg_id), None)

    def mute(self, member: Member, on: bool) -> None:
        """The member is not heard any more, or again."""
        member.muted = on
        self._mix.mute(member.leg, on)

    def record(self, on: bool) -> None:
        """Record this conference from now on, or no more; the next one is recorded as the settings say."""
        self.tape.switch(on)
        self._refresh_tape()

    def remove(self, member: Member) -> None:
        """Send the member out."""
        member.removed = True
        member.news.set()
