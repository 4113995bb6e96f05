"""Extensions: who has a telephone here, and how calls to them are treated.

Not responsible for the treatment itself: `firmware.telephony.delivery`.
"""

from typing import Annotated, Literal

from firmware.telephony.site.about import Part, about
from firmware.telephony.site.kinds import (
    Dialled,
    Email,
    FxsPort,
    Label,
    Md5,
    Name,
    Network,
    Number,
    Pin,
    Secret,
    Sha256,
)

Transport = Literal["udp", "tcp", "tls"]
Srtp = Literal["off", "optional", "required"]
Language = Literal["en", "fr", "es", "it", "ru", "de"]


class Ha1(Part, frozen=True, kw_only=True):
    """What is kept instead of a SIP secret (RFC 7616 3.4.2, RFC 8760): it holds for one realm only."""

    md5: Annotated[Md5, about("HA1 for MD5", "MD5 of number:realm:secret, in hexadecimal.", secret=True)]
    sha256: Annotated[Sha256, about("HA1 for SHA-256", "SHA-256 of number:realm:secret, in hexadecimal.", secret=True)]


class ExtensionSip(Part, frozen=True, kw_only=True):
    """An extension's IP telephones and browser phones; they log in with the extension's number."""

    secret: Annotated[
        Secret | None,
        about(
            "Register password",
            "Password of the devices. The box keeps a digest of it only (`ha1`), so it is never exported.",
            secret=True,
        ),
    ] = None
    ha1: Annotated[
        Ha1 | None,
        about("Digests of the register password", "Given in place of `secret`, with `sip.realm`.", secret=True),
    ] = None
    transport: Annotated[
        tuple[Transport, ...], about("Transports", "By which transports its devices may register.", min_length=1)
    ] = ("udp", "tcp", "tls")
    srtp: Annotated[Srtp, about("Encrypted audio", "Whether audio is encrypted by SRTP.", active=False)] = "off"
    max_registrations: Annotated[
        int, about("Devices at once", "How many devices may be registered at a time (security.md 3.3).", ge=1, le=5)
    ] = 5
    permitted: Annotated[
        tuple[Network, ...],
        about("Permitted networks", "Addresses its devices may register from; none given: any.", max_length=32),
    ] = ()


class Voicemail(Part, frozen=True, kw_only=True):
    """An extension's mailbox."""

    enabled: Annotated[bool, about("Voicemail", "Whether unanswered calls go to the mailbox.")] = True
    pin: Annotated[
        Pin | None,
        about("Voicemail password", "Asked for by the mailbox; random when not given.", secret=True),
    ] = None
    email: Annotated[Email | None, about("E-mail", "Where new messages are sent to, as a WAV file.")] = None
    delete_after_email: Annotated[
        bool, about("Delete after e-mail", "Whether a message is removed here once the mail server has taken it.")
    ] = False


class Monitor(Part, frozen=True, kw_only=True):
    """Listening in (F20-F23): two switches, one of the listener and one of the person listened to."""

    allow: Annotated[bool, about("Allow being monitored", "Whether others may listen to this extension's calls.")] = (
        False
    )
    mode: Annotated[
        Literal["none", "listen", "whisper", "barge", "all"],
        about("May monitor", "What this extension may do in the calls of others."),
    ] = "none"
    beep: Annotated[
        bool, about("Beep", "Whether this extension and the other one hear a beep every 15 s while somebody listens.")
    ] = False


class Record(Part, frozen=True, kw_only=True):
    """Recording the extension's calls (F43); who is told: `recording.announce`."""

    on_demand: Annotated[bool, about("Record on demand", "Whether it may start a recording in a call (`*1`).")] = True
    automatic: Annotated[
        Literal["none", "internal", "inbound", "outbound", "outside", "all"],
        about("Record automatically", "Which of its calls are recorded by themselves; outside: inbound and outbound."),
    ] = "none"


class Forward(Part, frozen=True, kw_only=True):
    """Call forwards (F33-F35), each a number as the extension would dial it, or null."""

    always: Annotated[Dialled | None, about("Forward all", "Takes every call, without ringing.")] = None
    busy: Annotated[Dialled | None, about("Forward on busy", "Takes calls while the extension is busy.")] = None
    no_answer: Annotated[
        Dialled | None, about("Forward on no answer", "Takes calls that nobody answers, and those without a device.")
    ] = None


LONGEST_FOLLOW_ME_S = 150
"""SIP callers give up at about 180 s (product.md 2.11)."""


class FollowMeStep(Part, frozen=True, kw_only=True):
    """One number that is tried after the extension itself."""

    number: Annotated[Dialled, about("Number", "As the extension would dial it.")]
    ring_s: Annotated[int, about("Ring time", "How long it rings.", unit="s", ge=5, le=120)] = 20


class FollowMe(Part, frozen=True, kw_only=True):
    """Numbers that are tried one by one when the extension does not answer (F36-F38)."""

    enabled: Annotated[bool, about("Follow me", "Whether the list is used.")] = False
    own_ring_s: Annotated[
        int, about("Ring duration", "How long the extension itself rings first.", unit="s", ge=5, le=120)
    ] = 30
    confirm: Annotated[
        bool,
        about(
            "Ask outside numbers",
            "Whether who answers at an outside number must press 1 to take the call; "
            "on lines that cannot tell an answer they always must.",
        ),
    ] = True
    list: Annotated[tuple[FollowMeStep, ...], about("Follow me list", "Tried in this order.", max_length=10)] = ()


class Extension(Part, frozen=True, kw_only=True):
    """One extension: a number with an analog telephone, SIP devices, or both."""

    number: Annotated[Number, about("Number", "What others dial to reach it; within `numbering.extensions`.")]
    name: Annotated[Label, about("Name", "Shown on displays and in lists.")]
    port: Annotated[FxsPort | None, about("Analog port", "Port that its analog telephone is plugged into.")] = None
    line_signals: Annotated[
        tuple[Literal["battery-removal", "answer-reversal"], ...],
        about(
            "Signals on the line",
            "What its analog port tells an answering machine, modem or exchange that is plugged in: "
            "current removed for half a second when the far end hangs up, polarity reversed when it answers.",
        ),
    ] = ("battery-removal",)
    sip: Annotated[ExtensionSip | None, about("SIP", "Its IP telephones; not given: none can register.")] = None
    department: Annotated[
        Name | None, about("Department", "Those of one department pick up each other's calls (`*8`).")
    ] = None
    language: Annotated[
        Language | None, about("Language", "Language that the box speaks to it; not given: that of the site.")
    ] = None
    portal: Annotated[bool, about("Portal", "Whether its user may log in to the portal (P1).")] = False
    outbound: Annotated[
        tuple[Name, ...] | None,
        about("Outside calls", "Names of the outbound rules that it may use; not given: all; []: none."),
    ] = None
    ring_s: Annotated[
        int, about("Ring time", "How long it rings before it counts as no answer.", unit="s", ge=5, le=120)
    ] = 30
    call_waiting: Annotated[bool, about("Call waiting", "Whether a second call rings while one is going on.")] = True
    may_block: Annotated[
        bool, about("Block callers", "Whether it may change the blacklist (`*76`, `*75`, `*075`).")
    ] = True
    may_record_greetings: Annotated[
        bool, about("Record greetings", "Whether it may record the box's greetings (`*77`); the operator may.")
    ] = False
    dnd: Annotated[bool, about("Do not disturb", "Whether incoming calls are rejected (F39).")] = False
    dnd_voicemail: Annotated[
        bool, about("Mailbox while undisturbed", "Whether do-not-disturb leads calls to the mailbox.")
    ] = False
    forward: Annotated[Forward, about("Call forward", "Where calls go instead.")] = Forward()
    follow_me: Annotated[FollowMe, about("Follow me", "Further numbers to try.")] = FollowMe()
    voicemail: Annotated[Voicemail | None, about("Voicemail", "Its mailbox; not given: it has none.")] = None
    watch: Annotated[
        Literal["all", "department", "none"],
        about("Busy lamps", "Whose calls the lamps of its telephones may show."),
    ] = "all"
    record: Annotated[Record, about("Recording", "Recording of its calls.")] = Record()
    monitor: Annotated[Monitor, about("Call spy", "Listening in on calls.")] = Monitor()
    fax: Annotated[bool, about("Fax machine", "A fax machine is connected: no call waiting and no waiting tones.")] = (
        False
    )
