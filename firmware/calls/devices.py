"""What calls need of the telephones and lines of the box, whatever they are made of."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Protocol

from firmware.calls.leg import Leg, Party
from firmware.telephony.decision import Live, Port, SipDevices, TrunkAttempt


class Alert(Enum):
    """How a device is to announce a call."""

    NORMAL = "normal"
    INTERCOM = "intercom"  # it answers by itself where it can; an analog telephone has a ring of its own for it
    URGENT = "urgent"  # it rings in a way of its own, and beeps into a call whether its owner wants that or not


class Devices(Protocol):
    """Start outgoing legs; say what is there."""

    def ring(
        self, extension: str, devices: Sequence[Port | SipDevices], caller: Party, alert: Alert = Alert.NORMAL
    ) -> list[Leg]:
        """Call these devices of an extension: one leg for each device that can be called now."""

    def call_out(self, attempt: TrunkAttempt, caller: Party) -> Leg | None:
        """Call by a trunk; None when it has no free line or is down."""

    def live(self) -> Live:
        """Registrations, ports and trunks as they are now. The calls are the exchange's own to add."""

    def watch(self, watcher: Callable[[str], None]) -> Callable[[], None]:
        """Call `watcher` with an extension whose devices have come or gone. Returns the call that ends it."""
