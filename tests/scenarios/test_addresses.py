"""The box says its addresses and the caller's own number: as heard at the telephone."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.component.house import Addresses, House, house
from tests.virtual import run_virtual

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
"""


def heard(code: str, wan: Sequence[str] = (), lan: Sequence[str] = (), caller: str = "103") -> list[str]:
    """What the box says to somebody who dials the code."""

    async def main() -> list[str]:
        async with house(SITE) as here:
            here.exchange.addresses = Addresses(wan, lan)
            telephone = here.dials(caller, code)
            await here.settled()
            assert telephone.signals.gone
            return here.media.said

    return run_virtual(main)


def test_the_wan_address_is_said_twice() -> None:
    """F40: the address of the interface that leads outside."""
    assert heard("**11", wan=["203.0.113.9"], lan=["192.0.2.7"]) == ["wan-ip", "203.0.113.9"] * 2


def test_the_lan_address_is_said_twice() -> None:
    """F41: the address that telephones use."""
    assert heard("**12", wan=["203.0.113.9"], lan=["192.0.2.7"]) == ["lan-ip", "192.0.2.7"] * 2


def test_several_addresses_are_said_one_after_the_other() -> None:
    """F41: a box with several inner interfaces."""
    assert heard("**12", lan=["192.0.2.7", "198.51.100.1"]) == [
        "lan-ip", "192.0.2.7", "next-address", "198.51.100.1",
    ] * 2  # fmt: skip


@pytest.mark.parametrize("code", ["**11", "**12"])
def test_no_address_is_said_as_such(code: str) -> None:
    """F40: no cable, no address."""
    assert heard(code) == ["no-address"] * 2


@pytest.mark.parametrize("code", ["**11", "**12"])
def test_an_address_of_version_6_only_is_not_read_out(code: str) -> None:
    """F40: nobody can type what would be said."""
    assert heard(code, wan=["2001:db8::1"], lan=["2001:db8::1"]) == ["ipv6-only"] * 2


@pytest.mark.parametrize("caller", ["102", "103"])
def test_any_telephone_hears_its_own_number(caller: str) -> None:
    """F42: digit by digit, twice, analog and IP alike."""
    assert heard("**13", caller=caller) == ["your-ext-is", caller] * 2


def test_a_lifted_telephone_waits_for_a_longer_code() -> None:
    """F40: `**1` may begin a directed pickup, so a lifted telephone waits after `**11` (product.md 1)."""

    async def main() -> House:
        async with house(SITE) as here:
            workshop = here.lifts("102")
            await asyncio.sleep(0.5)
            workshop.press("**11")
            await asyncio.sleep(2)
            assert here.media.said == []
            await asyncio.sleep(2)
            assert here.media.said[:1] == ["no-address"]
            workshop.leaves()
            return here

    run_virtual(main)
