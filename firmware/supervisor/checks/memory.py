"""Memory that is left for more calls."""

from pathlib import Path

from firmware.contract.status import Check, Mark
from firmware.supervisor.checks import Place

NAME = "memory"
ONLY_AT_START = False
VITAL = False
WARN_MB = 64


def check(place: Place) -> Check:
    lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    available_mb = int(lines["MemAvailable"].split()[0]) // 1024
    if available_mb >= WARN_MB:
        return Check(NAME, Mark.PASSED, f"{available_mb} MB available")
    return Check(NAME, Mark.WARNING, f"only {available_mb} MB available", "end other programs on this machine")
