"""Starts a whole box for a bench or a test, with as many extensions as it needs, and stops it.

The guard lets the bench's own network through by name (`limits.sources`); everything else is as shipped.
"""

import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from firmware.contract.client import SOCKET_NAME, Client
from firmware.contract.replies import Metrics
from firmware.contract.requests import GetMetrics, Peer
from tests.bench import usage
from tests.bench.pbx import CALLEES_FROM, PORT, Account, Pbx
from tests.bench.place import Place

ROOT = Path(__file__).resolve().parents[2]
FXBOX = ROOT / ".venv" / "bin" / "fxbox"
CALLERS_FROM = 500
START_S = 40
MODULES = {"core": "firmware.app", "sim": "firmware.simboard", "portal": "portal"}


def accounts(first: int, count: int) -> tuple[Account, ...]:
    return tuple(Account(str(number), f"secret-of-{number}-aaaa") for number in range(first, first + count))


def site_text(place: Place, extensions: tuple[Account, ...]) -> str:
    """A site file: SIP extensions and two telephones on the board."""
    rows = [{"number": one.user, "name": f"Phone {one.user}", "sip": {"secret": one.secret}} for one in extensions]
    rows += [{"number": "101", "name": "One", "port": "fxs1"}, {"number": "102", "name": "Two", "port": "fxs2"}]
    return yaml.safe_dump({
        "version": 1,
        "site": {"name": "Bench", "country": "DE", "language": "en", "timezone": "Europe/Berlin"},
        "numbering": {"extensions": "100-899"},
        "extensions": rows,
        "limits": {"sources": [{"name": "bench", "network": place.network, "per_s": 100_000}]},
    })  # fmt: skip


class Box:
    """A running `fxbox run`. Raises RuntimeError when it does not come up."""

    def __init__(self, data: Path, place: Place, calls: int) -> None:
        """`calls` callers and as many callees."""
        self.data, self.place = data, place
        self.callers, self.callees = accounts(CALLERS_FROM, calls), accounts(CALLEES_FROM, calls)
        site = data.with_suffix(".yaml")
        site.write_text(site_text(place, self.callers + self.callees))
        self._process = subprocess.Popen(
            [FXBOX, "run", "--board", "sim", "--data", data, "--site", site,
             "--sip", f"{place.box}:{PORT}", "--portal", f"{place.box}:8443"],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.await_line("ready:", START_S)
        except RuntimeError:
            self.close()
            raise

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as terminal:
            for line in terminal:
                self._lines.put(line)

    def await_line(self, sign: str, timeout_s: float) -> str:
        """The next line of the terminal that holds `sign`."""
        end_s = time.monotonic() + timeout_s
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, end_s - time.monotonic()))
            except queue.Empty:
                reason = f"the box does not say {sign!r} in {timeout_s:g} s; its logs: {self.data / 'log'}"
                raise RuntimeError(reason) from None
            if sign in line:
                return line

    def pid(self, name: str) -> int:
        """Process id of core, sim or portal. Raises KeyError while it is away."""
        for pid, command in usage.children(self._process.pid).items():
            if f"-m {MODULES[name]} " in command:
                return pid
        raise KeyError(name)

    def pids(self) -> list[int]:
        """All processes of the box, the supervisor first."""
        grand = [child for pid in usage.children(self._process.pid) for child in usage.children(pid)]
        return [self._process.pid, *usage.children(self._process.pid), *grand]

    def pbx(self) -> Pbx:
        return Pbx(
            "fxbox", self.place.box, PORT, lambda: [self.pid("core")], self.callers, self.callees, counted_nonces=True
        )

    def metrics(self) -> Metrics:
        """What the core tells of itself."""
        client = Client(self.data / SOCKET_NAME, Peer.COMMAND)
        try:
            return client.ask(GetMetrics(), Metrics)
        finally:
            client.close()

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()


@contextmanager
def running_box(folder: Path, calls: int = 100, place: Place | None = None) -> Iterator[Box]:
    """A box with its data in `folder`, for the length of the block."""
    box = Box(folder / "data", place or Place.somewhere(), calls)
    try:
        yield box
    finally:
        box.close()
