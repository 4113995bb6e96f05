"""The pure rule for one process, in virtual time: every phase with every event that matters there."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.contract.heartbeat import Beat, Failed, Ready
from firmware.supervisor.child import (
    Action,
    Ended,
    Heard,
    Limits,
    Phase,
    Start,
    State,
    Stop,
    Tick,
    deadline_s,
    step,
)
from firmware.supervisor.watchdog import all_well

LIMITS = Limits(start_s=20, silent_s=3, still_s=3, steady_s=60, stop_s=1.5)
UNWATCHED = Limits(watched=False)


class Run:
    """A machine in virtual time; deadlines fire by themselves on the way."""

    def __init__(self, limits=LIMITS):
        self.limits, self.state, self.now_s, self.done = limits, State(), 0.0, []

    def at(self, now_s, event=None):
        while (due_s := deadline_s(self.state, self.limits)) is not None and due_s <= now_s:
            self.now_s = max(due_s, self.now_s)
            self._step(Tick())
        self.now_s = now_s
        if event:
            self._step(event)
        return self

    def _step(self, event):
        self.state, actions = step(self.state, event, self.now_s, self.limits)
        self.done += [(self.now_s, action) for action in actions]

    def beats(self, start_s, end_s, **counters):
        for second in range(start_s, end_s):
            self.at(second, Heard(Beat({name: value(second) for name, value in counters.items()})))
        return self

    @property
    def phase(self):
        return self.state.phase


def up():
    return Run().at(0, Start()).at(1, Heard(Ready()))


def test_starts_and_comes_up():
    run = Run().at(0, Start())
    assert run.phase is Phase.STARTING and run.done == [(0, Action.SPAWN)]
    assert run.at(2, Heard(Ready())).phase is Phase.UP


def test_a_process_that_is_not_ready_in_time_is_replaced():
    run = Run().at(0, Start()).at(25)
    assert run.phase is Phase.DYING and run.done[-1] == (20, Action.KILL)
    assert run.state.reason == "not ready after 20 s"
    run.at(25, Ended(-9))
    assert run.phase is Phase.STARTING and run.done[-1] == (25, Action.SPAWN)


def test_silence_is_a_hang():
    run = up().beats(2, 10, loop=lambda s: s).at(11.9)
    assert run.phase is Phase.UP
    run.at(12)
    assert run.phase is Phase.DYING and run.state.reason == "no heartbeat for 3 s"


def test_a_counter_that_stands_still_is_a_hang():
    run = up().beats(2, 20, loop=lambda s: s, media=lambda s: min(s, 10))
    assert run.done[1] == (13, Action.KILL)
    assert run.state.reason == "media stood still for 3 s"


def test_two_counters_are_both_named():
    run = up().beats(2, 20, lines=lambda s: 5, loop=lambda s: s, media=lambda s: 5)
    assert run.state.reason == "lines and media stood still for 3 s"


def test_a_counter_may_appear_and_go():
    run = up().beats(2, 5, loop=lambda s: s).beats(5, 20, loop=lambda s: s, media=lambda s: s)
    assert run.beats(20, 40, loop=lambda s: s).phase is Phase.UP


def test_back_off_grows_to_half_a_minute():
    state, waits_s = State(Phase.UP, was_up=True), []
    for _ in range(10):
        state, actions = step(state, Ended(1), 1.0, LIMITS)
        waits_s.append(0 if actions == (Action.SPAWN,) else deadline_s(state, LIMITS) - 1.0)
        state = replace(state, phase=Phase.UP, started_at_s=0.0)
    assert waits_s == [0, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_after_a_minute_of_work_the_first_restart_is_at_once():
    run = up()
    run.state = State(Phase.UP, 0, 0, 100, failures=5, was_up=True)
    run.at(101, Ended(-11))
    assert run.phase is Phase.STARTING and run.done[-1] == (101, Action.SPAWN) and run.state.failures == 1


def test_a_start_that_cannot_work_is_not_tried_again():
    run = Run().at(0, Start()).at(0.5, Heard(Failed("SIP port 127.0.0.1:5060 is in use"))).at(0.6, Ended(1))
    assert run.phase is Phase.BROKEN and run.state.reason == "SIP port 127.0.0.1:5060 is in use"


def test_the_same_failure_later_is_tried_again():
    run = up().at(2, Ended(-9)).at(2.1, Heard(Failed("port in use"))).at(2.2, Ended(1))
    assert run.phase is Phase.WAITING and run.at(3).phase is Phase.STARTING


def test_a_process_that_never_comes_up_is_given_up_after_four_ends():
    run = Run().at(0, Start())
    for second in (1, 3, 6, 10):
        run.at(second, Ended(1))
    assert run.phase is Phase.BROKEN and run.state.reason == "ended with status 1"


def test_stopping_in_time_and_by_force():
    run = up().at(5, Stop())
    assert run.phase is Phase.STOPPING and run.done[-1] == (5, Action.TERMINATE)
    assert run.at(6, Ended(0)).phase is Phase.STOPPED and run.done[-1] == (5, Action.TERMINATE)
    run = up().at(5, Stop()).at(7)
    assert run.done[-1] == (6.5, Action.KILL)
    assert run.at(7, Ended(-9)).phase is Phase.STOPPED


@pytest.mark.parametrize("before", [Run(), up().at(2, Ended(1)).at(2, Ended(1))], ids=["idle", "waiting"])
def test_stopping_what_does_not_run_is_done_at_once(before):
    before.done.clear()
    assert before.at(before.now_s, Stop()).phase is Phase.STOPPED and not before.done


def test_a_process_without_heartbeat_is_up_while_it_runs():
    run = Run(UNWATCHED).at(0, Start()).at(1000)
    assert run.phase is Phase.UP and deadline_s(run.state, UNWATCHED) is None
    assert run.at(1001, Ended(1)).phase is Phase.UP and run.done[-1] == (1001, Action.SPAWN)


EVENTS = st.sampled_from(
    [Start(), Tick(), Stop(), Ended(0), Ended(-9), Heard(Ready()), Heard(Failed("x")), Heard(Beat({"loop": 1}))]
)


@given(st.lists(st.tuples(EVENTS, st.floats(0, 40)), max_size=60))
def test_never_two_processes_and_none_after_the_end(events):
    run, alive = Run(), 0
    for event, wait_s in events:
        if isinstance(event, Ended | Heard) and not alive:
            continue
        before = len(run.done)
        alive -= isinstance(event, Ended)
        run.now_s += wait_s
        run._step(event)
        alive += sum(action is Action.SPAWN for _, action in run.done[before:])
        assert alive in (0, 1)
        assert alive == (run.phase in (Phase.STARTING, Phase.UP, Phase.DYING, Phase.STOPPING))


def test_the_watchdog_is_fed_only_while_all_are_up():
    good = State(Phase.UP)
    assert all_well([good, good])
    for phase in set(Phase) - {Phase.UP}:
        assert not all_well([good, State(phase)])
