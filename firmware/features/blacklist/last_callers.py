"""Who called each extension last, over restarts: what `*76` blacklists (F16).

A call counts as soon as it reaches the extension, answered or not.
"""

from collections.abc import Collection
from dataclasses import dataclass

from firmware.calls.call import Call
from firmware.calls.feature import KeptValues
from firmware.telephony.decision import FromTrunk


@dataclass(frozen=True, slots=True)
class LastCaller:
    """`number` is as the network sent it, "" when it sent none."""

    extension: str
    number: str
    outside: bool


class LastCallers:
    """The last caller of every extension."""

    def __init__(self, kept: KeptValues[LastCaller]) -> None:
        self._kept = kept
        self._last = {one.extension: one for one in kept.load()}

    def of(self, extension: str) -> LastCaller | None:
        return self._last.get(extension)

    def keep_only(self, extensions: Collection[str]) -> None:
        """Forget those of extensions that do not exist any more."""
        for extension in self._last.keys() - extensions:
            del self._last[extension]
            self._kept.remove(extension)

    def on_call(self, call: Call) -> None:
        """A call has begun, rings, is answered or is over."""
        visited = call.decision.path.visited if call.decision is not None else ()
        callers = (call.a.party.extension, call.caller.extension)
        number, outside = call.caller.number, isinstance(call.source, FromTrunk)
        for extension in (*call.extensions(), *visited):
            last = self._last.get(extension)
            if extension in callers or (last is not None and last.number == number and last.outside is outside):
                continue
            last = self._last[extension] = LastCaller(extension, number, outside)
            self._kept.save(last)
