"""The rules of SUBSCRIBE (RFC 6665, security.md 3.5), as one pure function.

Not responsible for authentication, which came before, for what may be watched (`view.py`), nor for NOTIFY.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from firmware.sip.bindings import target_of
from firmware.sip.message import Reply, Subscribe

DIALOG, MESSAGES = "dialog", "message-summary"
PACKAGES = (DIALOG, MESSAGES)
MOST = 64  # of an extension, of one package (security.md 3.5)
MIN_EXPIRES_S, MAX_EXPIRES_S = 60, 3600
CONTACT_FORBIDDEN = set('<>"\\ ')


class Subscription(Struct, frozen=True):
    """One lamp of a device. `cseq` is that of the last NOTIFY when it was saved."""

    extension: str  # who watches
    package: str
    id: str  # of the Event header, "" = none
    entity: str  # what is watched, as it would be dialled
    call_id: str
    local_tag: str
    remote_tag: str
    local_uri: str
    remote_uri: str
    contact: str  # URI of the box's end
    target: str  # URI that a NOTIFY goes to
    remote_cseq: int
    cseq: int
    expires_at: datetime  # wall time, UTC

    @property
    def key(self) -> tuple[str, str]:
        return self.call_id, self.local_tag


class Decided(Struct, frozen=True):
    """The answer, and the subscription from now on. `over`: it has ended with this request."""

    reply: Reply
    subscription: Subscription | None = None
    over: bool = False


class _Refused(Exception):
    def __init__(self, status: int, *headers: tuple[str, str]) -> None:
        super().__init__(status)
        self.reply = Reply(status, headers)


Allowed = Callable[[str, str, str], int]
"""Extension, package and entity to 200, or the status of the refusal."""


def subscribe(request: Subscribe, known: Collection[Subscription], allowed: Allowed, now: datetime) -> Decided:
    """What a SUBSCRIBE does. `known`: the extension's subscriptions."""
    try:
        if request.to_tag:
            return _refresh(request, known, now)
        again = next((one for one in known if one.key == (request.call_id, request.branch)), None)
        return _accepted(again, request, now) if again is not None else _begin(request, known, allowed, now)
    except _Refused as refused:
        return Decided(refused.reply)


def _begin(request: Subscribe, known: Collection[Subscription], allowed: Allowed, now: datetime) -> Decided:
    package, id_ = event_of(request.event)
    if package not in PACKAGES:
        raise _Refused(489, ("Allow-Events", ", ".join(PACKAGES)))
    entity = request.user.removesuffix("#")
    if (status := allowed(request.username, package, entity)) != 200:
        raise _Refused(status)
    if sum(one.package == package for one in known) >= MOST:
        raise _Refused(403)
    via = "" if request.source.transport == "udp" else f";transport={request.source.transport}"
    return _accepted(
        Subscription(
            extension=request.username, package=package, id=id_, entity=entity, call_id=request.call_id,
            local_tag=request.branch, remote_tag=request.from_tag, local_uri=request.to_uri,
            remote_uri=request.from_uri, contact=f"sip:{entity}@{request.local}{via}", target="", remote_cseq=0,
            cseq=0, expires_at=now,
        ),
        request,
        now,
    )  # fmt: skip


def _refresh(request: Subscribe, known: Collection[Subscription], now: datetime) -> Decided:
    for one in known:
        if (*one.key, one.remote_tag) == (request.call_id, request.to_tag, request.from_tag):
            if request.cseq < one.remote_cseq:
                raise _Refused(500)
            return _accepted(one, request, now)
    raise _Refused(481)


def _accepted(one: Subscription, request: Subscribe, now: datetime) -> Decided:
    expires_s = MAX_EXPIRES_S if request.expires_s is None else min(request.expires_s, MAX_EXPIRES_S)
    if 0 < expires_s < MIN_EXPIRES_S:
        raise _Refused(423, ("Min-Expires", str(MIN_EXPIRES_S)))
    if request.contact is None and not one.target:
        raise _Refused(400)
    target = one.target
    if request.contact is not None:
        if CONTACT_FORBIDDEN & set(request.contact):
            raise _Refused(400)
        target = target_of(request.contact, request.source, rport=request.rport)
    end = now + timedelta(seconds=expires_s)
    after = replace(one, target=target, remote_cseq=request.cseq, expires_at=end)
    headers = (("Expires", str(expires_s)), ("Contact", f"<{after.contact}>"))
    return Decided(Reply(200, headers), after, over=expires_s == 0)


def event_of(header: str) -> tuple[str, str]:
    """Package and id of an Event header."""
    package, *parameters = [part.strip() for part in header.split(";")]
    ids = (part.partition("=")[2] for part in parameters if part.lower().startswith("id="))
    return package.lower(), next(ids, "")
