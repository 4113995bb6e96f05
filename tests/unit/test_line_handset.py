"""The table of the hook flash (H2-H6): every state with every event."""

import pytest

from firmware.lines.handset import (
    ActiveGone,
    Called,
    Do,
    Event,
    Flash,
    Handset,
    HeldGone,
    Lifted,
    Progress,
    PutBack,
    Returned,
    TimeUp,
    WaitingGone,
    step,
)

H = Handset
TALK, CALL, SERVED = Flash(Progress.TALKING), Flash(Progress.CALLING), Flash(Progress.SERVED)
EVENTS: tuple[Event, ...] = (
    Lifted(), PutBack(), Called(), TALK, CALL, SERVED, ActiveGone(True), ActiveGone(False), HeldGone(), WaitingGone(),
    Returned(), TimeUp(),
)  # fmt: skip
TABLE: dict[tuple[Handset, Event], tuple[Handset, list[Do]]] = {
    (H.IDLE, Lifted()): (H.ONE, [Do.DIAL]),
    (H.IDLE, Called()): (H.RINGING, [Do.RING]),
    (H.IDLE, Returned()): (H.RINGING_BACK, [Do.RING_BACK]),
    (H.RINGING, Lifted()): (H.ONE, [Do.STOP_BELL, Do.ANSWER]),
    (H.RINGING, ActiveGone(True)): (H.IDLE, [Do.STOP_BELL]),
    (H.RINGING, ActiveGone(False)): (H.IDLE, [Do.STOP_BELL]),
    (H.ONE, PutBack()): (H.IDLE, [Do.END]),
    (H.ONE, Called()): (H.ONE_WAITING, [Do.BEEP]),
    (H.ONE, TALK): (H.CONSULTING, [Do.HOLD, Do.DIAL]),
    (H.ONE, CALL): (H.ONE, [Do.END, Do.DIAL]),
    (H.ONE, ActiveGone(True)): (H.NONE, [Do.TONE]),
    (H.ONE, ActiveGone(False)): (H.NONE, [Do.TONE]),
    (H.ONE_WAITING, PutBack()): (H.RINGING, [Do.STOP_BEEP, Do.END, Do.TAKE_WAITING, Do.RING]),
    (H.ONE_WAITING, TALK): (H.SWAPPING, [Do.STOP_BEEP, Do.HOLD, Do.TAKE_WAITING, Do.ANSWER]),
    (H.ONE_WAITING, CALL): (H.ONE, [Do.STOP_BEEP, Do.END, Do.TAKE_WAITING, Do.ANSWER]),
    (H.ONE_WAITING, SERVED): (H.ONE, [Do.STOP_BEEP, Do.END, Do.TAKE_WAITING, Do.ANSWER]),
    (H.ONE_WAITING, ActiveGone(True)): (H.NONE_WAITING, [Do.TONE]),
    (H.ONE_WAITING, ActiveGone(False)): (H.NONE_WAITING, [Do.TONE]),
    (H.ONE_WAITING, WaitingGone()): (H.ONE, [Do.STOP_BEEP]),
    (H.NONE, PutBack()): (H.IDLE, []),
    **{(H.NONE, flash): (H.ONE, [Do.HUSH, Do.DIAL]) for flash in (TALK, CALL, SERVED)},
    (H.NONE_WAITING, PutBack()): (H.RINGING, [Do.STOP_BEEP, Do.TAKE_WAITING, Do.RING]),
    **{
        (H.NONE_WAITING, flash): (H.ONE, [Do.STOP_BEEP, Do.HUSH, Do.TAKE_WAITING, Do.ANSWER])
        for flash in (TALK, CALL, SERVED)
    },
    (H.NONE_WAITING, WaitingGone()): (H.NONE, [Do.STOP_BEEP]),
    (H.CONSULTING, PutBack()): (H.IDLE, [Do.TRANSFER]),
    (H.CONSULTING, TALK): (H.THREE_WAY, [Do.JOIN]),
    (H.CONSULTING, CALL): (H.ONE, [Do.END, Do.TAKE_HELD]),
    (H.CONSULTING, SERVED): (H.ONE, [Do.END, Do.TAKE_HELD]),
    (H.CONSULTING, ActiveGone(True)): (H.ONE, [Do.TAKE_HELD]),
    (H.CONSULTING, ActiveGone(False)): (H.HOLDING, [Do.TONE]),
    (H.CONSULTING, HeldGone()): (H.ONE, []),
    (H.SWAPPING, PutBack()): (H.RINGING_BACK, [Do.END, Do.RING_BACK]),
    (H.SWAPPING, TALK): (H.SWAPPING, [Do.SWAP]),
    (H.SWAPPING, CALL): (H.ONE, [Do.END, Do.TAKE_HELD]),
    (H.SWAPPING, SERVED): (H.ONE, [Do.END, Do.TAKE_HELD]),
    (H.SWAPPING, ActiveGone(True)): (H.ONE, [Do.TAKE_HELD]),
    (H.SWAPPING, ActiveGone(False)): (H.HOLDING, [Do.TONE]),
    (H.SWAPPING, HeldGone()): (H.ONE, []),
    (H.THREE_WAY, PutBack()): (H.IDLE, [Do.PART, Do.TRANSFER]),
    **{(H.THREE_WAY, flash): (H.ONE, [Do.PART, Do.END, Do.TAKE_HELD]) for flash in (TALK, CALL, SERVED)},
    (H.THREE_WAY, ActiveGone(True)): (H.ONE, [Do.PART, Do.TAKE_HELD]),
    (H.THREE_WAY, ActiveGone(False)): (H.ONE, [Do.PART, Do.TAKE_HELD]),
    (H.THREE_WAY, HeldGone()): (H.ONE, [Do.PART]),
    (H.HOLDING, PutBack()): (H.RINGING_BACK, [Do.RING_BACK]),
    **{(H.HOLDING, flash): (H.ONE, [Do.HUSH, Do.TAKE_HELD]) for flash in (TALK, CALL, SERVED)},
    (H.HOLDING, HeldGone()): (H.NONE, [Do.TONE]),
    (H.RINGING_BACK, Lifted()): (H.ONE, [Do.STOP_BELL, Do.TAKE_HELD]),
    (H.RINGING_BACK, HeldGone()): (H.IDLE, [Do.STOP_BELL]),
    (H.RINGING_BACK, TimeUp()): (H.IDLE, [Do.STOP_BELL, Do.END_HELD]),
}


@pytest.mark.parametrize("event", EVENTS, ids=str)
@pytest.mark.parametrize("state", Handset, ids=lambda state: state.value)
def test_every_pair(state: Handset, event: Event) -> None:
    expected, actions = TABLE.get((state, event), (state, []))
    assert step(state, event) == (expected, tuple(actions))
