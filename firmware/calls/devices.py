"""What calls need of the telephones and lines of the box, whatever they are made of."""

from collections.abc import Sequence
from typing import Protocol

from firmware.calls.leg import Leg, Party
from firmware.telephony.decision import Live, Port, SipDevices, TrunkAttempt


class Devices(Protocol):
    """Start outgoing legs; say what is there."""

    def ring(self, extension: str, devices: Sequence[Port | SipDevices], caller: Party) -> list[Leg]:
        """Call these devices of an extension: one leg for each device that can be called now."""

    def call_out(self, attempt: TrunkAttempt, caller: Party) -> Leg | None:
        """Call by a trunk; None when it has no free line or is down."""

    def live(self) -> Live:
        """Registrations, ports and trunks as they are now. The calls are the exchange's own to add."""
