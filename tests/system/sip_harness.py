"""Starts `sip_box` as a process on a free port and talks to it.

Each test thinks up its own addresses of 127.0.0.0/8, so that the guard sees as many sources.
"""

import json
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.system.sipclient import Phone, Wire

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
SECRETS = {"103": "anna-secret-103", "104": "ben-secret-104", "105": "eva-secret-105"}


def free_port() -> int:
    """A port that is free for UDP and TCP at HOST."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((HOST, 0))
            port = int(tcp.getsockname()[1])
            try:
                udp.bind((HOST, port))
            except OSError:
                continue
            return port


class SipBox:
    """A running `sip_box`. `do` sends a command and returns its result."""

    def __init__(self, state: Path, port: int) -> None:
        self.state, self.port = state, port
        self._wires: list[Wire] = []
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.system.sip_box", HOST, str(self.port), str(self.state)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._line(20).get("ready")
        self.do("accounts", secrets=SECRETS)
        self.do("start")

    def _line(self, timeout_s: float) -> dict[str, Any]:
        assert self.process.stdout is not None
        while True:
            ready, _, _ = select.select([self.process.stdout], [], [], timeout_s)
            line = self.process.stdout.readline() if ready else ""
            assert line, f"the box says nothing; exit status {self.process.poll()}"
            if line.startswith("{"):
                return dict(json.loads(line))

    def do(self, command: str, **fields: Any) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": command, **fields}) + "\n")
        self.process.stdin.flush()
        answer = self._line(10)
        assert "ok" in answer, answer
        return answer["ok"]

    def count(self, name: str) -> int:
        return int(self.do("counters")[name])

    def close_wires(self) -> None:
        while self._wires:
            self._wires.pop().close()

    def kill_and_restart(self) -> None:
        """As a crash and the supervisor do."""
        self.process.kill()
        self.close()
        self._start()

    def close(self) -> None:
        """Stop it if it runs; a crash shows as the exit status of a signal."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def wire(self, local: str, transport: str = "udp", port: int = 0) -> Wire:
        """Closed with the box, or by `close_wires`."""
        made = Wire((HOST, self.port), local, transport, port)
        self._wires.append(made)
        return made

    def phone(self, local: str, user: str = "103", transport: str = "udp", algorithm: str = "SHA-256") -> Phone:
        return Phone(self.wire(local, transport), user, SECRETS.get(user, "no-secret"), algorithm, HOST)


@contextmanager
def sip_box(state: Path, port: int = 0) -> Iterator[SipBox]:
    box = SipBox(state, port or free_port())
    try:
        yield box
        assert box.process.poll() is None, f"the box died: {box.process.returncode}"
        assert box.count("wrong_thread") == 0
    finally:
        box.close_wires()
        box.process.poll() is None and box.close()
