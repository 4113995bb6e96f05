"""Conferences (F26-F29): dialling a room, `*0` out of a call, `0` by its administrator to invite somebody.

A member is a call of its own: the room ends when the last one has left. Keys mean nothing but the administrator's.
"""

from collections.abc import Iterator

from firmware.calls.audio import listening_to
from firmware.calls.call import Call
from firmware.calls.consult import pressed
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.leg import Leg
from firmware.calls.race import first
from firmware.calls.recording import Recorders
from firmware.calls.scopes import while_up
from firmware.features.conference.admission import Role, needs_password, role_of
from firmware.features.conference.invitation import invite
from firmware.features.conference.room import Full, Locked, Member, Room
from firmware.telephony.incall import NO_KEYS, PARK, KeyTable, Stage, key_table

ATTEMPTS = 3


class Conferences:
    """All rooms, as somebody first enters them."""

    def __init__(self, recorders: Recorders) -> None:
        self._recorders = recorders
        self._rooms: dict[str, Room] = {}

    def room(self, exchange: Exchange, number: str) -> Room:
        """A room of the site file; its settings are taken anew each time that it is empty."""
        settings = next(one for one in exchange.plan.site.rooms if one.number == number)
        room = self._rooms.get(number)
        if room is None:
            room = self._rooms[number] = Room(exchange, settings, self._recorders)
        elif room.empty:
            room.configure(settings)
        return room

    def in_use(self) -> tuple[Room, ...]:
        """For the pages: rooms with somebody in them, to mute, lock, record and send out."""
        return tuple(room for room in self._rooms.values() if room.members)

    def free_rooms(self, exchange: Exchange) -> Iterator[Room]:
        """Rooms that nobody is in, the lowest number first (F28)."""
        numbers = sorted((one.number for one in exchange.plan.site.rooms), key=lambda number: (len(number), number))
        return (room for room in (self.room(exchange, number) for number in numbers) if room.empty)

    async def enter(self, session: Session) -> None:
        """Service "room": somebody has dialled it, or has been sent there."""
        room = self.room(session.exchange, session.argument)
        await session.answered()
        role = await self._admitted(session, room)
        if role is not None:
            await self._stay(session, room, role)

    async def create(self, session: Session) -> None:
        """`*0`: both of a call go into a room. Three wrong passwords, or no free room: they talk on."""
        exchange, call, creator, peer = session.exchange, session.call, session.leg, session.call.other(session.leg)
        room = next(self.free_rooms(exchange), None)
        async with while_up(creator):
            async with while_up(peer), listening_to(exchange.media, peer, exchange.music):
                if room is None:
                    call.note("conference", creator.party.number, "all rooms are in use")
                    await session.say("conf-no-room")
                    return
                with room.reserved():
                    role = await self._admitted(session, room, creator=True)
                    if role is None:
                        return
                    self._bring(session, room, peer)
            call.a, call.b, call.final_callee = creator, None, room.number
            call.note("conference", creator.party.number, f"creates a conference in {room.number}")
            await self._stay(session, room, role)

    def _bring(self, session: Session, room: Room, peer: Leg) -> None:
        """The other one joins as a participant, in a call of its own."""
        call = session.exchange.new_call(peer, room.number, own=False)
        call.own(session.call.let_go(peer))
        call.answered, call.final_callee = session.exchange.clock.now(), room.number
        self._start_guest(session.exchange, call, room)

    def _start_guest(self, exchange: Exchange, call: Call, room: Room) -> None:
        async def stay() -> None:
            session = Session(exchange, call, call.a)
            async with while_up(call.a):
                await self._stay(session, room, Role.GUEST, invited=True)

        call.b = None
        exchange.start(exchange.run(call, stay()), f"member of {room.number}")

    async def _admitted(self, session: Session, room: Room, *, creator: bool = False) -> Role | None:
        """Ask for the password, if there is one."""
        if not needs_password(room.settings):
            return role_of(room.settings, "", creator=creator)
        for _attempt in range(ATTEMPTS):
            role = role_of(room.settings, await session.ask("conf-enter-pin") or "", creator=creator)
            if role is not None:
                return role
            await session.say("conf-bad-pin")
        session.call.note("conference", room.number, f"{ATTEMPTS} wrong passwords")
        return None

    async def _stay(self, session: Session, room: Room, role: Role, *, invited: bool = False) -> None:
        """Be in the room until one leaves, or must. Too late, and the leg hears why."""
        await self._announce(session, room)
        try:
            with room.joined(session.leg, role, invited=invited) as member:
                session.call.note("conference", session.leg.party.number, f"is in {room.number} as {role.value}")
                session.exchange.changed(session.call)
                await self._take_part(session, room, member)
        except (Full, Locked) as refusal:
            session.call.note("conference", room.number, refusal.args[0])
            session.call.declined = True
            await session.say("conf-locked" if isinstance(refusal, Locked) else "conf-full")
            return
        session.call.note("conference", session.leg.party.number, "is sent out" if member.removed else "is the last")
        if member.removed:
            await session.say("conf-removed")

    async def _take_part(self, session: Session, room: Room, member: Member) -> None:
        table = _keys_of(member, session.exchange)
        while (left_s := room.leaves_in_s(member)) is None or left_s > 0:
            member.news.clear()
            code = await first(pressed(member.leg, table), _told(member), within_s=left_s)
            if not code:
                continue
            if code == PARK:
                await first(session.refuse_parking(), _sent_out(member))
                continue
            with room.outside(member):
                if room.full:
                    await session.say("conf-full")
                    continue
                guest = await first(invite(session), _sent_out(member))
                await self._tell(session, room)
            if guest is not None:
                self._start_guest(session.exchange, guest, room)

    async def _announce(self, session: Session, room: Room) -> None:
        """How many are there already."""
        others = len(room.members)
        if others:
            phrases = session.exchange.phrases
            await session.say("conf-there-are")
            await session.play(phrases.number(session.language, others))
            await session.say("conf-participants")
        else:
            await session.say("conf-only-person")
        await self._tell(session, room)

    async def _tell(self, session: Session, room: Room) -> None:
        """That the conference is recorded, where one has to know before being heard."""
        announcement = room.tape.announcement(session.leg)
        if announcement is not None:
            await session.say(announcement)


def _keys_of(member: Member, exchange: Exchange) -> KeyTable:
    """An administrator who calls from outside could let the box pay for calls: codes are for the house."""
    if member.leg.party.extension is None:
        return NO_KEYS
    return key_table(Stage.CONFERENCE_ADMIN if member.role is Role.ADMIN else Stage.GUEST, exchange.plan.codes)


async def _told(member: Member) -> str:
    await member.news.wait()
    return ""


async def _sent_out(member: Member) -> None:
    """Until the operator sends the member out."""
    while not member.removed:
        member.news.clear()
        await member.news.wait()


def install(resources: Resources) -> Features:
    conferences = Conferences(Recorders(resources))
    return Features(
        in_call={"conference-create": conferences.create},
        services={"room": conferences.enter},
        offers={"conference": conferences},
    )
