"""Keeps how each test ended in build/test-results.json, with the commit: docs/features.md is made from it.

A run of some tests leaves the others' results as they are. A test with parameters counts as one.
"""

import json
import subprocess
from pathlib import Path

import pytest

FILE = Path("build") / "test-results.json"
WORST_FIRST = ("failed", "skipped", "passed")


class Results:
    """A plug-in of pytest's."""

    def __init__(self, root: Path) -> None:
        self._root, self._outcomes = root, dict[str, str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Set-up, call and end each report; one that fails counts for the test."""
        test = report.nodeid.partition("[")[0]
        self._outcomes[test] = min(self._outcomes.get(test, "passed"), report.outcome, key=WORST_FIRST.index)

    def pytest_sessionfinish(self) -> None:
        if not self._outcomes:
            return
        file, commit = self._root / FILE, _commit(self._root)
        kept = json.loads(file.read_text()) if file.exists() else {}
        kept |= {test: {"outcome": outcome, "commit": commit} for test, outcome in self._outcomes.items()}
        file.parent.mkdir(exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(kept, indent=1, sort_keys=True))
        part.replace(file)


def _commit(root: Path) -> str:
    argv = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        return subprocess.run(argv, cwd=root, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Results(config.rootpath))
