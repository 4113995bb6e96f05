"""Sending a call to a destination of the site file: `101`, `queue/631`, `voicemail/101`, `operator` ...

A destination is a place of the box: nothing here reaches outbound rules. Not responsible for which destination a call
goes to (`inbound.py`, the services), nor for what an extension does with it (`delivery.py`).
"""

from dataclasses import dataclass

from firmware.telephony.decision import Action, Path, Reason, Reject, Request, Snapshot
from firmware.telephony.delivery import Delivery, Led
from firmware.telephony.destination import destination
from firmware.telephony.places import go_to
from firmware.telephony.trace import Trail


@dataclass(frozen=True, slots=True)
class Sending:
    """One call that is sent somewhere. `rule`: who sends it, in the trace."""

    request: Request
    snapshot: Snapshot
    trail: Trail
    rule: str = "inbound"

    def to(self, text: str) -> Led:
        """Go to a destination, whose form has been checked."""
        place = destination(text)
        match place.kind:
            case "operator":
                return self._extension(self.snapshot.plan.site.numbering.operator or "", "operator")
            case "direct":
                return self._extension(self.request.dialled, "direct")
            case "number" if place.number in self.snapshot.plan.services:
                return self._service(self.snapshot.plan.services[place.number], place.number)
            case "number" | "extension":
                return self._extension(place.number, "extension")
            case "hangup":
                self.trail.decided(self.rule, "hangup", "the call is rejected")
                return Reject(Reason.REJECTED), Path()
            case _:
                return self._service(place.kind, place.number)

    def _service(self, kind: str, number: str) -> Led:
        action: Action = go_to(kind, number, self.snapshot, self.trail)
        return action, Path()

    def _extension(self, number: str, how: str) -> Led:
        extension = self.snapshot.plan.extensions.get(number)
        if extension is None:
            self.trail.decided(how, number or "none", "is no extension of this box")
            return Reject(Reason.NOT_FOUND, "not-in-service"), Path()
        self.trail.applied(how, number, extension.name)
        return Delivery(self.request, self.snapshot, self.trail).deliver(extension, Path())
