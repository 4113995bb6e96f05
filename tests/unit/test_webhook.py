"""Webhooks: what arrives, and where the box refuses to send anything (security.md 5)."""

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest

from firmware.net import webhook
from firmware.net.webhook import NotTaken, post
from firmware.telephony.site import Webhook

LOCAL = ("127.0.0.0/8",)


class Hooks(HTTPServer):
    """Keeps what it gets and answers `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}/fxbox"


class Handler(BaseHTTPRequestHandler):
    server: Hooks

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with Hooks() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_message_arrives_signed(hooks: Hooks) -> None:
    body = json.dumps({"alarm": "extension 103 is locked"}).encode()
    post(Webhook(url=hooks.url, secret="a-secret-of-ours", allow=LOCAL), body)
    ((path, headers, got),) = hooks.got
    assert (path, got, headers["Content-Type"]) == ("/fxbox", body, "application/json")
    assert headers["X-Fxbox-Signature"] == "sha256=" + hmac.new(b"a-secret-of-ours", body, hashlib.sha256).hexdigest()
    assert headers["Host"] == f"localhost:{hooks.server_port}"


def test_without_a_secret_it_is_not_signed(hooks: Hooks) -> None:
    post(Webhook(url=hooks.url, allow=LOCAL), b"{}")
    assert "X-Fxbox-Signature" not in hooks.got[0][1]


@pytest.mark.parametrize("status", [301, 302, 307, 404, 500])
def test_what_is_not_taken_is_no_success_and_nothing_is_followed(hooks: Hooks, status: int) -> None:
    hooks.status = status
    with pytest.raises(NotTaken, match=f"localhost answers {status}"):
        post(Webhook(url=hooks.url, allow=LOCAL), b"{}")
    assert len(hooks.got) == 1


@pytest.mark.parametrize("ip", [
    "127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "10.1.2.3", "172.16.0.1", "192.168.1.20",
    "169.254.169.254", "fe80::1", "fd00::7", "100.64.0.1", "224.0.0.1", "ff02::1", "255.255.255.255",
    "::ffff:192.168.1.20", "2002:c0a8:0114::1", "64:ff9b::c0a8:114", "2001:0:1::1",
    "93.184.216.34", "2606:4700::9",
])  # fmt: skip
def test_where_nothing_is_sent(ip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback, link-local, LAN, addresses that hide one of these, and the box's own public addresses."""
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("it was connected"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (ip, 80))])
    own = [ip_address("93.184.216.34"), ip_address("2606:4700::9")]
    with pytest.raises(NotTaken, match=r"alarms\.webhook\.allow may list it"):
        post(Webhook(url="http://evil.example.test/"), b"{}", lambda: own)


def test_the_name_is_resolved_once(hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere the second time (DNS rebinding) has no second time."""
    asked: list[str] = []

    def answer(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append(host)
        return [(0, 0, 0, "", ("192.168.1.20", port)), (0, 0, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    connected: list[tuple[str, int]] = []
    connect = socket.create_connection

    def connecting(place: tuple[str, int], *rest: float) -> socket.socket:
        connected.append(place)
        monkeypatch.undo()
        return connect(place, *rest)

    monkeypatch.setattr(socket, "create_connection", connecting)
    post(Webhook(url=hooks.url, allow=LOCAL), b"{}")
    assert asked == ["localhost"]
    assert connected == [("127.0.0.1", hooks.server_port)]  # the address in the LAN was passed over


def test_a_far_end_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            client, _ = listening.accept()
            with client:
                try:
                    for sign in b"HTTP/1.1 200 OK" * 10:
                        client.sendall(bytes([sign]))
                        time.sleep(0.1)
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        began_s = time.monotonic()
        with pytest.raises(NotTaken):
            post(Webhook(url=f"http://127.0.0.1:{listening.getsockname()[1]}/", allow=LOCAL), b"{}")
        assert time.monotonic() - began_s < 1.5
        thread.join()


def test_nobody_listens_or_no_such_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(NotTaken, match="refused"):
        post(Webhook(url=f"http://127.0.0.1:{port}/", allow=LOCAL), b"{}")
    with pytest.raises(NotTaken, match="cannot be found"):
        post(Webhook(url="https://no-such-host.invalid/"), b"{}")


def test_a_certificate_of_nobody_is_refused(hooks: Hooks) -> None:
    """https that is none: the handshake fails, nothing is sent."""
    with pytest.raises(NotTaken):
        post(Webhook(url=hooks.url.replace("http:", "https:"), allow=LOCAL), b"{}")
    assert not hooks.got
