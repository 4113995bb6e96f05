"""What may be put on the blacklist, and how it is kept."""

import pytest

from firmware.features.blacklist.entry import EMERGENCY, EXTENSION, INVALID, OWN, entry, same_entry, without_prefix
from firmware.telephony.blacklist import listed
from firmware.telephony.numbering import Plan
from firmware.telephony.refusal import Refusal
from firmware.telephony.site import Extension, FxoTrunk, Outbound, Place, SipTrunk, Site


def plan(country: str) -> Plan:
    site = Site(
        site=Place(country=country),
        extensions=(Extension(number="101", name="Reception", port="fxs1"),),
        trunks=(
            FxoTrunk(name="line1", port="fxo1", number="+493012345"),
            SipTrunk(name="branch", host="192.0.2.20", number="+12125550100"),
        ),
        outbound=(Outbound(name="outside", prefix="9", trunks=("line1",)),),
    )
    return Plan(site, ("112", "911"))


@pytest.mark.parametrize(
    ("country", "dialled", "kept"),
    [
        ("DE", "03055501234", "+493055501234"),
        ("DE", "903055501234", "+493055501234"),  # with the prefix
        ("DE", "00493055501234", "+493055501234"),
        ("DE", "+493055501234", "+493055501234"),
        ("DE", "9004912", "004912"),  # no number of any plan: its digits
        ("DE", "0900*", "0900*"),
        ("DE", "90900*", "0900*"),
        ("DE", "+4420*", "+4420*"),
        ("US", "9175550123", "+19175550123"),  # New York, no prefix
        ("US", "92125550123", "+12125550123"),
        ("US", "912125550123", "+12125550123"),
        ("US", "1900*", "1900*"),
    ],
)
def test_the_spelling_that_is_kept(country: str, dialled: str, kept: str) -> None:
    assert entry(dialled, plan(country)) == kept


@pytest.mark.parametrize(
    ("dialled", "refusal"),
    [
        ("101", EXTENSION),
        ("41", EXTENSION),
        ("90", EXTENSION),
        ("112", EMERGENCY),
        ("9112", EMERGENCY),
        ("112*", EMERGENCY),
        ("+493012345", OWN),
        ("03012345", OWN),
        ("903012345", OWN),
        ("0301*", OWN),
        ("+1212*", OWN),
        ("*74", INVALID),
        ("03*", INVALID),
        ("*", INVALID),
        ("0900*1", INVALID),
        ("1", INVALID),
        ("0" * 33, INVALID),
        ("+", INVALID),
        ("030#", INVALID),
    ],
)
def test_what_cannot_be_listed(dialled: str, refusal: Refusal) -> None:
    assert entry(dialled, plan("DE")) == refusal


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+493055501234", "03055501234", True),
        ("030 555 01234", "+493055501234", True),
        ("+493055501234", "03055501235", False),
        ("0900*", "0900*", True),
        ("0900*", "0900123456", False),
        ("0900123456", "0900*", False),
    ],
)
def test_who_is_meant_when_a_number_is_taken_off(one: str, other: str, same: bool) -> None:
    assert same_entry(one, other, Site(site=Place(country="DE"))) is same


def test_what_is_kept_keeps_the_caller_out_however_the_network_writes_it() -> None:
    kept = entry("903055501234", plan("DE"))
    assert isinstance(kept, str)
    for caller in ("03055501234", "+493055501234", "00493055501234", "493055501234"):
        assert listed(caller, (kept,), "DE")
        assert without_prefix(caller, plan("DE")) == caller
