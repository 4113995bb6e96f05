"""Speak to the core from an asyncio loop: for the supervisor, tests and tools. Same rules as `client`."""

import asyncio
import socket
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Self, TypeVar

from firmware.contract import VERSION, wire
from firmware.contract.client import CoreDown, Refused
from firmware.contract.events import Event
from firmware.contract.replies import Refusal, Reply, Welcome
from firmware.contract.requests import Hello, Peer, Request, Subscribe

R = TypeVar("R", bound=Reply)


async def read(reader: asyncio.StreamReader) -> bytes:
    """The body of the next message. Raises asyncio.IncompleteReadError at the end, WireError when it is too long."""
    return await reader.readexactly(wire.length(await reader.readexactly(wire.LENGTH.size)))


class AsyncClient:
    """A connection to the core. Made by `connect`; an async context manager that closes it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, path: Path, peer: Peer, *, allowed: Collection[int] | None = None) -> Self:
        """Raises CoreDown, WireError, Refused."""
        try:
            reader, writer = await asyncio.open_unix_connection(path)
        except OSError as error:
            raise CoreDown(f"no answer at {path}: {error.strerror or error}") from error
        client = cls(reader, writer)
        try:
            connection: socket.socket = writer.get_extra_info("socket")
            wire.check_peer(connection, wire.own_uids() if allowed is None else allowed)
            await client.ask(Hello(VERSION, peer), Welcome)
        except BaseException:
            client.close()
            raise
        return client

    async def ask(self, request: Request, expected: type[R]) -> R:
        """Send one request and return its reply, which must be of the expected type."""
        self._writer.write(wire.encode(request))
        reply = await self._next()
        if isinstance(reply, Refusal):
            raise Refused(reply)
        if not isinstance(reply, expected):
            raise wire.WireError(f"{type(reply).__name__} came where {expected.__name__} was due")
        return reply

    async def follow(self, request: Subscribe) -> AsyncIterator[Event]:
        """Yield each event. Takes the connection for good."""
        self._writer.write(wire.encode(request))
        while True:
            message = await self._next()
            if isinstance(message, Refusal):
                raise Refused(message)
            if isinstance(message, Event):
                yield message

    async def _next(self) -> Reply | Event:
        try:
            return wire.decode_answer(await read(self._reader))
        except (OSError, asyncio.IncompleteReadError) as error:
            raise CoreDown("the core has closed the connection") from error

    def close(self) -> None:
        self._writer.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
