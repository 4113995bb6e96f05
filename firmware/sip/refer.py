"""Refer-To and Replaces as a telephone writes them (RFC 3515, RFC 3891, security.md 3.4). Pure.

Not responsible for which calls they mean, nor for doing it (`referrals.py`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote

from firmware.sip.bindings import split_uri
from firmware.telephony.numbering import from_sip


class NotReferable(Exception):
    """`args[0]` is the status that says so."""


@dataclass(frozen=True, slots=True)
class Replaces:
    """A call as its far end names it: `to_tag` is the tag of the one who reads this."""

    call_id: str
    to_tag: str
    from_tag: str
    early_only: bool = False


@dataclass(frozen=True, slots=True)
class Referral:
    """Where a telephone sends the one it talks to: to a number, or to the other end of a second call."""

    number: str
    replaces: Replaces | None = None


def replaces(text: str) -> Replaces | None:
    """The value of a Replaces header; None: it is none."""
    call_id, *parts = [part.strip() for part in text.split(";")]
    fields = {name.lower(): value for name, _, value in (part.partition("=") for part in parts)}
    to_tag, from_tag = fields.get("to-tag", ""), fields.get("from-tag", "")
    if not (call_id and to_tag and from_tag):
        return None
    return Replaces(call_id, to_tag, from_tag, "early-only" in fields)


def referral(refer_to: str, hosts: Collection[str]) -> Referral:
    """Read a Refer-To header. `hosts`: names of the box. Raises NotReferable for what the box does not do."""
    uri = refer_to.partition("<")[2].partition(">")[0] or refer_to.partition(";")[0]
    scheme, user, place, rest = split_uri(uri.strip())
    number = from_sip(user.removesuffix("@"))
    if scheme.lower() not in ("sip", "sips") or not number:
        raise NotReferable(400)
    if host_of(place) not in hosts:
        raise NotReferable(403)
    headers = [part.partition("=") for part in rest.partition("?")[2].split("&") if part]
    if not headers:
        return Referral(number)
    if [name.lower() for name, _, _ in headers] != ["replaces"]:
        raise NotReferable(400)
    found = replaces(unquote(headers[0][2]))
    if found is None:
        raise NotReferable(400)
    return Referral(number, found)


def host_of(place: str) -> str:
    """The host of `host:port`, in lower case."""
    if place.startswith("["):
        return place.partition("]")[0].removeprefix("[").lower()
    return place.partition(":")[0].lower()
