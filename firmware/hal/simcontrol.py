"""Client of the simulated board's control socket, for the command line and tests: one request, one reply."""

import json
import socket
from pathlib import Path
from typing import Any

SOCKET = Path("run") / "sim.sock"


class NoBoard(Exception):
    """No simulated board answers; the message says where it was looked for."""


class Refused(Exception):
    """The board refused; the message is its reason."""


def ask(data: Path, port: str, verb: str, timeout_s: float | None = None, **more: Any) -> dict[str, Any]:
    """Do `verb` at a port and wait for its end. Raises NoBoard, Refused."""
    path = data / SOCKET
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_s)
            connection.connect(str(path))
            connection.sendall(json.dumps({"port": port, "do": verb} | more).encode() + b"\n")
            line = connection.makefile("rb").readline()
    except OSError as error:
        raise NoBoard(f"no simulated board runs with data folder {data} ({error.strerror or error})") from error
    if not line:
        raise NoBoard(f"the simulated board of data folder {data} went away")
    reply: dict[str, Any] = json.loads(line)
    if not reply.pop("ok"):
        raise Refused(reply["reason"])
    return reply
