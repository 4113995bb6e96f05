"""Shared services: groups, queues, conference rooms, menus, fax. Their features follow; the settings are complete.

Not responsible for an extension's own services: `extension.py`.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from firmware.telephony.site.about import Part, about
from firmware.telephony.site.kinds import Destination, Email, Label, Name, Number, Pin, Public


class RingGroup(Part, frozen=True, kw_only=True):
    """A number that rings several extensions."""

    number: Annotated[Number, about("Number", "What is dialled to reach the group.")]
    name: Annotated[Label, about("Name", "Shown on displays.")]
    strategy: Annotated[
        Literal["ringall", "linear", "random", "rrmemory"],
        about(
            "Strategy",
            "All at once, one by one, at random, or one by one from where the last call ended.",
        ),
    ] = "ringall"
    members: Annotated[tuple[Number, ...], about("Members", "Extensions that ring.", min_length=1)]
    ring_s: Annotated[int, about("Ring time", "How long it rings.", unit="s", ge=5, le=300)] = 30
    greeting: Annotated[
        Name | None,
        about("Greeting", "Prompt that is played before it rings; `*77` records one of this name; not given: none."),
    ] = None
    otherwise: Annotated[Destination | None, about("Otherwise", "Where unanswered calls go.")] = None


class Queue(Part, frozen=True, kw_only=True):
    """Callers wait with music until an agent is free."""

    number: Annotated[Number, about("Number", "What is dialled to reach the queue.")]
    name: Annotated[Label, about("Name", "Shown on displays.")]
    strategy: Annotated[
        Literal["ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "linear"],
        about("Strategy", "Which agent rings next."),
    ] = "ringall"
    agents: Annotated[tuple[Number, ...], about("Agents", "Extensions that always are members.")] = ()
    dynamic_agents: Annotated[
        tuple[Number, ...], about("Dynamic agents", "Extensions that may log in and out (`*62`).")
    ] = ()
    ring_s: Annotated[int, about("Ring time", "How long one agent rings.", unit="s", ge=5, le=120)] = 15
    retry_s: Annotated[int, about("Pause", "Pause before the next agent is tried.", unit="s", ge=0, le=120)] = 5
    wrap_up_s: Annotated[int, about("Wrap-up time", "Rest of an agent after a call.", unit="s", ge=0, le=600)] = 0
    max_wait_s: Annotated[
        int, about("Longest wait", "After this time `otherwise` holds.", unit="s", ge=10, le=7200)
    ] = 300
    max_callers: Annotated[int, about("Places", "How many callers may wait.", unit="callers", ge=1, le=100)] = 20
    greeting: Annotated[
        Name | None,
        about("Greeting", "Prompt that is played before agents ring; `*77` records one of this name; not given: none."),
    ] = None
    announce_position: Annotated[bool, about("Position", "Whether waiting callers hear their place.")] = True
    announce_hold_time: Annotated[
        bool, about("Waiting time", "Whether waiting callers hear how long others have waited lately.")
    ] = False
    auto_pause_after: Annotated[
        Annotated[int, Meta(ge=1, le=20)] | None,
        about("Break by itself", "After so many unanswered calls in a row an agent gets a break; not given: never."),
    ] = None
    on_empty: Annotated[
        Destination | None, about("Nobody there", "Where callers go when no agent is there; not given: `otherwise`.")
    ] = None
    on_full: Annotated[
        Destination | None, about("Full", "Where callers go who find no place; not given: `otherwise`.")
    ] = None
    on_timeout: Annotated[
        Destination | None, about("Waited too long", "Where callers go after the longest wait; not given: `otherwise`.")
    ] = None
    otherwise: Annotated[Destination | None, about("Otherwise", "Where callers go when nobody takes them.")] = None


class Room(Part, frozen=True, kw_only=True):
    """A conference room. Number 90 is the first that `*0` takes."""

    number: Annotated[Number, about("Number", "What is dialled to enter; within `numbering.rooms`.")]
    name: Annotated[Label | None, about("Name", "Shown on displays.")] = None
    pin: Annotated[Pin | None, about("Password", "Asked of participants.", secret=True)] = None
    admin_pin: Annotated[Pin | None, about("Administrator's password", "Lets its user invite others.", secret=True)] = (
        None
    )
    max_members: Annotated[int, about("Places", "How many may take part.", unit="members", ge=2, le=32)] = 10
    end_without_admin: Annotated[
        bool, about("End without administrator", "Whether it ends 60 s after its last administrator has left.")
    ] = False
    record: Annotated[
        bool, about("Recording", "Whether its conferences are recorded; who is told: `recording.announce`.")
    ] = False
    noise_gate: Annotated[
        bool, about("Noise gate", "Whether, from three members on, nobody's noise is heard who does not speak.")
    ] = True


class Menu(Part, frozen=True, kw_only=True):
    """A voice menu (IVR). It dials numbers of the box only (security.md 4)."""

    number: Annotated[Number, about("Number", "What is dialled to reach the menu.")]
    name: Annotated[Label, about("Name", "Shown on displays.")]
    greeting: Annotated[Name, about("Greeting", "Prompt that is played; `*77` records another one in its place.")]
    keys: Annotated[
        dict[Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#"], Destination],
        about("Keys", "Where each key leads."),
    ] = field(default_factory=dict)
    timeout_s: Annotated[int, about("Time-out", "How long the menu waits for a key.", unit="s", ge=1, le=60)] = 5
    direct_dial: Annotated[bool, about("Direct dialling", "Whether callers may dial an extension's number.")] = False
    hours: Annotated[Name | None, about("Hours", "Schedule in which the menu speaks; not given: always.")] = None
    closed: Annotated[
        Destination | None, about("Closed", "Where callers go outside of `hours`; not given: `otherwise`.")
    ] = None
    invalid: Annotated[
        Destination | None,
        about("Invalid", "Where callers go who press wrong keys three times; not given: `otherwise`."),
    ] = None
    otherwise: Annotated[Destination | None, about("Otherwise", "Where callers go who choose nothing.")] = None


class Pickup(Part, frozen=True, kw_only=True):
    """Picking up calls that ring elsewhere (F5, F6)."""

    own_department: Annotated[
        bool, about("Own department only", "Whether `**` and an extension, too, works within one department only.")
    ] = False


class Fax(Part, frozen=True, kw_only=True):
    """Sending and receiving faxes without a machine."""

    header: Annotated[Label | None, about("Header line", "Printed on top of each page.", active=False)] = None
    number: Annotated[
        Public | None, about("Own number", "Fax number that is sent to the other side.", active=False)
    ] = None
    deliver_to: Annotated[
        tuple[Number, ...], about("Deliver to", "Extensions that see received faxes.", active=False)
    ] = ()
    email: Annotated[Email | None, about("E-mail", "Where received faxes are sent.", active=False)] = None
