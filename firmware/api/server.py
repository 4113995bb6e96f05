"""The core's socket: accepts the portal and commands, reads requests, writes replies and event streams.

Runs on the core's loop. Checks who is at the far end and the form of what comes; decides nothing else.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Final

from firmware.api.answers import Answers, Caller
from firmware.api.stream import Stream
from firmware.contract import wire
from firmware.contract.async_client import read
from firmware.contract.events import Message
from firmware.contract.replies import Reason, Refusal, Welcome
from firmware.contract.requests import Hello, Request, Subscribe

CONNECTIONS_MAX: Final = 128
SLOW_READER_S: Final = 10.0

log = logging.getLogger(__name__)


class AlreadyRunning(Exception):
    """Another core answers at the socket."""


class Server:
    """The API at `path`. `allowed`: the user ids that may connect; root and the own one when None."""

    def __init__(self, path: Path, answers: Answers, *, allowed: Collection[int] | None = None) -> None:
        self._path, self._answers = path, answers
        self._allowed = wire.own_uids() if allowed is None else frozenset(allowed)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen. Raises AlreadyRunning, or OSError when the socket cannot be made."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(str(self._path))
            raise AlreadyRunning(f"another fxbox runs with this data folder: it answers at {self._path}")
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._accept, self._path)
        os.chmod(self._path, 0o660)

    async def stop(self) -> None:
        """Close the socket and every connection."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # asyncio runs each connection in a task
        self._open.add(task)
        try:
            uid = wire.check_peer(writer.get_extra_info("socket"), self._allowed)
            if len(self._open) > CONNECTIONS_MAX:
                raise wire.WireError(f"more than {CONNECTIONS_MAX} connections")
            await self._serve(reader, writer, uid)
        except (wire.WireError, TimeoutError) as error:
            log.warning("API connection ended: %s", error)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            log.debug("API connection closed")
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, uid: int) -> None:
        hello = await self._next(reader, writer)
        if not isinstance(hello, Hello):
            await self._send(writer, Refusal(Reason.BAD_REQUEST, "the first message must be Hello"))
            return
        caller = Caller(hello.peer, uid in wire.own_uids())
        welcome = await self._answers.reply(hello, caller)
        await self._send(writer, welcome)
        while isinstance(welcome, Welcome):
            request = await self._next(reader, writer)
            if isinstance(request, Subscribe):
                await self._stream(reader, writer, request, caller)
                return
            await self._send(writer, await self._answers.reply(request, caller))

    async def _next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
        try:
            return wire.decode_request(await read(reader))
        except wire.WireError as error:
            await self._send(writer, Refusal(Reason.BAD_REQUEST, str(error)))
            raise

    async def _stream(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Subscribe, caller: Caller
    ) -> None:
        gone = asyncio.ensure_future(reader.read(1))  # nothing is due any more: this returns at the far end's close
        try:
            await Stream(self._answers, request, caller, partial(self._send, writer), gone).run()
        finally:
            gone.cancel()

    async def _send(self, writer: asyncio.StreamWriter, message: Message) -> None:
        writer.write(wire.encode(message))
        async with asyncio.timeout(SLOW_READER_S):
            await writer.drain()
