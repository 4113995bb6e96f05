"""The pure rules of queues: who rings next, whose turn it is, who may log in."""

import random

import msgspec
import pytest

from firmware.features.queues.agents import Agent, Agents, Standing
from firmware.features.queues.line import Line
from firmware.features.queues.strategy import Memory, choose
from firmware.features.queues.waiting import HoldTime
from firmware.telephony.site import Queue, Site

QUEUE = Queue(number="631", name="Q", agents=("101", "102"), dynamic_agents=("103",))
FREE = ("101", "102", "103")


def chosen(strategy, free=FREE, tried=(), memory=None):
    queue = msgspec.structs.replace(QUEUE, strategy=strategy)
    return choose(queue, free, tried, memory or Memory(), random.Random(1))


def test_ringall_rings_all():
    """F24"""
    assert chosen("ringall", tried=FREE) == FREE


@pytest.mark.parametrize("strategy", ["linear", "random", "rrmemory", "leastrecent", "fewestcalls"])
def test_all_have_rung_before_anybody_rings_again(strategy):
    """F24"""
    tried: list[str] = []
    for _ in FREE:
        (agent,) = chosen(strategy, tried=tried)
        tried.append(agent)
    assert sorted(tried) == list(FREE)
    assert len(chosen(strategy, tried=tried)) == 1


@pytest.mark.parametrize("strategy", ["ringall", "linear", "random", "rrmemory", "leastrecent", "fewestcalls"])
def test_nobody_free(strategy):
    """F24"""
    assert chosen(strategy, free=()) == ()


def test_round_robin_goes_on_after_the_last_one_even_if_that_one_has_gone():
    """F24"""
    assert chosen("rrmemory", memory=Memory(last_tried="101")) == ("102",)
    assert chosen("rrmemory", free=("101", "103"), memory=Memory(last_tried="102")) == ("103",)
    assert chosen("rrmemory", free=("101", "102"), memory=Memory(last_tried="103")) == ("101",)
    assert chosen("rrmemory", memory=Memory(last_tried="999")) == ("101",)


def test_least_recent_and_fewest_calls():
    """F24: who has had no call at all comes first"""
    assert chosen("leastrecent", memory=Memory(last_call_s={"101": 5.0, "103": 1.0})) == ("102",)
    assert chosen("leastrecent", memory=Memory(last_call_s={"101": 5.0, "102": 9.0, "103": 1.0})) == ("103",)
    assert chosen("fewestcalls", memory=Memory(calls={"101": 2, "102": 1, "103": 3})) == ("102",)


def test_callers_before_me_are_served_first():
    """F24"""
    line = Line(lambda: None)
    queue = msgspec.structs.replace(QUEUE, strategy="linear")
    with line.place(0.0) as first, line.place(1.0) as second:
        assert (line.number_of(first), line.number_of(second)) == (1, 2)
        assert line.may_ring(first, queue, 1)
        assert not line.may_ring(second, queue, 1)
        assert line.may_ring(second, queue, 2)
        first.ringing = True
        assert line.may_ring(second, queue, 1)
        assert not line.may_ring(second, queue, 0)
        assert line.may_ring(second, QUEUE, 1)
        first.ringing = False
        assert not line.may_ring(second, QUEUE, 2)  # ringall: all of them ring for the first
    assert len(line) == 0


class Kept:
    def __init__(self, values=()):
        self.values = {one.extension: one for one in values}

    def load(self):
        return self.values.values()

    def save(self, value):
        self.values[value.extension] = value

    def remove(self, *key):
        self.values.pop(key[0], None)


def test_codes_of_agents_and_what_is_kept():
    """F24 F25"""
    other = Queue(number="632", name="R", dynamic_agents=("103", "101"))
    site, kept = Site(queues=(QUEUE, other)), Kept()
    agents = Agents(lambda: site, kept, lambda: None)
    assert agents.members(QUEUE) == ("101", "102")
    assert agents.log_in("102") is Standing.STATIC
    assert agents.log_out("102") is Standing.STATIC
    assert agents.log_in("104") is agents.log_out("104") is agents.pause("104", True) is Standing.NO_AGENT
    assert agents.log_in("103") is Standing.LOGGED_IN
    assert agents.log_in("103") is Standing.LOGGED_IN_BEFORE
    assert agents.members(QUEUE) == ("101", "102", "103")
    assert agents.log_in("101") is Standing.LOGGED_IN  # static here, dynamic there
    assert agents.pause("103", True) is Standing.PAUSED
    again = Agents(lambda: site, Kept(kept.values.values()), lambda: None)
    assert again.agent("103") == Agent("103", ("631", "632"), True)
    assert agents.log_out("103") is agents.log_out("103") is Standing.LOGGED_OUT
    assert agents.agent("103").paused  # a break is the agent's, not the queue's


def test_an_agent_who_is_not_listed_any_more_is_no_member():
    """F24"""
    agents = Agents(lambda: Site(queues=(QUEUE,)), Kept([Agent("104", ("631",))]), lambda: None)
    assert agents.members(QUEUE) == ("101", "102")


def test_the_waiting_time_is_a_moving_average():
    """F24"""
    hold = HoldTime()
    assert hold.minutes == 0
    hold.add(100.0)
    assert (hold.average_s, hold.minutes) == (100.0, 2)
    hold.add(20.0)
    assert hold.average_s == pytest.approx(80.0)
