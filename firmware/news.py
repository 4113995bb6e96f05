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
from firmware.lines.outside_line import OutsideLine
from firmware.lines.port import FxoEvent, FxsEvent
from firmware.lines.telephone import Telephone
from firmware.status import BoxStatus


class News:
    """One method for each kind of change; they are given to those who notice it."""

    def __init__(self, events: Events, status: BoxStatus, exchange: Exchange) -> None:
        self._events, self._status, self._exchange = events, status, exchange

    def telephone(self, telephone: Telephone, _event: FxsEvent) -> None:
        self._events.post(LineChanged(self._status.telephone(telephone)))

    def outside(self, line: OutsideLine, _event: FxoEvent) -> None:
        self._events.post(LineChanged(self._status.outside(line)))

    def call(self, call: Call) -> None:
        if not self._events.followers:  # calls are many, and the fact takes longer to make than to tell
            self._events.unheard()
        elif call.id in self._exchange.calls:
            self._events.post(CallChanged(self._status.call(call)))
        else:
            self._events.post(CallEnded(call.id, call.extensions()))

    def trunk(self, name: str) -> None:
        self._events.post(TrunkChanged(self._status.sip_trunk(name)))

    def alarms(self) -> None:
        self._events.post(AlarmsChanged(self._status.alarms.alarms))

    def registration(self, extension: str) -> None:
        self._events.post(RegistrationChanged(self._status.registration(extension)))
