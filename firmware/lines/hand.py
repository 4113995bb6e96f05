"""The calls of one telephone, and which of them the user has in hand: does what `handset.py` decides.

Not responsible for the port's events nor for hearing keys (`telephone.py`).
"""

import logging
from collections.abc import Callable

from firmware.calls.leg import Cause, Direction, LegState, Party
from firmware.clock import Clock
from firmware.lines.bell import Bell
from firmware.lines.call_waiting import CallWaiting
from firmware.lines.earpiece import Earpiece
from firmware.lines.handset import (
    ActiveGone,
    Do,
    Event,
    Handset,
    HeldGone,
    Progress,
    Returned,
    TimeUp,
    WaitingGone,
    step,
)
from firmware.lines.leave import Leave
from firmware.lines.port import FxsPort
from firmware.lines.switch import LineSignals, Switch
from firmware.lines.telephone_leg import TelephoneLeg
from firmware.lines.three_way import ThreeWay
from firmware.lines.timer import Timer
from firmware.media import Media
from firmware.telephony.country import Country

RING_BACK_S = 30.0  # H5

log = logging.getLogger(__name__)
_CONSULTING = (Handset.CONSULTING, Handset.THREE_WAY)
_TONE_OF = {Cause.CONGESTION: "congestion", Cause.FAILED: "congestion", Cause.NOT_FOUND: "congestion"}


class Hand:
    """One for each telephone. `owner` and `signals` are replaced when the site changes; `changed` is called when
    something else has happened to the calls."""

    def __init__(
        self, port: FxsPort, media: Media, slot: int, country: Country, clock: Clock, owner: Party,
        signals: LineSignals, switch: Switch,
    ) -> None:  # fmt: skip
        self.port, self.owner, self.signals = port, owner, signals
        self.changed: Callable[[], None] = lambda: None
        self.state = Handset.IDLE
        self.active: TelephoneLeg | None = None
        self.held: TelephoneLeg | None = None
        self.waiting: TelephoneLeg | None = None
        self.bell = Bell(port, media, slot, country, clock, self._bell_failed)
        self.call_waiting = CallWaiting(port.name, media, slot, country, clock)
        self.earpiece = Earpiece(media, slot, country.tones)
        self._media, self._slot, self._switch = media, slot, switch
        self._leave = Leave(port.name, switch, self._returned)
        self._three_way: ThreeWay | None = None
        self._ring_back = Timer(lambda: self.step(TimeUp()))
        self._count, self._tone, self._reversed = 0, "", False
        self._do: dict[Do, Callable[[], None]] = {
            Do.DIAL: self._dial,
            Do.RING: self._ring,
            Do.ANSWER: self._answer,
            Do.STOP_BELL: self._stop_bell,
            Do.BEEP: self._beep,
            Do.STOP_BEEP: self.call_waiting.stop,
            Do.TAKE_WAITING: self._take_waiting,
            Do.HOLD: self._hold,
            Do.TAKE_HELD: self._take_held,
            Do.SWAP: self._swap,
            Do.JOIN: self._join,
            Do.PART: self._part,
            Do.END: self._end,
            Do.END_HELD: self._end_held,
            Do.TRANSFER: self._transfer,
            Do.RING_BACK: self._ring_held,
            Do.TONE: self._say_why,
            Do.HUSH: self.earpiece.hush,
        }

    def step(self, event: Event) -> None:
        self._step(event)
        self.changed()

    def _step(self, event: Event) -> None:
        before = self.state
        self.state, actions = step(before, event)
        if self.state is not before or actions:
            log.info("%s: %s, %s: %s", self.port.name, before.value, event, self.state.value)
        for action in actions:
            self._do[action]()
        self._show_answer()
        for leg in (self.active, self.held):
            if leg is not None:
                leg.signals.consulting = self.state in _CONSULTING
        if self.state is Handset.IDLE:
            self.bell.idle()

    def progress(self) -> Progress:
        """How far the active call is."""
        if self.active is None or self.active.signals.state is not LegState.UP:
            return Progress.CALLING
        return Progress.TALKING if self._switch.talks(self.active) else Progress.SERVED

    def new_leg(self, direction: Direction) -> TelephoneLeg:
        self._count += 1
        return TelephoneLeg(self, direction, self.owner, self._count, self._slot)

    def give_up(self) -> None:
        """The line is out of order: every call ends."""
        self.earpiece.hush()
        self.call_waiting.stop()
        self._stop_bell()
        self._part()
        legs = (self.active, self.held, self.waiting)
        self.state, self.active, self.held, self.waiting = Handset.IDLE, None, None, None
        for leg in legs:
            if leg is not None:
                leg.end(Cause.UNAVAILABLE)
        self.changed()

    # -- for the legs ---------------------------------------------------------------------------------------------

    def let_hear(self, leg: TelephoneLeg, tone: str | None) -> None:
        """The caller is to hear this tone of the country, or none."""
        if leg is self.active and tone is not None:
            self.earpiece.sound(tone)
        elif leg is self.active:
            self.earpiece.hush()

    def answered(self, leg: TelephoneLeg) -> None:
        """Whom the telephone called has answered."""
        if leg is self.active:
            self._show_answer()

    def release(self, leg: TelephoneLeg, cause: Cause) -> None:
        """The box ends the leg. A telephone that is off hook with no call left hears why."""
        answered, dialled = leg.signals.state is LegState.UP, leg.signals.state is not LegState.NEW
        event: Event | None = None
        if leg is self.active:
            self.active, event = None, ActiveGone(answered and not self.port.loop_open)
        elif leg is self.held:
            self.held, event = None, HeldGone()
        elif leg is self.waiting:
            self.waiting, event = None, WaitingGone()
        leg.end(cause)
        self._tone = _TONE_OF.get(cause, "busy") if dialled or cause is not Cause.NO_ANSWER else ""
        if event is not None:
            self.step(event)
            if answered and self.state is Handset.NONE and self.signals.battery_removal:
                self.port.remove_battery()

    def _show_answer(self) -> None:
        """Reverse the line, where that is wanted, while the telephone is in a call that it made itself."""
        leg = self.active
        answered = leg is not None and leg.direction is Direction.INCOMING and leg.signals.state is LegState.UP
        answered = answered and self.signals.answer_reversal and self.port.off_hook
        if answered is not self._reversed:
            self._reversed = answered
            self.port.reverse_polarity(answered)

    # -- what is to be done ---------------------------------------------------------------------------------------

    def _dial(self) -> None:
        self.active = self.new_leg(Direction.INCOMING)
        self.active.open_audio()
        self._switch.lifted(self.active, again=self.held is not None)

    def _ring(self) -> None:
        if (leg := self.active) is not None:
            self.bell.ring(leg.caller, leg.distinctive, lambda: leg.signals.move(LegState.RINGING))

    def _ring_held(self) -> None:
        if (leg := self.held) is not None:
            peer = leg.signals.peer
            self.bell.ring(peer.party if peer is not None else leg.caller, None, lambda: None)
            self._ring_back.start(RING_BACK_S)

    def _stop_bell(self) -> None:
        self._ring_back.stop()
        self.bell.stop()

    def _bell_failed(self) -> None:
        if self.active is not None and self.state is Handset.RINGING:
            self.release(self.active, Cause.FAILED)

    def _beep(self) -> None:
        if self.waiting is not None:
            self.call_waiting.start(self.waiting, self.active)

    def _take_waiting(self) -> None:
        self.active, self.waiting = self.waiting, None

    def _answer(self) -> None:
        if self.active is not None:
            self.active.open_audio()
            self.active.signals.move(LegState.UP)

    def _hold(self) -> None:
        self.held, self.active = self.active, None
        if self.held is not None:
            self.held.hold(True)

    def _take_held(self) -> None:
        self.earpiece.hush()
        self.active, self.held = self.held, None
        if self.active is not None:
            self.active.hold(False)

    def _swap(self) -> None:
        self.active, self.held = self.held, self.active
        if self.active is not None and self.held is not None:
            self.held.hold(True)
            self.active.hold(False)

    def _join(self) -> None:
        if self.active is not None and self.held is not None:
            self.held.hold(False)
            self._three_way = ThreeWay(self._media, self.held, self.active)

    def _part(self) -> None:
        if self._three_way is not None:
            self._three_way.close()
            self._three_way = None

    def _end(self) -> None:
        leg, self.active = self.active, None
        self.earpiece.hush()
        if leg is not None:
            leg.end(Cause.NORMAL)

    def _end_held(self) -> None:
        leg, self.held = self.held, None
        if leg is not None:
            leg.end(Cause.NO_ANSWER)

    def _transfer(self) -> None:
        first, second = self.held, self.active
        self.held = self.active = None
        if first is not None and second is not None:
            self._leave.connect(first, second)

    def _returned(self, leg: TelephoneLeg) -> None:
        if self.state is not Handset.IDLE:
            leg.end(Cause.NORMAL)  # the telephone is in another call already
            return
        self.held = leg
        self.step(Returned())

    def _say_why(self) -> None:
        if self._tone or self.held is None:
            self.earpiece.no_call(self._tone or "busy", howl=self.held is None)
