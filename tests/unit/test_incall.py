"""The matcher of codes pressed in a call (N9) and the tables of its stages (N10)."""

import pytest

from firmware.telephony.codes import codes
from firmware.telephony.incall import ArmGap, KeyTable, Matched, Pass, Stage, gap, key_table, press

CODES = codes({})
ALL = frozenset(one.id for one in CODES)


def told(table, keys):
    """What comes of keys in quick succession, then nothing: (ids matched, keys passed on)."""
    held, matched, passed = "", [], ""
    for key in keys:
        held, actions = press(held, key, table)
        for action in actions:
            if isinstance(action, Matched):
                matched.append(action.id)
            elif isinstance(action, Pass):
                passed += action.keys
    for action in gap(held, table):
        if isinstance(action, Matched):
            matched.append(action.id)
        else:
            passed += action.keys
    return matched, passed


@pytest.mark.parametrize(
    ("stage", "keys", "matched", "passed"),
    [
        (Stage.TALK, "#", ["transfer-blind"], ""),
        (Stage.TALK, "*2", ["transfer-attended"], ""),
        (Stage.TALK, "*4", ["park"], ""),
        (Stage.TALK, "*0", ["conference-create"], ""),
        (Stage.TALK, "*1", ["record"], ""),
        (Stage.TALK, "123*", [], "123*"),
        (Stage.TALK, "*7#", ["transfer-blind"], "*7"),
        (Stage.TALK, "**2", ["transfer-attended"], "*"),
        (Stage.ATTENDED_RINGING, "*", ["transfer-abort"], ""),
        (Stage.ATTENDED_TALKING, "*", ["transfer-abort"], ""),
        (Stage.ATTENDED_TALKING, "*5", [], "*5"),
        (Stage.ATTENDED_TALKING, "#*2", [], "#*2"),
        (Stage.ATTENDED_TALKING, "**", ["transfer-abort"], "*"),
        (Stage.ATTENDED_TALKING, "*4", ["park"], ""),
        (Stage.ATTENDED_TALKING, "*45", [], "*45"),
        (Stage.CONFERENCE_ADMIN, "0", ["conference-invite"], ""),
        (Stage.CONFERENCE_ADMIN, "#", [], "#"),
        (Stage.INVITE, "**", ["conference-return-with"], ""),
        (Stage.INVITE, "*#", ["conference-return-without"], ""),
        (Stage.INVITE, "#", [], "#"),
        (Stage.INVITE, "*4", ["park"], ""),
        (Stage.GUEST, "*4", ["park"], ""),
        (Stage.GUEST, "#*2*0**0", [], "#*2*0**0"),
    ],
)
def test_each_stage_has_its_own_codes(stage, keys, matched, passed):
    """N9 N10: the peer hears every key that is no code of the stage, and no key that is."""
    assert told(key_table(stage, CODES, ALL), keys) == (matched, passed)


def test_abort_counts_at_once_while_ringing_and_only_after_a_gap_while_talking():
    """N10"""
    assert press("", "*", key_table(Stage.ATTENDED_RINGING, CODES)) == ("", (Matched("transfer-abort"),))
    assert press("", "*", key_table(Stage.ATTENDED_TALKING, CODES)) == ("*", (ArmGap(),))


def test_a_code_whose_feature_is_not_there_goes_to_the_peer():
    assert told(key_table(Stage.TALK, CODES, {"park"}), "#*2*4") == (["park"], "#*2")


def test_without_codes_every_key_passes_at_once():
    assert press("", "*", KeyTable()) == ("", (Pass("*"),))
