"""The called telephones of a bench: a SIPp that answers, their audio in another process, all registered at the PBX."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.credentials import register_rows
from tests.bench.far_end import Heard
from tests.bench.pbx import Account, Pbx
from tests.bench.place import Place
from tests.bench.sipp import Sipp

TELEPHONES_PORT = 5060
CALLERS_PORT = 5070
REGISTER_RATE = 100


class LoadFailed(Exception):
    """The load did not come about as wanted, so a figure taken meanwhile says nothing."""


class Ears:
    """The process of `far_end`."""

    def __init__(self, host: str, ports: list[int]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.far_end", host, *map(str, ports)],
            cwd=Path(__file__).resolve().parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.late_ms = 0.0  # how late that process itself was at worst, before the last report
        self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise LoadFailed("the far end's audio process has died")
        return line

    def heard(self) -> list[Heard]:
        """Every stream since the last time."""
        assert self._process.stdin is not None
        print("report", file=self._process.stdin, flush=True)
        report = json.loads(self._line())
        self.late_ms = report["late_ms"]
        return [Heard(**row) for row in report["streams"]]

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


class House:
    """Everything that a load needs besides the PBX. `turn` numbers SIPp's folders."""

    def __init__(self, pbx: Pbx, place: Place, folder: Path, ears: Ears) -> None:
        self.pbx, self.place, self.ears, self._folder = pbx, place, ears, folder
        self._turn = 0

    def next_folder(self, name: str) -> Path:
        self._turn += 1
        return self._folder / f"{self._turn:03d}-{name}"


@contextmanager
def house(pbx: Pbx, place: Place, folder: Path) -> Iterator[House]:
    """Telephones of all callees, registered, for the length of the block. Raises LoadFailed."""
    with ExitStack() as stack:
        ears = Ears(place.callees, [10 * int(f"1{one.user}") for one in pbx.callees])
        stack.callback(ears.close)
        home = House(pbx, place, folder, ears)
        contact = f"{place.callees}:{TELEPHONES_PORT}"
        register(home, pbx.callees, contact, len(pbx.callees), REGISTER_RATE, place.callees, TELEPHONES_PORT)
        stack.enter_context(Sipp(home.next_folder("callee"), "callee", place.callees, port=TELEPHONES_PORT))
        yield home


def register(
    home: House, accounts: tuple[Account, ...], contact: str, count: int, rate: float, local: str, port: int
) -> None:
    """`count` registrations at `rate` a second from `local`:`port`. Raises LoadFailed unless all succeed."""
    rows = register_rows(home.pbx, local, accounts, contact, count)
    with Sipp(
        home.next_folder("register"), "register", local, remote=home.pbx.address, port=port, rows=rows, rate=rate,
        count=count,
    ) as sipp:  # fmt: skip
        outcome = sipp.wait(count / rate + 20)
    if outcome.failed or outcome.made != count:
        raise LoadFailed(f"{outcome.made} of {count} registrations succeeded: {outcome.errors}")
