"""The core's process: its command line, its loop, its end. What it is made of is in `core.py`."""

import argparse
import asyncio
import gc
import logging
import os
import sys
from pathlib import Path

from firmware.media import native

native.load_pjsua2()  # before anything of firmware.sip imports pjsua2

# ruff: noqa: E402
from firmware.api.server import AlreadyRunning
from firmware.contract.heartbeat import Heart
from firmware.core import Core, Options
from firmware.lines.boardfile import BoardFileError
from firmware.log import start_log
from firmware.sip.endpoint import SipEndpoint, SipPortInUse
from firmware.sip.site import sip_settings
from firmware.store.settings import InUse, Settings
from firmware.store.storage import Unreadable

GARBAGE = 10_000  # objects made before the collector looks at them: those of a dozen calls, half a millisecond's work

log = logging.getLogger(__name__)


def parse(argv: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="fxbox core")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--board", required=True)
    parser.add_argument("--sip")
    parser.add_argument("--heartbeat-fd", type=int)
    given = parser.parse_args(argv)
    return Options(given.data, given.board, given.sip, given.heartbeat_fd)


def main(argv: list[str]) -> int:
    options = parse(argv)
    start_log("core", options.data / "log")
    heart = Heart(options.heartbeat_fd) if options.heartbeat_fd is not None else None
    try:
        serve(options, heart)
    except (InUse, Unreadable, SipPortInUse, AlreadyRunning, BoardFileError, RuntimeError, OSError) as error:
        log.error("%s", error)
        if heart is not None:
            heart.failed(str(error))
        return 1
    return 0


def serve(options: Options, heart: Heart | None) -> None:
    """Run the core until it is told to stop."""
    settings = Settings(options.data)
    endpoint = SipEndpoint(sip_settings(settings.site, options.sip))
    master = endpoint.open()
    loop = endpoint.new_loop()

    async def run() -> None:
        core = Core(options, settings, endpoint, master)
        sys.setswitchinterval(0.001)  # the pump waits for the interpreter no longer than this
        gc.freeze()  # what is there now stays: the collector need not look at it again and again
        gc.set_threshold(GARBAGE)
        await core.run(heart, endpoint.turns)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())


if __name__ == "__main__":
    code = main(sys.argv[1:])
    logging.shutdown()
    os._exit(code)  # pjsua2 tears itself down in an order that depends on the interpreter's: leave it to the kernel
