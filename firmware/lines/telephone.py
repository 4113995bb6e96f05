"""An analog telephone at its port: what its hook and its keys do, and calling it.

One Telephone for each FXS port. Not here: hook and ring timing (the port), what a flash does with the calls
(`handset.py`, `hand.py`), where a call goes (the exchange).
"""

from collections.abc import Callable

from firmware.calls.leg import Digit, Direction, KeySound, LegState, Party
from firmware.clock import Clock
from firmware.lines.hand import Hand
from firmware.lines.handset import Called, Flash, Handset, Lifted, PutBack
from firmware.lines.port import FxsEvent, FxsPort, HookFlash, InService, OffHook, OnHook, OutOfService, PulseDigit
from firmware.lines.switch import LineSignals, Switch
from firmware.lines.telephone_leg import TelephoneLeg
from firmware.media import Closable, Heard, KeyHeard, KeySounds, ListenFor, Media
from firmware.telephony.country import Country


class Telephone:
    """The telephone at one port: up to two calls, and one that waits."""

    def __init__(
        self, port: FxsPort, media: Media, country: Country, clock: Clock, owner: Party, signals: LineSignals,
        switch: Switch,
    ) -> None:  # fmt: skip
        self.port = port
        self._media, self._slot = media, media.line(port.tdm_slot)
        self._hand = Hand(port, media, self._slot, country, clock, owner, signals, switch)
        self._ear: Closable | None = None
        port.watch(self._on_event)

    @property
    def owner(self) -> Party:
        return self._hand.owner

    def configure(self, owner: Party, signals: LineSignals) -> None:
        """The site has changed. Calls that are going on stay those of the owner before."""
        self._hand.owner, self._hand.signals = owner, signals

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher`, the only one, whenever another call has the handset, or none any more."""
        self._hand.changed = watcher

    @property
    def leg(self) -> TelephoneLeg | None:
        """The call that has the handset or rings, else the one on hold."""
        return self._hand.active or self._hand.held

    @property
    def free(self) -> bool:
        """Can be rung now."""
        return self.port.in_service and self._hand.state is Handset.IDLE and not self.port.off_hook

    @property
    def may_wait(self) -> bool:
        """Is in a call beside which another may announce itself (H6)."""
        active = self._hand.active
        up = active is not None and active.signals.state is LegState.UP
        return self.port.in_service and self._hand.state is Handset.ONE and up

    def ring(self, caller: Party, distinctive: str | None = None) -> TelephoneLeg:
        """Ring with the caller's number and name on the display, or beep. `free` or `may_wait` must hold."""
        hand = self._hand
        leg = hand.new_leg(Direction.OUTGOING)
        leg.dialled, leg.caller, leg.distinctive = self.owner.number, caller, distinctive
        if self.free:
            hand.active = leg
        else:
            hand.waiting = leg
        hand.step(Called())
        return leg

    def light(self, lamp: bool) -> None:
        """Messages wait, or no more do."""
        self._hand.bell.light(lamp)
        if self._hand.state is Handset.IDLE:
            self._hand.bell.idle()

    def _on_event(self, event: FxsEvent) -> None:
        hand = self._hand
        match event:
            case OffHook():
                hand.bell.stop()
                self._ear = self._ear or self._media.listen(self._slot, ListenFor(keys=True), self._on_heard)
                hand.step(Lifted())
            case OnHook():
                self._be_quiet()
                hand.step(PutBack())
            case OutOfService():
                self._be_quiet()
                hand.give_up()
            case HookFlash():
                hand.step(Flash(hand.progress()))
            case PulseDigit(digit) if hand.active is not None:
                hand.active.signals.post(Digit(digit))
            case InService() if hand.state is Handset.IDLE:
                hand.bell.idle()

    def _be_quiet(self) -> None:
        self._hand.earpiece.hush()
        if self._ear is not None:
            self._ear.close()
            self._ear = None

    def _on_heard(self, heard: Heard) -> None:
        hand = self._hand
        match heard:
            case KeyHeard(digit):
                if hand.active is not None and not hand.call_waiting.takes(digit):
                    hand.active.signals.post(Digit(digit))
            case KeySounds(on):
                for leg in (hand.active, hand.held):
                    if leg is not None and leg.slot is not None:
                        leg.signals.post(KeySound(on))
