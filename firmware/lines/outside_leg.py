"""A call on one line of the telephone network as a leg. Not responsible for what the line does (`outside_line.py`)."""

from typing import TYPE_CHECKING

from firmware.calls.leg import AudioChanged, Cause, Direction, LegState, Party, Signals
from firmware.calls.tones import keys_tone

if TYPE_CHECKING:
    from firmware.lines.outside_line import OutsideLine


class OutsideLeg:
    """A call on one outside line. Made by OutsideLine only."""

    keys_in_audio = True
    takes_key_events = False

    def __init__(self, line: "OutsideLine", direction: Direction, party: Party, dialled: str, number: int) -> None:
        self.direction, self.party, self.dialled = direction, party, dialled
        self.id = f"{line.port.name}-{number}"
        self.signals = Signals()
        self.slot: int | None = None
        self.answer_assumed = direction is Direction.OUTGOING and line.trunk.answer_supervision == "none"
        self._line = line

    def open_audio(self, slot: int) -> None:
        self.slot = slot
        self.signals.post(AudioChanged())

    def end(self, cause: Cause) -> None:
        self.slot = None
        self.signals.move(LegState.GONE, cause)

    def ringing(self) -> None:
        """The network plays ringback to its caller by itself."""
        self.signals.move(LegState.RINGING)

    def early(self) -> None:
        """Copper has no audio before the answer."""
        self.signals.move(LegState.RINGING)

    def answer(self) -> None:
        if self.signals.state is not LegState.UP and not self.signals.gone:
            self._line.pick_up(self)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        if not self.signals.gone:
            self._line.release(cause)

    def send_digits(self, digits: str) -> None:
        self._line.play(keys_tone(digits))

    def show(self, party: Party) -> None:
        """The network takes no display from us."""
