"""Ring several legs at once: the first to answer wins, the others are told that it was answered elsewhere."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firmware.calls.leg import Cause, Leg, LegEvent, LegState, StateChanged
from firmware.telephony.decision import Outcome


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """`moved_to`: where one of the devices has sent the call, "" if none has."""

    outcome: Outcome
    moved_to: str = ""


_OUTCOME_OF = {
    Cause.BUSY: Outcome.BUSY,
    Cause.NO_ANSWER: Outcome.NO_ANSWER,
    Cause.REJECTED: Outcome.REJECTED,
}
_WORST_FIRST = (Outcome.REJECTED, Outcome.BUSY, Outcome.NO_ANSWER)


async def ring(
    legs: Sequence[Leg],
    for_s: float,
    progress: Callable[[Leg, LegState], None] = lambda _leg, _state: None,
    offer: asyncio.Future[Leg] | None = None,
) -> Leg | NotAnswered:
    """Wait for the first of `legs` (outgoing, already on their way) to come up.

    `progress` is told of each leg that rings or sends early audio. `offer`: a leg from elsewhere that takes the call
    instead (pickup). However this ends, cancelled too, every leg but the one returned is hung up.
    """
    answered: Leg | None = None
    settled = asyncio.Event()

    def watcher(leg: Leg) -> Callable[[LegEvent], None]:
        def on_event(event: LegEvent) -> None:
            nonlocal answered
            if not isinstance(event, StateChanged):
                return
            if event.state is LegState.UP and answered is None:
                answered = leg
                settled.set()
            elif event.state is LegState.GONE and all(each.signals.gone for each in legs):
                settled.set()
            elif event.state in (LegState.RINGING, LegState.EARLY):
                progress(leg, event.state)

        return on_event

    def offered(future: asyncio.Future[Leg]) -> None:
        nonlocal answered
        if answered is None and not future.cancelled():
            answered = future.result()
            settled.set()

    stops = [leg.signals.watch(watcher(leg)) for leg in legs]
    if offer is not None:
        offer.add_done_callback(offered)
    cause = Cause.NORMAL
    try:
        if all(leg.signals.gone for leg in legs):
            return NotAnswered(_outcome(legs), _moved_to(legs))
        answered = next((leg for leg in legs if leg.signals.state is LegState.UP), None)
        if answered is None:
            try:
                async with asyncio.timeout(for_s):
                    await settled.wait()
            except TimeoutError:
                return NotAnswered(Outcome.NO_ANSWER, _moved_to(legs))
        if answered is None:
            return NotAnswered(_outcome(legs), _moved_to(legs))
        cause = Cause.ELSEWHERE
        return answered
    except asyncio.CancelledError:
        answered = None
        raise
    finally:
        for stop in stops:
            stop()
        for leg in legs:
            if leg is not answered:
                leg.hang_up(cause)


def _outcome(legs: Sequence[Leg]) -> Outcome:
    """What the caller is told: a person's answer weighs more than a device that could not be reached."""
    found = {_OUTCOME_OF.get(leg.signals.cause or Cause.FAILED, Outcome.UNREACHABLE) for leg in legs}
    return next((outcome for outcome in _WORST_FIRST if outcome in found), Outcome.UNREACHABLE)


def _moved_to(legs: Sequence[Leg]) -> str:
    return next((leg.signals.moved_to for leg in legs if leg.signals.moved_to), "")
