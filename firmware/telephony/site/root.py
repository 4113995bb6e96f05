"""The whole configuration of one box: the root of the site file.

Not responsible for reading it (`text.py`, `validate.py`) nor for rules between settings (`check.py`).
"""

from contextlib import suppress
from itertools import islice
from typing import Annotated, Literal

from msgspec import field
from msgspec.structs import force_setattr

from firmware.telephony.blacklist import Match
from firmware.telephony.site.about import Part, about
from firmware.telephony.site.alarms import Alarms
from firmware.telephony.site.extension import Extension
from firmware.telephony.site.kinds import Listed, Name, Star
from firmware.telephony.site.routes import EmergencyCalls, Hours, Inbound, Outbound
from firmware.telephony.site.services import Fax, Menu, Pickup, Queue, RingGroup, Room
from firmware.telephony.site.system import Limits, Mail, Numbering, Place, Portal, Recording, Retention, Sip
from firmware.telephony.site.trunk import Trunk
from firmware.telephony.span import span

ROOMS = (Room(number="90"), Room(number="91"), Room(number="92"))
"""Rooms that are there when the site file names none (N4): the first three of `numbering.rooms`."""


class Site(Part, frozen=True, kw_only=True):
    """One box. Everything that is not given has its default, so `Site()` is a box without telephones."""

    version: Annotated[Literal[1], about("Version", "Of the site file's format.")] = 1
    site: Annotated[Place, about("Site", "Where the box stands.")] = Place()
    numbering: Annotated[Numbering, about("Numbering", "The numbering plan.")] = Numbering()
    feature_codes: Annotated[
        dict[Name, Star], about("Feature codes", "Codes that differ from the user guide's, by their id.")
    ] = field(default_factory=dict)
    sip: Annotated[Sip, about("SIP", "SIP and audio of the whole box.")] = Sip()
    extensions: Annotated[tuple[Extension, ...], about("Extensions", "Who has a telephone.", max_length=800)] = ()
    trunks: Annotated[tuple[Trunk, ...], about("Trunks", "Lines to the outside.", max_length=100)] = ()
    outbound: Annotated[tuple[Outbound, ...], about("Outbound rules", "Which number leaves by which trunk.")] = ()
    inbound: Annotated[tuple[Inbound, ...], about("Inbound rules", "Where incoming calls go.")] = ()
    hours: Annotated[dict[Name, Hours], about("Hours", "Schedules that rules refer to, by name.")] = field(
        default_factory=dict
    )
    ring_groups: Annotated[tuple[RingGroup, ...], about("Ring groups", "Numbers that ring several extensions.")] = ()
    queues: Annotated[tuple[Queue, ...], about("Queues", "Call queues.")] = ()
    rooms: Annotated[tuple[Room, ...], about("Conference rooms", "Rooms for conferences.", max_length=20)] = ROOMS
    menus: Annotated[tuple[Menu, ...], about("Voice menus", "Menus that callers choose from.")] = ()
    pickup: Annotated[Pickup, about("Pickup", "Picking up calls that ring elsewhere.")] = Pickup()
    blacklist: Annotated[
        tuple[Listed, ...], about("Blacklist", "Outside numbers that cannot call in.", max_length=2000)
    ] = ()
    blacklist_match: Annotated[
        Match,
        about(
            "Blacklist, comparison",
            "national: the whole number, however it is written; last7: the last seven digits, for networks that "
            "deliver numbers incompletely.",
        ),
    ] = "national"
    block_anonymous: Annotated[
        bool, about("Block anonymous callers", "Whether outside calls with a withheld number are refused.")
    ] = False
    emergency: Annotated[EmergencyCalls, about("Emergency calls", "Numbers that always get a line.")] = EmergencyCalls()
    fax: Annotated[Fax, about("Fax", "Sending and receiving faxes.", active=False)] = Fax()
    mail: Annotated[Mail, about("Mail", "How the box sends mails.")] = Mail()
    recording: Annotated[Recording, about("Recording", "Recording of calls.")] = Recording()
    retention: Annotated[Retention, about("Retention", "How long recordings and the like are kept.")] = Retention()
    portal: Annotated[Portal, about("Portal", "The pages of the box.")] = Portal()
    limits: Annotated[Limits, about("Limits", "Guards against misuse.")] = Limits()
    alarms: Annotated[Alarms, about("Alarms", "Who is told when the box needs somebody.")] = Alarms()

    def __post_init__(self) -> None:
        if self.rooms is ROOMS and self.numbering.rooms != Numbering().rooms:
            with suppress(ValueError):  # a span that cannot be read is told of by the check
                numbers = islice(span(self.numbering.rooms).numbers(), len(ROOMS))
                force_setattr(self, "rooms", tuple(Room(number=number) for number in numbers))

    def extension(self, number: str) -> Extension | None:
        """The extension of this number."""
        return next((one for one in self.extensions if one.number == number), None)

    def may_greet(self, extension: Extension) -> bool:
        """Whether it may record greetings."""
        return extension.may_record_greetings or extension.number == self.numbering.operator

    @property
    def greeting_places(self) -> tuple[Menu | Queue | RingGroup, ...]:
        """What has a greeting."""
        places: tuple[Menu | Queue | RingGroup, ...] = (*self.menus, *self.queues, *self.ring_groups)
        return tuple(one for one in places if one.greeting is not None)

    def trunk(self, name: str) -> Trunk | None:
        """The trunk of this name."""
        return next((one for one in self.trunks if one.name == name), None)
