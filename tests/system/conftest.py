"""Fixtures: boxes, telephones and addresses that no other test of the run has used.

`box` is the SIP side alone. A file that tests the whole box has one of its own, at which `anna` and others register.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.system.box import Box
from tests.system.sip_harness import SipBox, sip_box
from tests.system.sipclient import Phone
from tests.system.telephones import House, registered

_addresses = (f"127.{n // 62_500 + 1}.{n // 250 % 250}.{n % 250 + 1}" for n in count())


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipBox]:
    with sip_box(tmp_path_factory.mktemp("sip") / "state.json") as running:
        yield running


@pytest.fixture
def box(_shared: SipBox) -> Iterator[SipBox]:
    """One for all tests of a file."""
    yield _shared
    _shared.close_wires()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[SipBox]:
    """A box of one's own, for what would disturb others."""
    with sip_box(tmp_path / "state.json") as running:
        yield running


@pytest.fixture
def hosts() -> Iterator[str]:
    """Addresses of 127.0.0.0/8: each is a source of its own to the guard."""
    return _addresses


@pytest.fixture
def host(hosts: Iterator[str]) -> str:
    return next(hosts)


@pytest.fixture
def phone(box: SipBox, host: str) -> Iterator[Phone]:
    """A telephone of extension 103 that unregisters in the end."""
    made = box.phone(host)
    yield made
    made.register(0, "*")


@pytest.fixture
def anna(box: Box) -> Iterator[Phone]:
    yield from registered(box, "103", "anna-secret-103")


@pytest.fixture
def ben(box: Box) -> Iterator[Phone]:
    yield from registered(box, "104", "ben-secret-104")


@pytest.fixture
def carla(box: Box) -> Iterator[Phone]:
    yield from registered(box, "105", "carla-secret-105")


@pytest.fixture
def house(box: Box) -> Iterator[House]:
    made = House(box)
    yield made
    made.close()
