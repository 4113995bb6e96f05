"""What a call sees of an analog port: its events, and the protocols that the ports of `fxs.py` and `fxo.py` keep.

Every method returns at once unless it is `async`, and none raises for a port that is out of service.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from firmware.telephony.country import RingCadence


@dataclass(frozen=True, slots=True)
class OffHook:
    """The telephone was lifted: from silence, or answering a ring."""


@dataclass(frozen=True, slots=True)
class OnHook:
    """The telephone was put back: the loop stayed open longer than any flash."""


@dataclass(frozen=True, slots=True)
class HookFlash:
    """The loop was open for the time of a flash."""


@dataclass(frozen=True, slots=True)
class PulseDigit:
    """A digit of a rotary dial."""

    digit: str  # 0-9


@dataclass(frozen=True, slots=True)
class FirstRingEnded:
    """The first ring of a cadence is over and its long pause begins: the time for caller ID."""


@dataclass(frozen=True, slots=True)
class RingStarted:
    """The line is being called."""


@dataclass(frozen=True, slots=True)
class RingStopped:
    """Nobody calls any more, and nobody answered."""


@dataclass(frozen=True, slots=True)
class PolarityReversed:
    """The exchange reversed the line: answer, hang-up, or caller ID about to come."""


@dataclass(frozen=True, slots=True)
class BatteryLost:
    """The line went dead while on-hook: unplugged, or a fault of the exchange."""


@dataclass(frozen=True, slots=True)
class BatteryRestored:
    """The line is there (again)."""


@dataclass(frozen=True, slots=True)
class LineDropped:
    """The exchange removed battery while the line was held: the far end hung up."""


@dataclass(frozen=True, slots=True)
class OutOfService:
    """The port cannot be used; `reason` says why and what to do."""

    reason: str


@dataclass(frozen=True, slots=True)
class InService:
    """The port can be used (again)."""


FxsEvent = OffHook | OnHook | HookFlash | PulseDigit | FirstRingEnded | OutOfService | InService
FxoEvent = (
    RingStarted
    | RingStopped
    | PolarityReversed
    | BatteryLost
    | BatteryRestored
    | LineDropped
    | OutOfService
    | InService
)
Event = TypeVar("Event")


@dataclass(slots=True)
class Watchers(Generic[Event]):
    """Those who watch a port. Owned by the port."""

    _watchers: list[Callable[[Event], object]] = field(default_factory=list)

    def watch(self, watcher: Callable[[Event], object]) -> Callable[[], None]:
        """Call `watcher` with each event, on the loop, in order. Returns the call that ends it (may be repeated)."""
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def post(self, event: Event) -> None:
        for watcher in tuple(self._watchers):
            watcher(event)


class Port(Protocol):
    """Any analog port."""

    @property
    def name(self) -> str: ...
    @property
    def tdm_slot(self) -> int:
        """Channel of the port's audio on the sound card."""

    @property
    def in_service(self) -> bool: ...
    @property
    def fault(self) -> str | None:
        """Why it is out of service and what to do; None while all is well or it is still starting."""


class FxsPort(Port, Protocol):
    """A telephone's port."""

    @property
    def off_hook(self) -> bool: ...
    @property
    def loop_open(self) -> bool:
        """Off hook, but at this moment the loop is open: a pulse, a flash, or the handset being put back."""

    @property
    def ringing(self) -> bool:
        """A ring was asked for and neither answered nor stopped."""

    def watch(self, watcher: Callable[[FxsEvent], object]) -> Callable[[], None]: ...
    def ring(self, cadence: RingCadence) -> None:
        """Ring with this cadence until stopped or answered. Nothing happens off-hook."""

    def stop_ring(self) -> None:
        """Stop ringing; for six seconds more the line carries audio to the telephone's display."""

    async def prepare_caller_id(self) -> None:
        """For countries that show the caller before the first ring: reverse the line and open it for audio."""

    def transmit(self) -> None:
        """Open the on-hook line for audio to the telephone's display for six seconds (message lamp)."""

    def reverse_polarity(self, reversed_: bool) -> None:
        """Reverse the line, or set it straight: answer and metering signals."""

    def remove_battery(self) -> None:
        """Take the line's current away for half a second: tells an attached machine that the far end hung up."""

    def loop_current_ma(self) -> float: ...


class FxoPort(Port, Protocol):
    """A port to the exchange."""

    @property
    def line_present(self) -> bool:
        """The exchange feeds the line."""

    @property
    def seized(self) -> bool: ...
    @property
    def ringing(self) -> bool: ...
    def watch(self, watcher: Callable[[FxoEvent], object]) -> Callable[[], None]: ...
    def seize(self) -> None:
        """Go off-hook: to answer or to dial."""

    def release(self) -> None:
        """Go on-hook."""

    def flash(self) -> None:
        """Open the line for the country's flash time."""

    async def dial_pulses(self, digits: str) -> None:
        """Dial by pulses on a seized line; ends with the last digit."""
