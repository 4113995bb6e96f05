"""Which processes the box has, and how each is started. Order of start; they stop in the opposite one."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from firmware.contract.client import SOCKET_NAME
from firmware.supervisor.child import Limits
from firmware.supervisor.tree import Program

CALLS_FIRST = -10
"""Nice value of who handles calls, and of who would replace him: pages and other people's work wait for them."""
CLOCK_FIRST = -15
"""Of the simulated board, which is the clock of them all."""


@dataclass(frozen=True, slots=True)
class Address:
    """IP address and port to listen at."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Options:
    """What the user chose for this run."""

    data: Path
    board: str
    sip: Address
    portal: Address
    country: str = "US"  # of the exchange behind the simulated lines


def address(text: str) -> Address:
    """127.0.0.1:5060 or [::1]:5060."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not ADDRESS:PORT, for example 127.0.0.1:5060")
    return Address(host.strip("[]"), int(port))


def supervisor(options: Options, *, show_try: bool) -> tuple[str, ...]:
    """The program that minds the others. `show_try`: it says what to try once the box is ready."""
    return module(
        "firmware.supervisor", "--data", str(options.data), "--board", options.board, "--country", options.country,
        "--sip", str(options.sip), "--portal", str(options.portal), *(["--try"] if show_try else []),
    )  # fmt: skip


def programs(options: Options) -> tuple[Program, ...]:
    """The simulated board is a process only where it stands for the copper."""
    common = ("--data", str(options.data))
    sim = Program(
        "sim",
        module("firmware.simboard", *common, "--board", options.board, "--country", options.country),
        Limits(stop_s=1.0),
        first=True,
        nice=CLOCK_FIRST,
    )
    core = Program(
        "core",
        module("firmware.app", *common, "--board", options.board, "--sip", str(options.sip)),
        Limits(stop_s=2.5),
        nice=CALLS_FIRST,
    )
    keys, listen = options.data / "keys", str(options.portal)
    portal = Program(
        "portal",
        module("portal", "--core", str(options.data / SOCKET_NAME), "--listen", listen,
               "--certificate", str(keys / "portal.crt"), "--key", str(keys / "portal.key")),
        vital=False,
    )  # fmt: skip
    return (sim, core, portal) if options.board == "sim" else (core, portal)


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """Run a package of the tree in the interpreter that runs us."""
    return (sys.executable, "-m", name, *arguments)
