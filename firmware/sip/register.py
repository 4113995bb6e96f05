"""The rules of REGISTER (RFC 3261 10.3, security.md 3.3), as one pure function.

Not responsible for authentication, which came before, nor for what follows from the new bindings (registrar.py).
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from firmware.log import printable
from firmware.sip.bindings import Binding, Source, target_of

CONTACT_FORBIDDEN = set('<>"\\')


class Rules(Struct, frozen=True):
    """Times of the site file, in seconds, and how many devices an extension may have."""

    min_expires_s: int = 60
    max_expires_s: int = 3600
    default_expires_s: int = 120
    max_registrations: int = 5


class Contact(Struct, frozen=True):
    """One Contact of a request; `expires_s` None: not given with it."""

    uri: str
    instance: str = ""
    expires_s: int | None = None


class Request(Struct, frozen=True):
    """A REGISTER whose sender has proved to be `username`."""

    username: str
    to_user: str
    call_id: str
    cseq: int
    source: Source
    contacts: tuple[Contact, ...] | None = ()  # None: too many, or one that is not a SIP URI
    star: bool = False
    expires_s: int | None = None  # Expires header
    rport: bool = False
    user_agent: str = ""


class Answer(Struct, frozen=True):
    """Status, extra headers, and the extension's bindings from now on (unchanged unless 200)."""

    status: int
    bindings: tuple[Binding, ...]
    headers: tuple[tuple[str, str], ...] = ()


class _Refused(Exception):
    def __init__(self, status: int, *headers: tuple[str, str]) -> None:
        super().__init__(status)
        self.status, self.headers = status, headers


def register(bindings: tuple[Binding, ...], request: Request, rules: Rules, now: datetime) -> Answer:
    """What a REGISTER does to an extension's bindings. All of it happens, or nothing."""
    try:
        after = _apply(bindings, request, rules, now)
    except _Refused as refused:
        return Answer(refused.status, bindings, refused.headers)
    return Answer(200, after, tuple(("Contact", _shown(binding, now)) for binding in after))


def _shown(binding: Binding, now: datetime) -> str:
    left_s = max(0, round((binding.expires_at - now).total_seconds()))
    return f"<{binding.contact}>;expires={left_s}"


def _apply(bindings: tuple[Binding, ...], request: Request, rules: Rules, now: datetime) -> tuple[Binding, ...]:
    if request.to_user != request.username:
        raise _Refused(403)
    if request.contacts is None or any(not _is_plain(contact.uri) for contact in request.contacts):
        raise _Refused(400)
    if request.star:
        if request.contacts or request.expires_s != 0:
            raise _Refused(400)  # step 6
        for binding in bindings:
            _check_order(binding, request)
        return ()
    for contact in request.contacts:
        bindings = _with_contact(bindings, contact, request, rules, now)
    return bindings


def _is_plain(uri: str) -> bool:
    return uri.isascii() and uri.isprintable() and " " not in uri and CONTACT_FORBIDDEN.isdisjoint(uri)


def _check_order(binding: Binding, request: Request) -> None:
    """A request older than the one that made the binding must not undo it (step 7). An equal one is a repetition."""
    if binding.call_id == request.call_id and request.cseq < binding.cseq:
        raise _Refused(500)


def _with_contact(
    bindings: tuple[Binding, ...], contact: Contact, request: Request, rules: Rules, now: datetime
) -> tuple[Binding, ...]:
    granted_s = _granted_s(contact, request, rules)
    old = next((binding for binding in bindings if _is_same_device(binding, contact, request)), None)
    if old is not None:
        _check_order(old, request)
    others = tuple(binding for binding in bindings if binding is not old)
    if granted_s == 0:
        return others
    if old is None:
        others = _with_room(others, request, rules)
    stays = old is not None and old.contact == contact.uri and old.source == request.source
    target = old.target if old and stays else target_of(contact.uri, request.source, rport=request.rport)
    new = Binding(
        extension=request.username,
        contact=contact.uri,
        target=target,
        source=request.source,
        user_agent=printable(request.user_agent),
        instance=contact.instance if contact.instance.isascii() else "",
        call_id=request.call_id,
        cseq=request.cseq,
        granted_s=granted_s,
        since=now if old is None else old.since,
        expires_at=now + timedelta(seconds=granted_s),
    )
    return (*others, new)


def _granted_s(contact: Contact, request: Request, rules: Rules) -> int:
    asked_s = contact.expires_s if contact.expires_s is not None else request.expires_s
    if asked_s is None:
        return rules.default_expires_s
    if 0 < asked_s < rules.min_expires_s:
        raise _Refused(423, ("Min-Expires", str(rules.min_expires_s)))
    return min(asked_s, rules.max_expires_s)


def _is_same_device(binding: Binding, contact: Contact, request: Request) -> bool:
    """The same contact, or the same device (RFC 5626) with a new one, as after a restart."""
    if binding.contact == contact.uri:
        return True
    return bool(contact.instance) and binding.instance == contact.instance


def _with_room(bindings: tuple[Binding, ...], request: Request, rules: Rules) -> tuple[Binding, ...]:
    """A device that restarts with another port must not lock itself out: the oldest of its address makes room."""
    if len(bindings) < rules.max_registrations:
        return bindings
    same_place = [binding for binding in bindings if binding.source.ip == request.source.ip]
    if not same_place:
        raise _Refused(403)
    oldest = min(same_place, key=lambda binding: binding.expires_at)
    return tuple(binding for binding in bindings if binding is not oldest)


def refreshed(binding: Binding, now: datetime) -> Binding:
    """A binding out of the store: valid for as long as the device was once granted, from now on."""
    return replace(binding, expires_at=now + timedelta(seconds=binding.granted_s))
