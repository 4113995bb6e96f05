"""Telling a program of the owner's something: HTTP POST of JSON (security.md 5).

The name is resolved once and the address looked at, so that nobody can use the box to reach into the house or itself;
nothing is followed; it takes TIMEOUT_S at most. Not responsible for when it is tried again.
"""

import asyncio
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from firmware.net.addresses import Ip, addresses
from firmware.telephony.site import Webhook

TIMEOUT_S = 5.0
HIDING = tuple(ipaddress.ip_network(one) for one in ("2002::/16", "2001::/32", "64:ff9b::/96"))
"""6to4, Teredo, NAT64: an IPv4 address of the house could stand in them."""

Message = Mapping[str, str | int]


class NotTaken(Exception):
    """The program did not take the message; the text says why."""


async def push(webhook: Webhook, message: Message) -> None:
    """Hand the message over. Raises NotTaken."""
    await asyncio.to_thread(post, webhook, json.dumps(message).encode())


def post(webhook: Webhook, body: bytes, own: Callable[[], Iterable[Ip]] | None = None) -> None:
    """The same for a thread. `own`: the addresses of the box itself."""
    url = urlsplit(webhook.url or "")
    mine = {one.ip for one in addresses()} if own is None else set(own())
    reasons = []
    for ip in _resolved(url):
        if refused := _refusal(ip, mine, webhook.allow):
            reasons.append(f"{ip} is {refused} (alarms.webhook.allow may list it)")
            continue
        try:
            status = _exchanged(url, ip, body, _headers(webhook, body))
        except (OSError, http.client.HTTPException) as error:
            reasons.append(f"{ip}: {str(error) or type(error).__name__}")
        else:
            if 200 <= status < 300:
                return
            raise NotTaken(f"{url.hostname} answers {status}")
    raise NotTaken("; ".join(reasons))


def _resolved(url: SplitResult) -> list[Ip]:
    try:
        rows = socket.getaddrinfo(url.hostname, _port(url), type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotTaken(f"{url.hostname} cannot be found: {error}") from error
    return [ipaddress.ip_address(text) for text in dict.fromkeys(str(row[4][0]).partition("%")[0] for row in rows)]


def _port(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _refusal(ip: Ip, own: set[Ip], allowed: Iterable[str]) -> str:
    """Why nothing is sent there, "" if it may be."""
    real = ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip
    if any(real in ipaddress.ip_network(one) for one in allowed):
        return ""
    if real in own:
        return "the box itself"
    if not real.is_global or real.is_multicast or any(real in one for one in HIDING):
        return "no address of the public Internet"
    return ""


def _headers(webhook: Webhook, body: bytes) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": "fxbox", "Connection": "close"}
    if webhook.secret is not None:
        signature = hmac.new(webhook.secret.encode(), body, hashlib.sha256).hexdigest()
        headers["X-Fxbox-Signature"] = f"sha256={signature}"
    return headers


def _exchanged(url: SplitResult, ip: Ip, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer. Raises OSError, HTTPException."""
    host = url.hostname or ""
    with _bounded(ip, _port(url)) as plain:
        if url.scheme == "https":
            tls = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(host, _port(url))
            connection.sock = tls
        else:
            connection = http.client.HTTPConnection(host, _port(url))
            connection.sock = plain
        with closing(connection):
            connection.request("POST", url.path or "/", body, headers)
            return connection.getresponse().status


@contextmanager
def _bounded(ip: Ip, port: int) -> Iterator[socket.socket]:
    """A connection that ends after TIMEOUT_S, even if the far end sends a byte now and then."""
    with socket.create_connection((str(ip), port), TIMEOUT_S) as plain, plain.dup() as same:

        def end() -> None:
            with suppress(OSError):
                same.shutdown(socket.SHUT_RDWR)

        timer = Timer(TIMEOUT_S, end)
        timer.start()
        try:
            yield plain
        finally:
            timer.cancel()
            timer.join()  # before its socket is closed, whose number would be another's
