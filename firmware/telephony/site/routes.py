"""Routes: which outside numbers leave by which trunks, and where incoming calls go at which hours.

Not responsible for deciding: `firmware.telephony.routing`.
"""

from typing import Annotated

from firmware.telephony.site.about import Part, about
from firmware.telephony.site.kinds import Destination, Digits, Emergency, Moment, Name, Notified, Pattern, Prefix


class Outbound(Part, frozen=True, kw_only=True):
    """One rule for outside calls. The first rule that fits and that the caller may use decides."""

    name: Annotated[Name, about("Name", "What `extensions[].outbound` refers to.")]
    prefix: Annotated[Prefix | None, about("Prefix", "Digits that come before the number; they are taken off.")] = None
    match: Annotated[
        Pattern | None,
        about("Pattern", "What the number looks like after the prefix; not given: any number, if there is a prefix."),
    ] = None
    strip: Annotated[
        int, about("Strip", "Further digits that are taken off the front.", unit="digits", ge=0, le=16)
    ] = 0
    prepend: Annotated[Digits, about("Prepend", "Digits that are put in front at last.")] = ""
    trunks: Annotated[tuple[Name, ...], about("Trunks", "Tried in this order until one takes the call.", min_length=1)]
    hours: Annotated[Name | None, about("Hours", "The rule holds only while this schedule is open.")] = None
    limited: Annotated[
        bool,
        about("Limited", "Whether its calls count for the limits; not so for a line to another exchange of yours."),
    ] = True


class Inbound(Part, frozen=True, kw_only=True):
    """One rule for incoming calls. The first rule that fits decides."""

    trunk: Annotated[Name | None, about("Trunk", "Trunk that the call comes by; not given: any.")] = None
    did: Annotated[
        Pattern | None, about("Called number", "Number that the caller dialled (DID) or its pattern; not given: any.")
    ] = None
    caller: Annotated[Pattern | None, about("Caller", "The caller's number or its pattern; not given: any.")] = None
    to: Annotated[
        Destination,
        about("Destination", "Where the call goes; `direct`: to the extension whose number was dialled."),
    ]
    hours: Annotated[Name | None, about("Hours", "Schedule in which `to` holds; not given: always.")] = None
    otherwise: Annotated[
        Destination | None, about("Otherwise", "Where the call goes outside of `hours`; not given: next rule.")
    ] = None


class Hours(Part, frozen=True, kw_only=True):
    """A schedule in the site's time zone."""

    weekdays: Annotated[
        str,
        about(
            "Weekdays",
            "Days and times, such as `mo-fr 09:00-12:00 13:00-18:00, sa 10:00-13:00`; `22:00-06:00` ends next day.",
            examples=["mo-fr 09:00-18:00"],
            min_length=2,
            max_length=400,
        ),
    ]
    holidays: Annotated[
        tuple[Moment, ...], about("Holidays", "Dates on which it is closed all day.", max_length=400)
    ] = ()


class EmergencyCalls(Part, frozen=True, kw_only=True):
    """Emergency numbers are decided before everything else (N5). Those of the country are always among them."""

    numbers: Annotated[
        tuple[Emergency, ...], about("Further numbers", "Numbers besides those of the country.", max_length=32)
    ] = ()
    trunks: Annotated[tuple[Name, ...], about("Trunks", "Tried first, in this order; after them all others.")] = ()
    notify: Annotated[
        tuple[Notified, ...] | None,
        about(
            "Notify",
            "Who is told of an emergency call: extensions ring and hear who called, and the address of their mailbox "
            "gets a mail as other addresses do; not given: the operator.",
        ),
    ] = None
