"""The box as a whole: place, numbering plan, SIP, portal, limits.

Not responsible for the network addresses of the machine, nor for anything that belongs to one extension or trunk.
"""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta

from firmware.telephony.site.about import Part, about
from firmware.telephony.site.extension import Language
from firmware.telephony.site.kinds import (
    Account,
    Country,
    Email,
    Host,
    Label,
    Listen,
    Name,
    Network,
    Number,
    Password,
    PortRange,
    Prefix,
    Range,
)
from firmware.telephony.site.trunk import Codec


class Place(Part, frozen=True, kw_only=True):
    """Where the box stands."""

    name: Annotated[Label, about("Name", "Shown in the portal and in mails.")] = "fxbox"
    country: Annotated[
        Country, about("Country", "Decides on tones, ringing, line impedance, caller ID and emergency numbers.")
    ] = "US"
    language: Annotated[Language, about("Language", "Language of prompts and pages.")] = "en"
    timezone: Annotated[
        str,
        about(
            "Time zone", "Zone of schedules, call records and announcements (IANA name).", examples=["Europe/Berlin"]
        ),
    ] = "UTC"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Numbering(Part, frozen=True, kw_only=True):
    """The numbering plan (N3, N4)."""

    extensions: Annotated[Range, about("Extensions", "First and last number of extensions.")] = "100-899"
    parking: Annotated[Range, about("Parking slots", "First and last parking slot.")] = "41-60"
    rooms: Annotated[Range, about("Conference rooms", "First and last number of rooms.")] = "90-99"
    outbound_prefix: Annotated[
        Prefix, about("Outbound prefix", "Digit for outside calls; no extension begins with it.")
    ] = "9"
    operator: Annotated[Number | None, about("Operator", "Extension that `operator` means.")] = None
    operator_override: Annotated[
        bool, about("Operator override", "Whether calls of the operator ring through do-not-disturb.")
    ] = False
    first_digit_s: Annotated[
        float, about("First digit", "How long an analog telephone has dial tone.", unit="s", ge=1, le=60)
    ] = 15.0
    inter_digit_s: Annotated[
        float, about("Next digit", "Wait for a further digit of an incomplete number.", unit="s", ge=1, le=30)
    ] = 4.0
    match_s: Annotated[
        float,
        about("Longer number", "Wait when the number is complete but a longer one exists.", unit="s", ge=0.5, le=30),
    ] = 3.0


class Sip(Part, frozen=True, kw_only=True):
    """SIP and audio of the whole box."""

    udp: Annotated[tuple[Listen, ...], about("UDP", "Addresses the box listens at.", max_length=8)] = ("0.0.0.0:5060",)
    tcp: Annotated[tuple[Listen, ...], about("TCP", "Addresses the box listens at.", max_length=8)] = ("0.0.0.0:5060",)
    tls: Annotated[tuple[Listen, ...], about("TLS", "Addresses the box listens at.", active=False, max_length=8)] = ()
    realm: Annotated[
        Name | None,
        about("Realm", "Name that passwords are bound to; random at first start. A new one voids every password."),
    ] = None
    rtp_ports: Annotated[
        PortRange, about("Audio ports", "First and last UDP port of audio; one is chosen at random (security.md 3.6).")
    ] = "16384-32767"
    codecs: Annotated[
        tuple[Codec, ...],
        about("Codecs", "Preferred in this order; the bridge runs at 8 kHz, so G.711 costs least.", min_length=1),
    ] = (
        "pcma",
        "pcmu",
        "g722",
        "opus",
    )
    min_expires_s: Annotated[
        int, about("Shortest registration", "Registrations for less are refused.", unit="s", ge=30, le=3600)
    ] = 60
    max_expires_s: Annotated[
        int, about("Longest registration", "Registrations for more are shortened.", unit="s", ge=60, le=86400)
    ] = 3600
    default_expires_s: Annotated[
        int, about("Usual registration", "When the telephone asks for no time.", unit="s", ge=60, le=86400)
    ] = 120


class Mail(Part, frozen=True, kw_only=True):
    """The server that the box sends its mails by. Without `host` it sends none."""

    host: Annotated[Host | None, about("Server", "Name or address of the mail server (SMTP).")] = None
    port: Annotated[int, about("Port", "587 with starttls, 465 with tls, 25 without.", ge=1, le=65535)] = 587
    tls: Annotated[
        Literal["starttls", "tls", "none"],
        about("Encryption", "STARTTLS (RFC 3207), TLS from the first byte, or none: only within the house."),
    ] = "starttls"
    user: Annotated[Account | None, about("User", "Name that the box logs in with; not given: it does not.")] = None
    secret: Annotated[Password | None, about("Password", "Of the user.", secret=True)] = None
    sender: Annotated[Email | None, about("Sender", "Address that mails come from; not given: `user`.")] = None


class Recording(Part, frozen=True, kw_only=True):
    """Recording of calls, on demand or by an extension's rule."""

    announce: Annotated[
        Literal["country", "always", "never"],
        about("Announcement", "Whether both hear that they are recorded; country: where all must know by law."),
    ] = "country"
    whispers: Annotated[
        bool, about("Whispers", "Whether what a listener says to its target alone (`*91`) is recorded with the call.")
    ] = False


class Retention(Part, frozen=True, kw_only=True):
    """How long the box keeps what it has recorded (security.md 8)."""

    recording_days: Annotated[
        int, about("Recordings", "Older recordings of calls are removed.", unit="days", ge=1, le=3650)
    ] = 90
    voicemail_days: Annotated[
        int, about("Messages", "Older messages of mailboxes are removed.", unit="days", ge=1, le=3650)
    ] = 180
    audit_days: Annotated[
        int, about("Audit", "Older entries of the audit are removed.", unit="days", ge=1, le=3650)
    ] = 365


class Portal(Part, frozen=True, kw_only=True):
    """The pages of the box."""

    enabled: Annotated[bool, about("User portal", "Whether users of extensions may log in at all (P1).")] = False


class SourceLimits(Part, frozen=True, kw_only=True):
    """What one SIP source may send before it is believed (security.md 3.1)."""

    max_bytes: Annotated[
        int,
        about("Message size", "Longest message of a source that has not logged in.", unit="bytes", ge=1000, le=64_000),
    ] = 8000
    max_bytes_known: Annotated[
        int, about("Message size, logged in", "Longest message of all others.", unit="bytes", ge=1000, le=64_000)
    ] = 16_000
    max_headers: Annotated[int, about("Headers", "Most headers of a message.", ge=16, le=256)] = 64
    max_via: Annotated[int, about("Via headers", "Most hops of a message.", ge=1, le=32)] = 4
    unknown_per_s: Annotated[
        int, about("Unknown source, rate", "Messages of a source without a registration.", unit="1/s", ge=1, le=100_000)
    ] = 10
    unknown_burst: Annotated[
        int, about("Unknown source, burst", "Messages at once of such a source.", ge=1, le=100_000)
    ] = 40
    known_per_s: Annotated[
        int, about("Registered source, rate", "Messages of a source with a registration.", unit="1/s", ge=1, le=100_000)
    ] = 50
    known_burst: Annotated[
        int, about("Registered source, burst", "Messages at once of such a source.", ge=1, le=100_000)
    ] = 200
    all_unknown_per_s: Annotated[
        int, about("All unknown sources", "Messages of all unknown sources together.", unit="1/s", ge=1, le=100_000)
    ] = 150
    sources: Annotated[int, about("Sources", "How many sources are remembered.", ge=256, le=65_536)] = 4096
    ban_failures: Annotated[
        int, about("Failures", "Wrong passwords within 10 minutes that lead to a ban.", ge=3, le=100)
    ] = 5
    scanners: Annotated[bool, about("Drop scanners", "Whether messages of known scanners are dropped in silence.")] = (
        True
    )


class SourceException(Part, frozen=True, kw_only=True):
    """A source that is let through by name, such as a gateway or a test bench."""

    name: Annotated[Label, about("Name", "What it is; shown in the log.")]
    network: Annotated[Network, about("Network", "Its address or network.")]
    per_s: Annotated[int, about("Rate", "SIP messages that it may send.", unit="1/s", ge=1, le=1_000_000)]
    burst: Annotated[
        Annotated[int, Meta(ge=1, le=1_000_000)] | None,
        about("Burst", "Messages at once; not given: four seconds of `per_s`."),
    ] = None


class Limits(Part, frozen=True, kw_only=True):
    """Guards against misuse (security.md 3.1 and 4)."""

    sip: Annotated[SourceLimits, about("SIP sources", "What a SIP source may send.")] = SourceLimits()
    sources: Annotated[
        tuple[SourceException, ...], about("Exceptions", "Sources with a rate of their own.", max_length=32)
    ] = ()
    outbound_per_minute: Annotated[
        int, about("Outside calls a minute", "Of one extension.", unit="1/min", ge=1, le=1000)
    ] = 5
    outbound_per_hour: Annotated[
        int, about("Outside calls an hour", "Of one extension.", unit="1/h", ge=1, le=10_000)
    ] = 30
    outbound_at_once: Annotated[int, about("Outside calls at once", "Of one extension.", ge=1, le=100)] = 2
    outbound_minutes_per_day: Annotated[
        int, about("Outside minutes a day", "Of one extension.", unit="min", ge=1, le=100_000)
    ] = 240
    site_minutes_per_day: Annotated[
        int, about("Outside minutes a day, site", "Of all extensions.", unit="min", ge=1, le=1_000_000)
    ] = 1200
    max_call_minutes: Annotated[
        int, about("Longest call", "An outside call ends after this time.", unit="min", ge=1, le=1440)
    ] = 240
    international: Annotated[bool, about("International calls", "Whether they are allowed.")] = False
    international_countries: Annotated[
        tuple[Country, ...],
        about("Countries", "Where international calls may go; none given: everywhere.", max_length=250),
    ] = ()
    international_minutes_per_day: Annotated[
        int, about("International minutes a day", "Of all extensions.", unit="min", ge=1, le=100_000)
    ] = 60
    premium: Annotated[
        bool, about("Premium numbers", "Whether premium-rate, satellite and worldwide numbers may be called.")
    ] = False
    night_minutes_per_day: Annotated[
        int, about("Outside minutes at night", "Of all extensions, on one day.", unit="min", ge=1, le=100_000)
    ] = 60
    day: Annotated[
        Name | None,
        about(
            "Hours of the day",
            "Schedule outside of which the limits of the night hold, without international calls; "
            "not given: mo-fr 07:00-20:00 without the holidays of all schedules.",
        ),
    ] = None
