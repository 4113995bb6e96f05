"""Room for messages, recordings and settings. A full disk never stops a call (S13), so it never stops the start."""

import shutil

from firmware.contract.status import Check, Mark
from firmware.supervisor.checks import Place

NAME = "disk space"
ONLY_AT_START = False
VITAL = False
WARN_MB = 200
FAIL_MB = 20


def check(place: Place) -> Check:
    free_mb = shutil.disk_usage(place.data).free // 1_000_000
    found = f"{free_mb} MB free in {place.data}"
    if free_mb >= WARN_MB:
        return Check(NAME, Mark.PASSED, found)
    remedy = "delete recordings and messages; below 20 MB nothing is recorded and no setting is kept"
    return Check(NAME, Mark.WARNING if free_mb >= FAIL_MB else Mark.FAILED, found, remedy)
