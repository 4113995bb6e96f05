"""SIP messages on a raw socket: taken apart when they come in, sent as they are given.

Not responsible for what a telephone does with them: `sipclient`.
"""

import random
import re
import socket
import time
from dataclasses import dataclass

CRLF = "\r\n"


class NoAnswer(Exception):
    """Nothing came within the time."""


@dataclass(frozen=True)
class Message:
    """A SIP message taken apart. Header names are lower case; compact names are left as they are."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str
    text: str
    source: tuple[str, int]

    @classmethod
    def parse(cls, data: bytes, source: tuple[str, int]) -> "Message":
        text = data.decode("utf-8", "replace")
        head, _, body = text.partition(CRLF * 2)
        start, *lines = head.split(CRLF)
        headers = tuple((name.strip().lower(), value.strip()) for name, _, value in (x.partition(":") for x in lines))
        return cls(start, headers, body, text, source)

    @property
    def status(self) -> int:
        """Status code of an answer, 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """Method of a request, or the one that an answer belongs to."""
        return self.get("cseq").split()[1] if self.status else self.start.split()[0]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def tag(self, name: str) -> str:
        found = re.search(r";tag=([^;>\s]+)", self.get(name))
        return found.group(1) if found else ""


class Wire:
    """One UDP socket, or one TCP connection, to `server`, from `local` (an address of 127.0.0.0/8)."""

    def __init__(
        self, server: tuple[str, int], local: str = "127.0.0.1", transport: str = "udp", port: int = 0
    ) -> None:
        self.transport, self.server = transport, server
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.bind((local, port))
        if transport != "udp":
            self.socket.connect(server)
        self.host, self.port = self.socket.getsockname()
        self._data = b""

    def close(self) -> None:
        self.socket.close()

    def send(self, text: str | bytes, to: tuple[str, int] | None = None) -> None:
        data = text.encode() if isinstance(text, str) else text
        if self.transport == "udp":
            self.socket.sendto(data, to or self.server)
        else:
            self.socket.sendall(data)

    def receive(self, timeout_s: float = 2.0) -> Message:
        """The next message. Raises NoAnswer when none came, ConnectionError when the box closed the connection."""
        deadline_s = time.monotonic() + timeout_s
        while True:
            ready = self._complete()
            if ready is not None:
                return Message.parse(ready, self.server)
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise NoAnswer(f"nothing within {timeout_s} s")
            self.socket.settimeout(left_s)
            try:
                data, source = self.socket.recvfrom(65536)
            except TimeoutError:
                continue
            if self.transport == "udp":
                return Message.parse(data, source)
            if not data:
                raise ConnectionError("closed by the box")
            self._data += data

    def _complete(self) -> bytes | None:
        head, mark, rest = self._data.partition(b"\r\n\r\n")
        if not mark:
            return None
        found = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
        length = int(found.group(1)) if found else 0
        if len(rest) < length:
            return None
        self._data = rest[length:]
        return head + mark + rest[:length]

    def silent(self, for_s: float = 0.4) -> bool:
        """Whether nothing comes for this long."""
        try:
            self.receive(for_s)
        except (NoAnswer, ConnectionError):
            return True
        return False


def token(length: int = 10) -> str:
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))
