"""A whole box with as many extensions as a bench needs, on the simulated board.

The guard lets the bench's own network through by name (`limits.sources`); everything else is as shipped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from firmware.contract.client import SOCKET_NAME, Client
from firmware.contract.replies import Metrics
from firmware.contract.requests import GetMetrics, Peer
from tests.bench import usage
from tests.bench.pbx import CALLEES_FROM, Account, Pbx
from tests.bench.place import Place
from tests.system.box import Box

CALLERS_FROM = 500
CALLS = 200  # callers, and as many callees: at 100 calls a second each telephone rings every two seconds


def _accounts(first: int, count: int) -> tuple[Account, ...]:
    return tuple(Account(str(number), f"secret-of-{number}-aaaa") for number in range(first, first + count))


def site_text(place: Place, extensions: tuple[Account, ...]) -> str:
    """A site file: SIP extensions, and two telephones on the board."""
    rows = [{"number": one.user, "name": f"Phone {one.user}", "sip": {"secret": one.secret}} for one in extensions]
    rows += [{"number": "101", "name": "One", "port": "fxs1"}, {"number": "102", "name": "Two", "port": "fxs2"}]
    return yaml.safe_dump({
        "version": 1,
        "site": {"name": "Bench", "country": "DE", "language": "en", "timezone": "Europe/Berlin"},
        "numbering": {"extensions": "100-899"},
        "extensions": rows,
        "limits": {"sources": [{"name": "bench", "network": place.network, "per_s": 100_000}]},
    })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stand:
    """A running box, and where the bench stands."""

    box: Box
    place: Place
    pbx: Pbx

    def pids(self) -> list[int]:
        """All processes of the box, the supervisor first."""
        supervisor = usage.parent(self.box.core_pid())
        children = usage.children(supervisor)
        return [supervisor, *children, *(grand for child in children for grand in usage.children(child))]

    def metrics(self) -> Metrics:
        """What the core tells of itself."""
        client = Client(self.box.data / SOCKET_NAME, Peer.COMMAND)
        try:
            return client.ask(GetMetrics(), Metrics)
        finally:
            client.close()


@contextmanager
def running_box(folder: Path, calls: int = CALLS) -> Iterator[Stand]:
    """A box with its data in `folder`, for the length of the block: `calls` callers and as many callees."""
    place = Place.somewhere()
    callers, callees = _accounts(CALLERS_FROM, calls), _accounts(CALLEES_FROM, calls)
    folder.mkdir(parents=True, exist_ok=True)
    with Box(folder, site_text(place, callers + callees)) as box:
        pbx = Pbx("fxbox", *box.sip, lambda: [box.core_pid()], callers, callees, counted_nonces=True)
        yield Stand(box, place, pbx)
