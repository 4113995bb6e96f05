"""A SIP call as a Leg. It turns pjsua2's callbacks into signals and the leg's verbs into SIP.

Not here: who may call whom (calls), who is who (hook), where a phone is (registrar).
"""

import logging
import re
from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any

import pjsua2 as pj

from firmware.calls.leg import AudioChanged, Cause, Digit, Direction, KeySound, LegState, Party, Signals
from firmware.calls.tones import keys_tone
from firmware.media import Closable, Heard, KeyHeard, KeySounds, ListenFor, Media, Source
from firmware.sip.causes import STATUS_OF, cause_of
from firmware.sip.display import Displays, told
from firmware.sip.headers import add_header
from firmware.sip.loop import posts_errors
from firmware.sip.message import Reply
from firmware.sip.refer_news import news
from firmware.telephony.numbering import from_sip

USER = re.compile(r"sips?:([^@;>]+)@")
DTMF_IS_UPDATE = 1  # PJMEDIA_STREAM_DTMF_IS_UPDATE: the binding does not offer it
ELSEWHERE_REASON = 'SIP;cause=200;text="Call completed elsewhere"'  # RFC 3326

log = logging.getLogger(__name__)
_serial = count(1)


def _answer(status: int) -> Any:
    """Parameters of an answer with this status."""
    prm = pj.CallOpParam(True)
    prm.statusCode = status
    prm.opt.textCount = prm.opt.videoCount = 0
    return prm


_plain_answer = cache(_answer)  # making them takes longer than sending them; read only


class _Call(pj.Call):  # type: ignore[misc]  # pjsua2 is not typed
    """pjsua2's side: hands each callback to the leg. The endpoint owns it until DISCONNECTED (~Call hangs up).

    From then on nothing may hold it: pjsua gives its number to another call at once, and a ~Call that comes after that
    hangs up the other call and makes pjsua2 deaf to it.
    """

    def __init__(self, account: pj.Account, call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, call_id)
        self.leg: SipLeg | None = None
        self.release: Callable[[_Call], None] = lambda _call: None

    @posts_errors
    def onCallState(self, _prm: Any) -> None:
        info, leg = self.getInfo(), self.leg
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.release(self)
            self.leg = None
        if leg is not None:
            leg.on_state(info.state, info.lastStatusCode)

    def onCallRedirected(self, prm: Any) -> int:
        """The box does not follow a 302 by itself: it would go past every permission."""
        if self.leg is not None:
            self.leg.on_redirected(prm.targetUri)
        return int(pj.PJSIP_REDIRECT_STOP)

    @posts_errors
    def onCallMediaState(self, _prm: Any) -> None:
        if self.leg is not None:
            self.leg.on_media()

    @posts_errors
    def onDtmfEvent(self, prm: Any) -> None:
        if self.leg is not None and not prm.flags & DTMF_IS_UPDATE:
            self.leg.on_key(prm.digit, prm.method)


class SipLeg:
    """One SIP call. Made by the endpoint only."""

    def __init__(
        self, call: _Call, media: Media, displays: Displays, direction: Direction, party: Party, dialled: str,
        source: str | None,
    ) -> None:  # fmt: skip
        """`source`: address that the signalling comes from; audio may come from there too (NAT)."""
        self.direction, self.party, self.dialled = direction, party, dialled
        self.signals = Signals()
        self.slot: int | None = None
        self.answer_assumed = False
        self.id = f"sip-{next(_serial)}"
        self._call, self._media, self._displays, self._source = call, media, displays, source
        self._ear: Closable | None = None
        self._key_sound: Source | None = None
        self._key_method: int | None = None
        self._shown: Party | None = None
        self._events_negotiated = False
        self._sip_call_id = ""
        self.referred: tuple[int, Reply] | None = None  # CSeq of the last REFER, and its answer
        self.awaits_news = False  # of the transfer that it has asked for: until then its SIP call lasts, without audio
        call.leg = self

    @property
    def sip_call_id(self) -> str:
        """The SIP Call-ID."""
        if not self._sip_call_id and not self.signals.gone:
            self._sip_call_id = str(self._call.getInfo().callIdString)
        return self._sip_call_id

    @property
    def keys_in_audio(self) -> bool:
        return not self._events_negotiated

    @property
    def takes_key_events(self) -> bool:
        return self._events_negotiated

    # -- what the far end does ------------------------------------------------------------------------------------

    def on_state(self, state: int, status: int) -> None:
        match state:
            case pj.PJSIP_INV_STATE_EARLY if self.direction is Direction.OUTGOING:
                self.signals.move(LegState.EARLY if status == 183 else LegState.RINGING)
            case pj.PJSIP_INV_STATE_CONFIRMED:
                self.signals.move(LegState.UP)
            case pj.PJSIP_INV_STATE_DISCONNECTED:
                self._drop(cause_of(status))

    def on_redirected(self, uri: str) -> None:
        """A 302: the telephone forwards the call. The first of several targets counts."""
        if not self.signals.moved_to and (user := USER.search(uri)):
            self.signals.moved_to = from_sip(user[1])
            log.info("%s: moved to %s", self.id, self.signals.moved_to)

    def failed(self) -> None:
        """The INVITE could not be sent at all."""
        self._drop(Cause.FAILED)

    def _drop(self, cause: Cause) -> None:
        """The SIP call is over."""
        self.awaits_news = False
        if hasattr(self, "_call"):
            del self._call  # see there; no verb reaches a call that is gone
        self._leave(cause)

    def _leave(self, cause: Cause) -> None:
        """As far as others see it, the leg is gone."""
        if self.signals.gone:
            return
        for closable in (self._ear, self._key_sound):
            if closable is not None:
                closable.close()
        self.slot, self._ear, self._key_sound = None, None, None
        log.info("%s gone: %s", self.id, cause.value)
        self.signals.move(LegState.GONE, cause)

    def on_media(self) -> None:
        if self.signals.gone:
            return
        info = self._call.getInfo()  # keep it: .media points into it
        slot, held = None, False
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status in (
                pj.PJSUA_CALL_MEDIA_ACTIVE,
                pj.PJSUA_CALL_MEDIA_REMOTE_HOLD,
            ):
                slot = media.audioConfSlot
                held = media.status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD
                if self._source is not None:
                    self._media.allow_source(self._call.getId(), self._source)
                self._events_negotiated = self._call.getStreamInfo(index).audTxEventPt > 0
                break
        self.slot, self.signals.held_by_far_end = slot, held
        if self._ear is not None:
            self._ear.close()
            self._ear = None
        if slot is not None and slot >= 0 and not self._events_negotiated:
            self._ear = self._media.listen(slot, ListenFor(keys=True), self._on_heard)
        self.signals.post(AudioChanged())

    def _on_heard(self, heard: Heard) -> None:
        match heard:
            case KeyHeard(digit):
                self.signals.post(Digit(digit))
            case KeySounds(on):
                self.signals.post(KeySound(on))

    def on_key(self, digit: str, method: int) -> None:
        """A key by RFC 4733 or INFO. A phone that sends both is heard by the method it used first (N12)."""
        if self._key_method is None:
            self._key_method = method
        if method == self._key_method:
            self.signals.post(Digit(digit))

    # -- what the box does ----------------------------------------------------------------------------------------

    def _respond(self, status: int) -> None:
        if self.signals.gone or self.direction is Direction.OUTGOING:
            return
        prm = _plain_answer(status)
        if self._shown is not None and status == 200:
            prm = told(self._call, self._shown, _answer(status))
        self._try(lambda: self._call.answer(prm), f"answer {status}")

    def ringing(self) -> None:
        if self.signals.state is LegState.NEW:
            self._respond(180)
            self.signals.move(LegState.RINGING)

    def early(self) -> None:
        if self.signals.state in (LegState.NEW, LegState.RINGING):
            self._respond(183)
            self.signals.move(LegState.EARLY)

    def answer(self) -> None:
        if self.signals.state is not LegState.UP:
            self._respond(200)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        if self.signals.gone:
            return
        if self.awaits_news:
            self._leave(cause)
            return
        prm = pj.CallOpParam()
        if self.direction is Direction.INCOMING and self.signals.state is not LegState.UP:
            prm.statusCode = STATUS_OF[cause]
        if cause is Cause.ELSEWHERE:
            add_header(prm, "Reason", ELSEWHERE_REASON)
        self._try(lambda: self._call.hangup(prm), "hang up")

    def send_digits(self, digits: str) -> None:
        if self.signals.gone:
            return
        if self._events_negotiated:
            self._try(lambda: self._call.dialDtmf(digits), "send keys")
        elif self.slot is not None:
            if self._key_sound is not None:
                self._key_sound.close()
            self._key_sound = self._media.tone(keys_tone(digits))
            self._media.connect(self._key_sound.slot, self.slot)

    def tell_referred(self, cseq: int, outcome: Cause | None) -> None:
        """Say how the transfer goes that the far end asked for, see `news`. Who has hung up is told nothing."""
        if not self.awaits_news:
            return
        self._try(lambda: self._call.sendRequest(news(cseq, outcome)), "tell of the transfer")
        if outcome is not None:
            self.awaits_news = False
            if self.signals.gone:
                self._try(lambda: self._call.hangup(pj.CallOpParam()), "hang up")

    def show(self, party: Party) -> None:
        if self.party.extension is not None and not self.signals.gone:
            self._shown = party
            if self.signals.state is LegState.UP:
                self._tell()

    def _tell(self) -> None:
        """Have the telephone show the other one."""
        party, called = self._shown, self.direction is Direction.OUTGOING
        if party is not None and not self.signals.gone:
            self._try(lambda: self._displays.tell(self._call, party, self._tell, called=called), "tell who is there")

    def _try(self, act: Callable[[], None], what: str) -> None:
        """pjsua2 refuses acts on a call that is just ending; that is no error of ours."""
        try:
            act()
        except pj.Error as error:
            log.info("%s: cannot %s: %s", self.id, what, error.reason)
