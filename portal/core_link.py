"""The portal's way to the core: one connection a request, made when first needed. No decision is made here."""

from pathlib import Path
from typing import TypeVar

from flask import current_app, g

from firmware.contract.client import Client
from firmware.contract.replies import Reply
from firmware.contract.requests import Peer, Request

R = TypeVar("R", bound=Reply)
COOKIE = "__Host-session"


def connect() -> Client:
    """A connection of its own, for a stream. Raises CoreDown."""
    path: Path = current_app.config["CORE"]
    return Client(path, Peer.PORTAL)


def ask(request: Request, expected: type[R]) -> R:
    """Ask the core. Raises CoreDown, Refused, WireError."""
    if "core" not in g:
        g.core = connect()
    client: Client = g.core
    return client.ask(request, expected)


def close(_error: BaseException | None) -> None:
    """At the end of each HTTP request."""
    client: Client | None = g.pop("core", None)
    if client is not None:
        client.close()
