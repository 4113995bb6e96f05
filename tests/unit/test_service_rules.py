"""The pure rules of pickup, conferences, ring groups and voice menus."""

import random

import msgspec
import pytest

from firmware.features.conference.admission import Role, role_of
from firmware.features.groups.order import rounds
from firmware.features.menus.choice import Choice, Verdict, chosen, ended
from firmware.features.pickup.choice import Candidate, choose, department_of
from firmware.telephony.site import Extension, ExtensionSip, RingGroup, Room

ANNA = Extension(number="103", name="Anna", department="office")


def candidate(id_, rings, since_s, caller=None):
    return Candidate(id_, tuple(rings), since_s, caller)


def test_the_call_that_rang_first_is_chosen():
    """F5"""
    calls = [candidate("b", ["104"], 2.0), candidate("a", ["104", "102"], 1.0), candidate("c", ["105"], 0.0)]
    assert choose(calls, ANNA, {"104"}).id == "a"
    assert choose(calls, ANNA, {"106"}) is None
    assert choose([], ANNA, {"104"}) is None


def test_one_s_own_calls_are_not_chosen_except_by_a_second_device():
    """F5 F6"""
    assert choose([candidate("a", ["104"], 1.0, caller="103")], ANNA, {"104"}) is None
    assert choose([candidate("a", ["103"], 1.0)], ANNA, {"103"}) is None
    assert choose([candidate("a", ["103", "103"], 1.0)], ANNA, {"103"}).id == "a"
    both = msgspec.structs.replace(ANNA, port="fxs1", sip=ExtensionSip())
    assert choose([candidate("a", ["103"], 1.0)], both, {"103"}).id == "a"


def test_departments():
    """F5"""
    others = [ANNA, Extension(number="104", name="B", department="office"), Extension(number="105", name="C")]
    assert department_of(ANNA, others) == {"103", "104"}
    assert department_of(others[2], others) == frozenset()


@pytest.mark.parametrize(
    ("pin", "admin_pin", "given", "creator", "role"),
    [
        (None, None, "", False, Role.GUEST),
        (None, None, "", True, Role.ADMIN),
        ("1234", None, "1234", True, Role.GUEST),
        ("1234", None, "", False, None),
        ("1234", "9876", "9876", False, Role.ADMIN),
        ("1234", "9876", "1234", True, Role.GUEST),
        ("1234", "9876", "12345", False, None),
        (None, "9876", "", False, Role.GUEST),
        (None, "9876", "9876", False, Role.ADMIN),
        (None, "9876", "1111", False, None),
    ],
)
def test_the_password_makes_the_role(pin, admin_pin, given, creator, role):
    """F26 F28"""
    assert role_of(Room(number="90", pin=pin, admin_pin=admin_pin), given, creator=creator) is role


def test_the_order_of_a_group():
    """A7"""
    group = RingGroup(number="620", name="G", members=("101", "102", "101", "103"))

    def order(strategy, last=None):
        return rounds(msgspec.structs.replace(group, strategy=strategy), last, random.Random(1))

    assert order("ringall") == [("101", "102", "103")]
    assert order("linear", "101") == [("101",), ("102",), ("103",)]
    assert order("rrmemory") == [("101",), ("102",), ("103",)]
    assert order("rrmemory", "102") == [("103",), ("101",), ("102",)]
    assert order("rrmemory", "999") == [("101",), ("102",), ("103",)]
    assert sorted(order("random")) == [("101",), ("102",), ("103",)]


KEYS = {"1": "group/620", "2": "103", "#": "operator", "*": "menu/640"}
MORE, CHOSEN, INVALID = Verdict.MORE, Verdict.CHOSEN, Verdict.INVALID


@pytest.mark.parametrize(
    ("pressed", "direct", "choice"),
    [
        ("2", [], Choice(CHOSEN, "103")),
        ("2", ["103"], Choice(CHOSEN, "103")),
        ("1", ["103"], Choice(MORE, "group/620")),
        ("10", ["103"], Choice(MORE)),
        ("103", ["103"], Choice(CHOSEN, "extension/103")),
        ("103", ["103", "1034"], Choice(MORE, "extension/103")),
        ("104", ["103"], Choice(INVALID)),
        ("7", [], Choice(INVALID)),
        ("#", [], Choice(CHOSEN, "operator")),
        ("0", ["103"], Choice(INVALID)),
    ],
)
def test_what_keys_mean_in_a_menu(pressed, direct, choice):
    """A6"""
    assert chosen(pressed, KEYS, direct) == choice


def test_what_keys_mean_when_no_more_come():
    """A6"""
    assert ended("1", KEYS, ["103"]) == Choice(CHOSEN, "group/620")
    assert ended("10", KEYS, ["103"]) == ended("", KEYS, ["103"]) == Choice(INVALID)
