"""A SIP call as a Leg. It turns what happens to it into signals and the leg's verbs into SIP.

Not here: who may call whom (calls), who is who (hook), where a phone is (registrar).
"""

import asyncio
import logging
import re
from collections.abc import Callable
from functools import partial
from itertools import count

from firmware.calls.leg import AudioChanged, Cause, Digit, Direction, KeySound, LegState, Party, Signals
from firmware.calls.tones import keys_tone
from firmware.media import Closable, Heard, KeyHeard, KeySounds, ListenFor, Media, Source
from firmware.sip import calls
from firmware.sip.calls import NotDone, SipCall
from firmware.sip.causes import STATUS_OF, cause_of
from firmware.sip.display import CROSSED, pause_s, told
from firmware.sip.message import Reply
from firmware.sip.refer_news import news
from firmware.telephony.numbering import from_sip

USER = re.compile(r"sips?:([^@;>]+)@")
ELSEWHERE_REASON = 'SIP;cause=200;text="Call completed elsewhere"'  # RFC 3326
SAME_KEY_S = 2.0  # INFO comes when the key is let go, after its sound has been heard

log = logging.getLogger(__name__)
_serial = count(1)


class SipLeg:
    """One SIP call. Made by the endpoint only."""

    def __init__(
        self, call: SipCall, media: Media, direction: Direction, party: Party, dialled: str, domain: str
    ) -> None:
        """`domain`: of the box's own addresses."""
        self.direction, self.party, self.dialled = direction, party, dialled
        self.signals = Signals()
        self.slot: int | None = None
        self.answer_assumed = False
        self.id = f"sip-{next(_serial)}"
        self._call, self._media, self._domain = call, media, domain
        self._ear: Closable | None = None
        self._key_sound: Source | None = None
        self._key_method: int | None = None
        self._heard = "", 0.0  # the last key in the audio, and when
        self._shown: Party | None = None
        self._events_negotiated = False
        self.referred: tuple[int, Reply] | None = None  # CSeq of the last REFER, and its answer
        self.awaits_news = False  # of the transfer that it has asked for: until then its SIP call lasts, without audio
        call.listener = self

    @property
    def sip_call_id(self) -> str:
        """The SIP Call-ID."""
        return self._call.sip_call_id

    @property
    def keys_in_audio(self) -> bool:
        return not self._events_negotiated

    @property
    def takes_key_events(self) -> bool:
        return self._events_negotiated

    # -- what the far end does ------------------------------------------------------------------------------------

    def on_state(self, state: int, status: int) -> None:
        match state:
            case calls.EARLY:
                early = status == 183 and self.slot is not None  # told again once there is audio
                self.signals.move(LegState.EARLY if early else LegState.RINGING)
            case calls.UP:
                self.signals.move(LegState.UP)
            case calls.GONE:
                self._drop(cause_of(status))

    def on_moved(self, uri: str) -> None:
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

    def on_audio(self, slot: int | None, *, held: bool, key_events: bool) -> None:
        if self.signals.gone:
            return
        self.slot, self.signals.held_by_far_end, self._events_negotiated = slot, held, key_events
        if self._ear is not None:
            self._ear.close()
            self._ear = None
        if slot is not None and not key_events:
            self._ear = self._media.listen(slot, ListenFor(keys=True), self._on_heard)
        self.signals.post(AudioChanged())

    def _on_heard(self, heard: Heard) -> None:
        match heard:
            case KeyHeard(digit) if self._key_method is None:
                self._heard = digit, asyncio.get_running_loop().time()
                self.signals.post(Digit(digit))
            case KeySounds(on):
                self.signals.post(KeySound(on))

    def on_key(self, digit: str, method: int) -> None:
        """A key by RFC 4733 or INFO. A phone that sends both is heard by the method it used first (N12).

        What it has sent in its audio, too, has been heard already; from the first message on the audio counts no more.
        """
        heard, at_s = self._heard
        if self._key_method is None:
            self._key_method = method
            if digit == heard and asyncio.get_running_loop().time() - at_s < SAME_KEY_S:
                return
        if method == self._key_method:
            self.signals.post(Digit(digit))

    # -- what the box does ----------------------------------------------------------------------------------------

    def _respond(self, status: int) -> None:
        if self.signals.gone or self.direction is Direction.OUTGOING:
            return
        headers = (told(self._shown, self._domain),) if self._shown is not None and status == 200 else ()
        self._try(lambda: self._call.answer(status, headers), f"answer {status}")

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
        refused = self.direction is Direction.INCOMING and self.signals.state is not LegState.UP
        headers = (("Reason", ELSEWHERE_REASON),) if cause is Cause.ELSEWHERE else ()
        self._try(lambda: self._call.hang_up(STATUS_OF[cause] if refused else 0, headers), "hang up")

    def send_digits(self, digits: str) -> None:
        if self.signals.gone:
            return
        if self._events_negotiated:
            self._try(lambda: self._call.send_keys(digits), "send keys")
        elif self.slot is not None:
            if self._key_sound is not None:
                self._key_sound.close()
            self._key_sound = self._media.tone(keys_tone(digits))
            self._media.connect(self._key_sound.slot, self.slot)

    def tell_referred(self, cseq: int, outcome: Cause | None) -> None:
        """Say how the transfer goes that the far end asked for, see `news`. Who has hung up is told nothing."""
        if not self.awaits_news:
            return
        self._try(lambda: self._call.send("NOTIFY", *news(cseq, outcome)), "tell of the transfer")
        if outcome is not None:
            self.awaits_news = False
            if self.signals.gone:
                self._try(self._call.hang_up, "hang up")

    def show(self, party: Party) -> None:
        if self.party.extension is not None and not self.signals.gone:
            self._shown = party
            if self.signals.state is LegState.UP:
                self._tell()

    def _tell(self) -> None:
        """Have the telephone show the other one."""
        if self._shown is None or self.signals.gone:
            return
        self._try(partial(self._call.show, (told(self._shown, self._domain),)), "tell who is there")

    def on_reinvited(self, status: int) -> None:
        loop = asyncio.get_running_loop()
        if status == CROSSED:
            loop.call_later(pause_s(called=self.direction is Direction.OUTGOING), self._tell)
        elif status == 0:
            loop.call_soon(self._tell)  # pjsip is rid of the other one then

    def _try(self, act: Callable[[], object], what: str) -> None:
        """pjsua refuses acts on a call that is just ending; that is no error of ours."""
        try:
            act()
        except NotDone as reason:
            log.info("%s: cannot %s: %s", self.id, what, reason)
