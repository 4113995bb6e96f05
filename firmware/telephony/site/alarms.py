"""Alarms: who is told, beside the banner of the portal, when somebody responsible should look after the box.

Not responsible for raising them, nor for sending (`firmware.features.alarms`).
"""

from typing import Annotated

from firmware.telephony.site.about import Part, about
from firmware.telephony.site.kinds import Email, Network, Number, Secret, Url


class Webhook(Part, frozen=True, kw_only=True):
    """A program of yours that is told: by HTTP POST of JSON with `box`, `at`, `alarm` and `times`."""

    url: Annotated[Url | None, about("Address", "Where it listens.")] = None
    secret: Annotated[
        Secret | None,
        about(
            "Secret", "Key of the header `X-Fxbox-Signature: sha256=...`, the HMAC of the body (RFC 2104).", secret=True
        ),
    ] = None
    allow: Annotated[
        tuple[Network, ...],
        about(
            "Allow",
            "Addresses that are not of the public Internet, or of the box itself, where it may be nevertheless.",
            max_length=32,
            examples=[["192.168.1.20"]],
        ),
    ] = ()


class Alarms(Part, frozen=True, kw_only=True):
    """Who is told at once of locks, of the site's brake and of minutes that run out (security.md 4)."""

    email: Annotated[tuple[Email, ...], about("E-mail", "Addresses that get a mail.", max_length=16)] = ()
    webhook: Annotated[Webhook, about("Webhook", "A program that is told.")] = Webhook()
    call: Annotated[
        tuple[Number, ...],
        about("Call", "Extensions that ring at any hour until one answers, which hears of it.", max_length=16),
    ] = ()
