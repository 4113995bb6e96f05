"""SIP calls by pjsua's C functions (native/calls.c, verbs.c): verbs go in, what happens comes out.

On the loop's thread. Not responsible for what any of it means to the box: that is the leg's.
"""

import asyncio
import ctypes
import logging
from collections.abc import Callable
from typing import Any, Protocol

from firmware.media import native as media
from firmware.media.bridge import Bridge
from firmware.sip import native
from firmware.sip.invite import Invite
from firmware.sip.loop import posts_errors
from firmware.sip.message import header_lines

EARLY, UP, GONE = range(3)  # enum fx_call_state

Headers = tuple[tuple[str, str], ...]
log = logging.getLogger(__name__)


class NotDone(Exception):
    """pjsua could not do it, as with a call that is just ending; the message says why."""


class Listener(Protocol):
    """`leg.SipLeg`."""

    def on_state(self, state: int, status: int) -> None:
        """EARLY, UP or GONE, with the last status code. After GONE nothing can be done with the call."""

    def on_audio(self, slot: int | None, *, held: bool, key_events: bool) -> None:
        """The audio is in this slot now. `key_events`: the far end takes keys by RFC 4733."""

    def on_key(self, digit: str, method: int) -> None: ...
    def on_moved(self, uri: str) -> None: ...
    def on_reinvited(self, status: int) -> None:
        """The final status of our re-INVITE; 0: the one that was pending is over."""


class SipCall:
    """One call. Every verb raises NotDone."""

    __slots__ = ("_index", "_library", "_sip_call_id", "listener", "number")

    def __init__(self, library: ctypes.CDLL, number: int, index: int = -1) -> None:
        self.number = number  # no other call ever gets it
        self.listener: Listener | None = None
        self._library, self._index, self._sip_call_id = library, index, ""

    @property
    def sip_call_id(self) -> str:
        """The SIP Call-ID; "" before the call was made."""
        if not self._sip_call_id and self._index >= 0:
            self._sip_call_id = self._library.fx_call_id(self._index).decode("utf-8", "replace")
        return self._sip_call_id

    def make(self, account: int, target: str, sender: str, headers: Headers, source: str) -> None:
        """Send the INVITE. `source`: address that the far end's signalling comes from, "" for the target's."""
        index = ctypes.c_int(-1)
        self._check(
            self._library.fx_call_make(
                self.number, account, target.encode(), sender.encode(), header_lines(headers), source.encode(),
                ctypes.byref(index),
            )
        )  # fmt: skip
        self._index = index.value

    def answer(self, status: int, headers: Headers = ()) -> None:
        self._check(self._library.fx_call_answer(self._index, status, header_lines(headers)))

    def hang_up(self, status: int = 0, headers: Headers = ()) -> None:
        """`status` is for a call that came in and was not answered; 0: what fits."""
        self._check(self._library.fx_call_hang_up(self._index, status, header_lines(headers)))

    def send_keys(self, keys: str) -> None:
        """By RFC 4733."""
        self._check(self._library.fx_call_keys(self._index, keys.encode()))

    def send(self, method: str, headers: Headers, type_: str, body: str) -> None:
        """Send a request within the call."""
        self._check(
            self._library.fx_call_send(
                self._index, method.encode(), header_lines(headers), type_.encode(), body.encode()
            )
        )

    def show(self, headers: Headers) -> None:
        """Send headers that the far end is to show: in an UPDATE without an offer (RFC 3311) if it takes one.

        Else in an INVITE that leaves the audio as it is, if none is pending; `on_reinvited` comes in either case.
        """
        lines = header_lines(headers)
        done = self._library.fx_call_update(self._index, lines)
        if done == native.TAKES_NO_UPDATE:
            done = self._library.fx_call_reinvite(self._index, lines)
        if done != native.PENDING:
            self._check(done)

    def heard(self, event: media.Event) -> None:
        """A key, from the event queue of the media module."""
        if self.listener is not None and event.kind == media.CALL_KEY:
            self.listener.on_key(chr(event.code & 0xFF), event.code >> 8)

    def lose_index(self) -> None:
        self._index = -1

    def _check(self, status: int) -> None:
        if status:
            raise NotDone(self._library.fx_status_text(status).decode("utf-8", "replace"))


class Calls:
    """All of them. pjsua is one in a process, and so is this."""

    def __init__(self, bridge: Bridge, incoming: Callable[[SipCall, Invite], None]) -> None:
        """`incoming` gives each call a listener, or hangs it up."""
        self._bridge, self._incoming, self._library = bridge, incoming, native.load()
        self._calls: dict[int, SipCall] = {}
        self._events = native.CallEvents(
            native.ON_INVITE(self._on_invite), native.ON_CALL_STATE(self._on_state),
            native.ON_CALL_AUDIO(self._on_audio), native.ON_CALL_MOVED(self._on_moved),
            native.ON_CALL_REINVITED(self._on_reinvited),
        )  # fmt: skip
        self._library.fx_calls_serve(ctypes.byref(self._events))  # which keeps the functions, so we keep the struct

    def new(self) -> SipCall:
        """A call that is still to be made."""
        return self._own(SipCall(self._library, self._bridge.library.fx_next_id()))

    def now(self) -> tuple[SipCall, ...]:
        """All that are not gone."""
        return tuple(self._calls.values())

    def forget(self, call: SipCall) -> None:
        """It is gone, or could not be made: pjsua's index is another call's from now on."""
        call.lose_index()
        self._calls.pop(call.number, None)
        self._bridge.forget(call.number)

    def _own(self, call: SipCall) -> SipCall:
        self._calls[call.number] = call
        self._bridge.expect(call.number, call.heard)
        return call

    def _on_invite(self, number: int, index: int, pointer: Any) -> int:
        try:
            self._incoming(self._own(SipCall(self._library, number, index)), _invite_of(pointer.contents))
        except Exception as error:
            context = {"message": "in an incoming call, which is refused", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
            return 0
        return 1

    @posts_errors
    def _on_state(self, number: int, state: int, status: int) -> None:
        call = self._calls.get(number)
        if call is None:
            return
        if state == GONE:
            self.forget(call)
        if call.listener is not None:
            call.listener.on_state(state, status)

    @posts_errors
    def _on_audio(self, number: int, slot: int, held: int, key_events: int) -> None:
        if (listener := self._listener(number)) is not None:
            listener.on_audio(slot if slot >= 0 else None, held=bool(held), key_events=bool(key_events))

    @posts_errors
    def _on_moved(self, number: int, uri: bytes) -> None:
        if (listener := self._listener(number)) is not None:
            listener.on_moved(uri.decode("utf-8", "replace"))

    @posts_errors
    def _on_reinvited(self, number: int, status: int) -> None:
        if (listener := self._listener(number)) is not None:
            listener.on_reinvited(status)

    def _listener(self, number: int) -> Listener | None:
        """Of a call that is not gone."""
        call = self._calls.get(number)
        return call.listener if call is not None else None


def _invite_of(raw: Any) -> Invite:
    return Invite(*(getattr(raw, name).decode("utf-8", "replace") for name in native.INVITE_FIELDS))
