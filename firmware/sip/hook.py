"""The door between pjsip's guard (C, native/) and Python: tables go in, authenticated requests come out.

Not responsible for any decision: challenges are C's, bindings are the registrar's, calls are the endpoint's.
"""

import asyncio
import ctypes
import logging
from collections.abc import Callable, Iterable
from typing import Any

from firmware.sip import native
from firmware.sip.bindings import Source
from firmware.sip.digest import Account
from firmware.sip.guard import LOCAL_NETWORKS, MD5_ONLY, SCANNERS, TRANSPORTS, Ban, TrunkSource, mask, native_limits
from firmware.sip.loop import posts_errors
from firmware.sip.message import Notify, Refer, Reply, Subscribe, header_lines
from firmware.sip.register import Answer, Contact, Request
from firmware.telephony.site.system import Limits

BANS_MAX = 4096  # ROWS of native/limits.c
NOTHING_WATCHED = Reply(489)
NOBODY_REFERS = Reply(603)
NAMES = {bit: name for name, bit in TRANSPORTS.items()}

log = logging.getLogger(__name__)


class SipHook:
    """One in a process: pjsip is. `on_register` decides about each REGISTER; `on_ban` hears of each new ban."""

    def __init__(
        self, on_register: Callable[[Request], Answer], on_ban: Callable[[Ban], None] = lambda _ban: None
    ) -> None:
        self._on_register, self._on_ban = on_register, on_ban
        self._library = native.load()
        self._callbacks = (native.ON_REQUEST(self._requested), native.ON_BAN(self._banned))  # C keeps no reference
        self._on_ended = native.ON_NOTIFIED(self._notified)
        self._subscribed: Callable[[Subscribe], Reply] = lambda _request: NOTHING_WATCHED
        self._referred: Callable[[Refer], Reply] = lambda _request: NOBODY_REFERS
        self._notifying: dict[int, Callable[[int], None]] = {}  # by token
        self._token = 0
        self._permitted: tuple[str, ...] = ()
        self.set_limits(Limits())

    def install(self, realm: str) -> None:
        """Stand in front of pjsua2, after `libInit` and before a transport is opened, on the loop's thread.

        Raises RuntimeError for a realm that cannot be quoted, or when one is installed already.
        """
        if self._library.fx_sip_install(realm.encode(), *self._callbacks):
            raise RuntimeError(
                f"the SIP guard cannot be installed with realm {realm!r}: it stands already, or the realm is not of up "
                "to 63 characters without quotes"
            )
        self._library.fx_notified_set(self._on_ended)

    def set_realm(self, realm: str) -> None:
        """Another realm from now on: with it every register password is another."""
        (ctypes.c_char * 64).in_dll(self._library, "fx_realm").value = realm.encode()

    def serve(self, subscribed: Callable[[Subscribe], Reply], referred: Callable[[Refer], Reply]) -> None:
        """Who decides about each SUBSCRIBE and each REFER; without them all are refused."""
        self._subscribed, self._referred = subscribed, referred

    def remove(self) -> None:
        """Leave pjsua2, before it is destroyed."""
        self._library.fx_sip_remove()

    def set_limits(self, limits: Limits) -> None:
        """The site file's `limits:`. Raises ValueError for a network that is none."""
        self._library.fx_limits_set(ctypes.byref(native_limits(limits)))
        scanners = SCANNERS if limits.sip.scanners else ()
        self._set_agents(native.AGENTS_SCANNERS, scanners)
        self._set_agents(native.AGENTS_MD5_ONLY, MD5_ONLY)
        self._library.fx_exceptions_begin()
        for source in limits.sources:
            burst = 4 * source.per_s if source.burst is None else source.burst
            if self._library.fx_exceptions_add(source.network.encode(), source.per_s, burst):
                raise ValueError(f"limits.sources {source.name!r}: {source.network!r} is not an address or a network")
        self._library.fx_exceptions_commit()
        self._hear()

    def set_accounts(self, accounts: Iterable[Account]) -> None:
        """All who may log in. Raises ValueError for a network that is none; then the old accounts stay."""
        accounts = tuple(accounts)
        self._library.fx_accounts_begin()
        for account in accounts:
            if self._library.fx_accounts_add(
                account.username.encode(), account.ha1_md5.encode(), account.ha1_sha256.encode(), account.enabled,
                mask(account.transports), " ".join(account.permitted).encode(),
            ):  # fmt: skip
                raise ValueError(f"extension {account.username!r}: {account.permitted} are not all networks")
        self._library.fx_accounts_commit()
        self._permitted = tuple({network for account in accounts for network in account.permitted})
        self._hear()

    def set_trunks(self, trunks: Iterable[TrunkSource]) -> None:
        """All trunks with their present addresses. Raises ValueError for an address that is none."""
        self._library.fx_trunks_begin()
        for trunk in trunks:
            for address in trunk.addresses:
                if self._library.fx_trunks_add(
                    trunk.name.encode(), address.encode(), trunk.port, mask(trunk.transports), trunk.rate_per_s
                ):
                    raise ValueError(f"trunk {trunk.name!r}: {address!r} is not an IP address")
        self._library.fx_trunks_commit()

    def _set_agents(self, which: int, agents: tuple[str, ...]) -> None:
        self._library.fx_agents_set(which, "".join(f"{agent}\n" for agent in agents).encode())

    def _hear(self) -> None:
        """Local networks, and those outside that an extension is permitted to come from (security.md 3.1 f)."""
        self._library.fx_heard_set(" ".join((*LOCAL_NETWORKS, *self._permitted)).encode())

    def bound(self, source: Source, extension: str, seconds: int) -> None:
        """`registrar.BoundSources`."""
        self._library.fx_bound_set(source.ip.encode(), source.port, extension.encode(), seconds)

    def unbound(self, source: Source) -> None:
        """`registrar.BoundSources`."""
        self._library.fx_bound_drop(source.ip.encode(), source.port)

    def has_dialog(self, call_id: str, local_tag: str, remote_tag: str) -> bool:
        """Whether one of the calls is in this dialog, the tags as the box's end names them."""
        return bool(self._library.fx_dialog_is(call_id.encode(), local_tag.encode(), remote_tag.encode()))

    def notify(self, message: Notify, ended: Callable[[int], None]) -> None:
        """Send a NOTIFY. `ended` gets its final status, later: 408 when nothing came, 400 when it could not be sent."""
        self._token = self._token % 0xFFFFFFFF + 1
        self._notifying[self._token] = ended
        if self._library.fx_notify(ctypes.byref(_native_notify(message, self._token))):
            asyncio.get_running_loop().call_soon(self._notified, self._token, 400)

    def counters(self) -> dict[str, int]:
        """Messages by verdict since the process started; the names are those of native/guard.h."""
        library = self._library
        return {
            library.fx_counter_name(index).decode(): library.fx_counter(index) for index in range(library.fx_counters())
        }

    def bans(self) -> list[Ban]:
        """Who is banned now."""
        rows = (native.Ban * BANS_MAX)()
        count = self._library.fx_bans(rows, BANS_MAX)
        return [Ban(row.ip.decode(), row.seconds, row.level) for row in rows[:count]]

    def restore_bans(self, bans: Iterable[Ban]) -> None:
        """Bans of an earlier process, with the seconds that are left of them. 0 seconds lifts a ban."""
        for ban in bans:
            self._library.fx_ban_set(ban.ip.encode(), ban.seconds, ban.level)

    def _answer(self, status: int, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self._library.fx_answer(status, header_lines(headers))

    @posts_errors
    def _requested(self, pointer: Any) -> None:
        raw = pointer.contents
        answer: Answer | Reply
        match raw.method.upper():
            case b"REGISTER":
                answer = self._on_register(_request_of(raw))
            case b"SUBSCRIBE":
                answer = self._subscribed(_subscribe_of(raw))
            case _:
                answer = self._referred(_refer_of(raw))
        self._answer(answer.status, answer.headers)

    @posts_errors
    def _notified(self, token: int, status: int) -> None:
        ended = self._notifying.pop(token, None)
        if ended is not None:
            ended(status)

    @posts_errors
    def _banned(self, ip: bytes, seconds: int, level: int) -> None:
        ban = Ban(ip.decode(), seconds, level)
        log.warning("%s banned for %d s (no. %d): too many wrong passwords", ban.ip, seconds, level)
        self._on_ban(ban)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _native_notify(message: Notify, token: int) -> native.Notify:
    kind, _, subtype = message.type.partition("/")
    texts = (
        message.target, message.from_uri, message.to_uri, message.from_tag, message.to_tag, message.call_id,
        message.contact,
    )  # fmt: skip
    return native.Notify(
        *(text.encode() for text in texts), header_lines(message.headers), kind.encode(), subtype.encode(),
        message.body.encode(), message.cseq, token,
    )  # fmt: skip


def _subscribe_of(raw: Any) -> Subscribe:
    return Subscribe(
        username=_text(raw.username), user=_text(raw.uri_user), to_uri=_text(raw.to_uri), from_uri=_text(raw.from_uri),
        to_tag=_text(raw.to_tag), from_tag=_text(raw.from_tag), branch=_text(raw.branch), call_id=_text(raw.call_id),
        cseq=raw.cseq, event=_text(raw.event), contact=_text(raw.contact[0].uri) if raw.contacts == 1 else None,
        source=Source(raw.source_ip.decode(), raw.source_port, NAMES[raw.transport]), local=_text(raw.local),
        expires_s=None if raw.expires_s < 0 else raw.expires_s, rport=bool(raw.rport),
    )  # fmt: skip


def _refer_of(raw: Any) -> Refer:
    return Refer(
        call_id=_text(raw.call_id), to_tag=_text(raw.to_tag), from_tag=_text(raw.from_tag), cseq=raw.cseq,
        refer_to=_text(raw.refer_to), silent=_text(raw.refer_sub).strip().lower().startswith("false"),
        to_uri=_text(raw.to_uri), local=_text(raw.local), transport=NAMES[raw.transport],
    )  # fmt: skip


def _request_of(raw: Any) -> Request:
    contacts = None
    if raw.contacts >= 0:
        contacts = tuple(
            Contact(_text(row.uri), _text(row.instance), None if row.expires_s < 0 else row.expires_s)
            for row in raw.contact[: raw.contacts]
        )
    return Request(
        username=_text(raw.username), to_user=_text(raw.to_user), call_id=_text(raw.call_id), cseq=raw.cseq,
        source=Source(raw.source_ip.decode(), raw.source_port, NAMES[raw.transport]),
        contacts=contacts, star=bool(raw.star), expires_s=None if raw.expires_s < 0 else raw.expires_s,
        rport=bool(raw.rport), user_agent=_text(raw.user_agent),
    )  # fmt: skip
