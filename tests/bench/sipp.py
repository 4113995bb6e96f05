"""Runs SIPp with one of our scenarios and says how its calls went. Not responsible for what is measured meanwhile."""

import csv
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.system.rtp import PCMA, RATE, encoded, tone

SCENARIOS = Path(__file__).resolve().parents[1] / "system" / "sipp"
CALLER_HZ = 700.0
LEAVE_S = 20  # what SIPp may take after its last call should be over


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of SIPp found. Delays are in ms after the INVITE with credentials, one for each call."""

    made: int
    failed: int
    again: int  # retransmissions
    ringing_ms: tuple[float, ...] = ()
    answer_ms: tuple[float, ...] = ()
    errors: str = ""  # of SIPp's error log, the beginning


class Sipp:
    """One SIPp process in `folder`, which it fills with its files. `scenario` is caller, callee or register."""

    def __init__(
        self, folder: Path, scenario: str, local: str, *, remote: tuple[str, int] | None = None, port: int = 5060,
        rows: Iterable[tuple[str, ...]] = (), rate: float = 10, count: int | None = None, hold_ms: int = 0,
    ) -> None:  # fmt: skip
        self.folder = folder
        folder.mkdir(parents=True)
        shutil.copy(SCENARIOS / f"{scenario}.xml", folder)
        argv = [_program(), "-sf", f"{scenario}.xml", "-i", local, "-p", str(port), "-mi", local, "-nostdin"]
        argv += ["-trace_err", "-error_file", "errors.log", "-trace_stat", "-stf", "stat.csv", "-fd", "1"]
        if remote is not None:
            self._write_rows(rows)
            (folder / "tone.alaw").write_bytes(encoded(tone((CALLER_HZ,), RATE), PCMA))
            argv += [f"{remote[0]}:{remote[1]}", "-inf", "rows.csv", "-r", str(rate), "-m", str(count)]
            argv += ["-d", str(hold_ms), "-trace_rtt", "-rtt_freq", "1", "-l", str(count)]
        log = (folder / "screen.log").open("w")
        self.process = subprocess.Popen(argv, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        log.close()

    def _write_rows(self, rows: Iterable[tuple[str, ...]]) -> None:
        text = "".join(";".join(row) + "\n" for row in rows)
        (self.folder / "rows.csv").write_text("SEQUENTIAL\n" + text)

    def wait(self, timeout_s: float) -> Outcome:
        """Until its calls are over, or for `timeout_s`: the calls that are left then count as failed."""
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.stop()
        return self._outcome()

    def stop(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> "Sipp":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def _outcome(self) -> Outcome:
        with (self.folder / "stat.csv").open() as file:
            last = list(csv.DictReader(file, delimiter=";"))[-1]
        delays: dict[str, list[float]] = {"1": [], "2": []}
        for path in self.folder.glob("*_rtt.csv"):
            for row in csv.reader(path.read_text().splitlines(), delimiter=";"):
                if row[-1] in delays:
                    delays[row[-1]].append(float(row[1]))
        errors = self.folder / "errors.log"
        return Outcome(
            int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]), int(last["Retransmissions(C)"]),
            tuple(delays["1"]), tuple(delays["2"]), errors.read_text()[:2000] if errors.exists() else "",
        )  # fmt: skip


def _program() -> str:
    found = shutil.which("sipp", path=os.defpath + ":/usr/local/bin")
    if found is None:
        raise RuntimeError("sipp is missing: install the package sip-tester (make setup does)")
    return found
