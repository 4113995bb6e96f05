"""The digit collector: product.md N2, N3, N8a."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.telephony.collector import (
    Action,
    ArmTimer,
    Begin,
    Collecting,
    Dialled,
    GiveUp,
    Key,
    Phase,
    StopDialTone,
    TimerExpired,
    step,
)
from firmware.telephony.numbering import Plan
from firmware.telephony.site import Extension, Outbound, Site

PLAN = Plan(
    Site(
        extensions=(Extension(number="101", name="A"), Extension(number="410", name="B")),
        outbound=(Outbound(name="outside", prefix="9", trunks=("line1",)),),
    ),
    ("112",),
)


def dial(keys: str) -> tuple[Collecting, list[tuple[Action, ...]]]:
    state, actions = step(Collecting(), Begin(), PLAN)
    all_actions = [actions]
    for key in keys:
        state, actions = step(state, Key(key), PLAN)
        all_actions.append(actions)
    return state, all_actions


def test_dial_tone_ends_after_15_seconds() -> None:
    state, actions = dial("")
    assert actions == [(ArmTimer(15.0),)]
    assert step(state, TimerExpired(), PLAN) == (Collecting(Phase.DONE), (GiveUp(),))


def test_the_first_digit_stops_dial_tone() -> None:
    _, actions = dial("1")
    assert actions[-1] == (StopDialTone(), ArmTimer(4.0))


@pytest.mark.parametrize(
    ("keys", "last"),
    [
        ("101", Dialled("101")),
        ("112", Dialled("112")),
        ("9112", Dialled("9112")),
        ("*74", Dialled("*74")),
        ("41", ArmTimer(3.0)),
        ("41#", Dialled("41")),
        ("90", ArmTimer(3.0)),
        ("**11", ArmTimer(3.0)),
        ("**11#", Dialled("**11")),
        ("25", ArmTimer(4.0)),
        ("250", Dialled("250")),
        ("9030123", ArmTimer(3.0)),
        ("*55*03010730#", Dialled("*55*03010730")),
        ("9" * 32, Dialled("9" * 32)),
    ],
)
def test_when_a_number_is_sent(keys: str, last: Action) -> None:
    assert dial(keys)[1][-1][-1] == last


def test_the_time_out_sends_what_there_is() -> None:
    for keys in ("41", "25"):
        state, _ = dial(keys)
        assert step(state, TimerExpired(), PLAN)[1] == (Dialled(keys),)


def test_hash_with_nothing_dialled_is_ignored() -> None:
    state, actions = dial("#")
    assert state == Collecting()
    assert actions[-1] == (ArmTimer(15.0),)


@given(st.text("0123456789*#ABCD", max_size=40))
def test_every_string_of_keys_ends_once(keys: str) -> None:
    state, actions = dial(keys)
    flat = [action for group in actions for action in group]
    if state.phase is not Phase.DONE:
        flat += step(state, TimerExpired(), PLAN)[1]
    ends = [action for action in flat if isinstance(action, Dialled | GiveUp)]
    assert len(ends) == 1
    if isinstance(ends[0], Dialled):
        assert ends[0].number
        assert len(ends[0].number) <= 32
    assert step(Collecting(Phase.DONE, "101"), Key("1"), PLAN) == (Collecting(Phase.DONE, "101"), ())
