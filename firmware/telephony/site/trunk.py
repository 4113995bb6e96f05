"""Trunks: the lines to the outside, by copper (fxo) or by SIP.

Not responsible for which call takes which trunk: `routes.py` beside this one.
"""

from typing import Annotated, Literal

from firmware.telephony.site.about import Part, about
from firmware.telephony.site.extension import Srtp, Transport
from firmware.telephony.site.kinds import FxoPort, Host, Name, Public

Codec = Literal["opus", "g722", "pcma", "pcmu"]


class FxoTrunk(Part, frozen=True, kw_only=True, tag_field="type", tag="fxo"):
    """A line of the telephone network at an FXO port."""

    name: Annotated[Name, about("Name", "What routes refer to.")]
    port: Annotated[FxoPort, about("Analog port", "Port that the line is plugged into.")]
    number: Annotated[Public | None, about("Own number", "Number that callers of this line have dialled.")] = None
    caller_id: Annotated[
        bool, about("Caller ID", "Whether the box waits for the caller's number before it lets the call in.")
    ] = True
    answer_supervision: Annotated[
        Literal["none", "polarity"],
        about("Answer supervision", "How an answer is known: by polarity reversal, or `none`: assumed once dialled."),
    ] = "none"
    hang_up_on: Annotated[
        tuple[Literal["polarity", "battery", "busy-tone"], ...],
        about("Far-end hang-up", "Signs that end a call: polarity reversal, loss of battery, busy tone.", min_length=1),
    ] = ("polarity", "battery", "busy-tone")
    answer_blocked: Annotated[
        bool,
        about(
            "Tell blocked callers",
            "Whether a blocked call is answered to say that the number is not in service; if not, it rings on unheard.",
        ),
    ] = True
    transfer_by_key: Annotated[
        bool, about("Outbound call transfer", "Whether `#` transfers in calls over this trunk (N11).")
    ] = True


class SipTrunk(Part, frozen=True, kw_only=True, tag_field="type", tag="sip"):
    """A provider that the box registers with, or a peer that is recognised by its address."""

    name: Annotated[Name, about("Name", "What routes refer to.")]
    host: Annotated[Host, about("Host", "Name or address of the other side.")]
    port: Annotated[int, about("Port", "Port of the other side.", ge=1, le=65535)] = 5060
    transport: Annotated[Transport, about("Transport", "How it is reached; `tls` is not active yet.")] = "udp"
    srtp: Annotated[Srtp, about("Encrypted audio", "Whether audio is encrypted by SRTP.", active=False)] = "off"
    register: Annotated[
        bool, about("Register", "Whether the box registers there; if not, it is a peer known by its address.")
    ] = True
    username: Annotated[str | None, about("User name", "User part of the box's own address there.")] = None
    auth_username: Annotated[
        str | None, about("Authentication name", "Name for the digest; not given: `username`.")
    ] = None
    secret: Annotated[str | None, about("Password", "Password at the other side.", secret=True)] = None
    expires_s: Annotated[
        int, about("Registration time", "How long a registration is asked to last.", unit="s", ge=60, le=7200)
    ] = 300
    number: Annotated[Public | None, about("Own number", "Caller number of calls that leave by this trunk.")] = None
    show_outside_caller: Annotated[
        bool,
        about(
            "Show outside callers",
            "Whether an outside caller who is forwarded or transferred outside is shown with his own number; "
            "not every provider takes numbers that are not yours.",
        ),
    ] = False
    did_from: Annotated[
        Literal["request-uri", "to"], about("Called number", "Where the number that an outside caller dialled stands.")
    ] = "request-uri"
    trusted: Annotated[
        bool, about("Trusted", "Whether the caller's number is taken from its P-Asserted-Identity (security.md 3.5).")
    ] = False
    codecs: Annotated[
        tuple[Codec, ...] | None, about("Codecs", "In order of preference; not given: those of `sip.codecs`.")
    ] = None
    rate_per_s: Annotated[
        int, about("Message rate", "SIP messages that it may send (security.md 3.1).", unit="1/s", ge=1, le=100_000)
    ] = 1000
    transfer_by_key: Annotated[
        bool, about("Outbound call transfer", "Whether `#` transfers in calls over this trunk (N11).")
    ] = True


Trunk = FxoTrunk | SipTrunk
