"""Work on files that nobody waits for.

Not responsible for the order of two such works: who needs one after the other awaits `asyncio.to_thread`.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)


def soon(work: Callable[[Path], None], file: Path) -> None:
    """Do something to a file in a thread; a failure is logged."""

    def done(future: "asyncio.Future[None]") -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            log.error("%s: %s", file, error)

    asyncio.get_running_loop().run_in_executor(None, work, file).add_done_callback(done)
