"""The state machines of a line to the exchange: every pair of state and event."""

import pytest

from firmware.lines.office import (
    Battery,
    BatteryAction,
    Called,
    RingAction,
    RingSeen,
    Seen,
    Seized,
    Stable,
    TimeUp,
    battery_step,
    give_up_ms,
    ring_step,
)
from firmware.lines.port import BatteryLost, BatteryRestored, LineDropped, PolarityReversed, RingStarted, RingStopped
from firmware.lines.timer import StartTimer, StopTimer
from firmware.telephony.country import load_country

QUIET, BURST, PAUSE = Called.QUIET, Called.BURST, Called.PAUSE
ON, OFF = RingSeen(on=True), RingSeen(on=False)


@pytest.mark.parametrize(
    ("state", "event", "after", "actions"),
    [
        (QUIET, ON, BURST, (RingStarted(),)),
        (QUIET, OFF, QUIET, ()),
        (QUIET, Seized(), QUIET, ()),
        (QUIET, TimeUp(), QUIET, ()),
        (BURST, ON, BURST, ()),
        (BURST, OFF, PAUSE, (StartTimer(6500),)),
        (BURST, TimeUp(), BURST, ()),
        (BURST, Seized(), QUIET, (StopTimer(),)),
        (PAUSE, ON, BURST, (StopTimer(),)),
        (PAUSE, OFF, PAUSE, ()),
        (PAUSE, TimeUp(), QUIET, (RingStopped(),)),
        (PAUSE, Seized(), QUIET, (StopTimer(),)),
    ],
)
def test_ring_step(
    state: Called, event: RingSeen | Seized | TimeUp, after: Called, actions: tuple[RingAction, ...]
) -> None:
    assert ring_step(state, event, 6500) == (after, actions)


def test_giving_up_is_longer_than_any_pause_of_the_country() -> None:
    assert {code: give_up_ms(load_country(code).ring) for code in ("US", "GB", "DE", "FR")} == {
        "US": 6500, "GB": 3500, "DE": 6500, "FR": 5750,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "event", "after", "actions"),
    [
        (Battery(), Seen(48), Battery(None, 1), (StartTimer(64),)),
        (Battery(1), Seen(48), Battery(1), ()),
        (Battery(1), Seen(7), Battery(1), ()),
        (Battery(1), Seen(-48), Battery(1, -1), (StartTimer(64),)),
        (Battery(1), Seen(2), Battery(1, 0), (StartTimer(64),)),
        (Battery(1, 0), Seen(0), Battery(1, 0), ()),
        (Battery(1, 0), Seen(48), Battery(1), (StopTimer(),)),
        (Battery(1, 0), Seen(-48), Battery(1, -1), (StartTimer(64),)),
        (Battery(1, -1), Stable(held=True), Battery(-1), (PolarityReversed(),)),
        (Battery(-1, 0), Stable(held=False), Battery(0), (BatteryLost(),)),
        (Battery(-1, 0), Stable(held=True), Battery(0), (LineDropped(),)),
        (Battery(0, 1), Stable(held=False), Battery(1), (BatteryRestored(),)),
        (Battery(None, -1), Stable(held=False), Battery(-1), (BatteryRestored(),)),
        (Battery(None, 0), Stable(held=False), Battery(0), (BatteryLost(),)),
        (Battery(1), Stable(held=False), Battery(1), ()),
    ],
)
def test_battery_step(state: Battery, event: Seen | Stable, after: Battery, actions: tuple[BatteryAction, ...]) -> None:
    assert battery_step(state, event) == (after, actions)
