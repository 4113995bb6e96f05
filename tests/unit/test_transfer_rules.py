"""Where somebody may be transferred to (product.md 2.4)."""

from datetime import UTC, datetime

import pytest

from firmware.telephony.decision import (
    CallTrunks,
    FromExtension,
    Goto,
    Reject,
    Request,
    RingExtension,
    RunFeature,
    Snapshot,
)
from firmware.telephony.numbering import Plan
from firmware.telephony.site.check import checked
from firmware.telephony.transfer import Peer, transfer_route

SITE = checked("""
site: {country: DE}
extensions:
  - {number: "101", name: A, port: fxs1}
  - {number: "102", name: B, port: fxs2}
  - {number: "103", name: C, port: fxs3, dnd: true}
  - {number: "104", name: D, port: fxs4, outbound: []}
trunks: [{name: line1, type: fxo, port: fxo1}]
outbound: [{name: outside, prefix: "9", trunks: [line1]}]
queues: [{number: "631", name: Q, agents: ["101"]}]
""").site
ALL = frozenset(("slot", "park", "room", "queue", "voicemail"))


def decided(number, *, by="101", peer=None, services=ALL):
    assert SITE is not None
    request = Request(FromExtension(by), number, datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    snapshot = Snapshot(Plan(SITE, ("110", "112")), services=services)
    return transfer_route(request, peer or Peer(None, "0301234567"), snapshot)


@pytest.mark.parametrize(
    ("number", "kind"),
    [("102", RingExtension), ("9030765", CallTrunks), ("112", CallTrunks), ("90", Goto), ("631", Goto)],
)
def test_people_lines_and_places_take_transfers(number, kind):
    """F11"""
    assert isinstance(decided(number).action, kind)


def test_a_slot_means_parking():
    """F11"""
    assert decided("41").action == Goto("park", "41")


@pytest.mark.parametrize("number", ["", "101", "777", "103", "*60", "*8", "**102", "*95", "1" * 40, "12#3"])
def test_what_is_refused(number):
    """F11: nothing, oneself, what does not exist, do not disturb, codes"""
    assert isinstance(decided(number).action, Reject)


def test_the_peer_is_no_target():
    """F11"""
    assert isinstance(decided("102", peer=Peer("102", "102")).action, Reject)
    for same in ("90301234567", "900493012345 67".replace(" ", "")):
        assert isinstance(decided(same).action, Reject), same


def test_the_transferor_s_permission_counts():
    """F11"""
    assert isinstance(decided("9030765", by="104").action, Reject)


def test_the_code_of_a_mailbox_is_allowed_once_it_is_there():
    """F11: direct to voicemail"""
    assert isinstance(decided("*6*102").action, RunFeature | Reject)
    assert "nobody can be transferred" not in decided("*6*102").trace.as_text()
