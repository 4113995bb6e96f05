"""From what happens in the core to the event stream: each change as the fact that it has led to."""

from firmware.api.events import Events
from firmware.calls.call import Call
from firmware.calls.exchange import Exchange
from firmware.contract.events import (
    AlarmsChanged,
    CallChanged,
    CallEnded,
    LineChanged,
    RegistrationChanged,
    TrunkChanged,
)
from firmware.contract.status import Line
from firmware.lines.outside_line import OutsideLine
from firmware.lines.telephone import Telephone
from firmware.status import BoxStatus


class News:
    """One method for each kind of change; they are given to those who notice it."""

    def __init__(self, events: Events, status: BoxStatus, exchange: Exchange) -> None:
        self._events, self._status, self._exchange = events, status, exchange
        self._lines: dict[str, Line] = {}  # as they were told of last

    def telephone(self, telephone: Telephone) -> None:
        self._line(self._status.telephone(telephone))

    def outside(self, line: OutsideLine) -> None:
        self._line(self._status.outside(line))

    def _line(self, line: Line) -> None:
        """Calls and ports both change what a line is doing: it is told once."""
        if self._lines.get(line.slot) != line:
            self._lines[line.slot] = line
            self._events.post(LineChanged(line))

    def call(self, call: Call) -> None:
        if not self._events.followers:  # calls are many, and the fact takes longer to make than to tell
            self._events.unheard()
            self._lines.clear()
            return
        if call.id in self._exchange.calls:
            self._events.post(CallChanged(self._status.call(call)))
        else:
            self._events.post(CallEnded(call.id, call.extensions()))
        for line in self._status.lines():
            self._line(line)

    def trunk(self, name: str) -> None:
        self._events.post(TrunkChanged(self._status.sip_trunk(name)))

    def alarms(self) -> None:
        self._events.post(AlarmsChanged(self._status.alarms.alarms))

    def registration(self, extension: str) -> None:
        self._events.post(RegistrationChanged(self._status.registration(extension)))
