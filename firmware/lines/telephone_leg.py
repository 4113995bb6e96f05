"""A call of an analog telephone as a leg. Whether it has the handset is for the telephone to say.

Not responsible for anything that concerns more than one call (`telephone.py`).
"""

from typing import TYPE_CHECKING

from firmware.calls.leg import AudioChanged, Cause, Direction, LegState, Party, Signals

if TYPE_CHECKING:
    from firmware.lines.hand import Hand


class TelephoneLeg:
    """Made by Hand only."""

    keys_in_audio = True
    takes_key_events = False
    answer_assumed = False

    def __init__(self, hand: "Hand", direction: Direction, party: Party, number: int, line: int) -> None:
        """`line` is the slot of the telephone's line."""
        self.direction, self.party, self.dialled = direction, party, ""
        self.id = f"{hand.port.name}-{number}"
        self.signals = Signals()
        self.caller = Party("")  # whom the display shows
        self.distinctive: str | None = None  # type of ring, None: the normal one
        self._hand, self._line = hand, line
        self._open = self._muted = False

    @property
    def slot(self) -> int | None:
        quiet = self._muted or self.signals.held_by_far_end or self.signals.gone
        return self._line if self._open and not quiet else None

    # -- what the telephone does ----------------------------------------------------------------------------------

    def open_audio(self) -> None:
        """The handset is at this call."""
        self._open = True
        self.signals.post(AudioChanged())

    def hold(self, on: bool) -> None:
        """The handset is at another call, the far end hears music; or it is back."""
        if on is not self.signals.held_by_far_end:
            self.signals.held_by_far_end = on
            self.signals.post(AudioChanged())

    def mute(self, on: bool) -> None:
        """For a moment neither end hears the other, and no music either."""
        if on is not self._muted and not self.signals.gone:
            self._muted = on
            self.signals.post(AudioChanged())

    def end(self, cause: Cause) -> None:
        self._open = False
        self.signals.move(LegState.GONE, cause)

    # -- what the box does ----------------------------------------------------------------------------------------

    def ringing(self) -> None:
        if self.signals.state is LegState.NEW and self.direction is Direction.INCOMING:
            self.signals.move(LegState.RINGING)
            self._hand.let_hear(self, "ringback")

    def early(self) -> None:
        self._hand.let_hear(self, None)
        self.signals.move(LegState.EARLY)

    def answer(self) -> None:
        if self.signals.state is not LegState.UP:
            self._hand.let_hear(self, None)
            self.signals.move(LegState.UP)
            self._hand.answered(self)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        if not self.signals.gone:
            self._hand.release(self, cause)

    def send_digits(self, digits: str) -> None:
        if self.slot is not None:
            self._hand.earpiece.keys(digits)

    def show(self, party: Party) -> None:
        """An off-hook telephone has no display to change; one that is put back with the call on hold shows it."""
        self.caller = party
