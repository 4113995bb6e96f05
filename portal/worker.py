"""The gunicorn worker: threads, a heartbeat from its accept loop, and no thread for a client that says nothing.

A connection gets a thread once it has sent something, must then be done with the handshake and the request in 10 s,
and one address may hold 32 connections: so slow clients cannot shut the others out (security.md section 5).
"""

import logging
import socket
import time
from collections import Counter
from functools import partial
from typing import Any, Final

from gunicorn import http, sock
from gunicorn.workers.gthread import TConn, ThreadWorker

from firmware.contract.heartbeat import Heart

SLOW_CLIENT_S: Final = 10.0
NEVER_S: Final = 0.0  # gunicorn's own watch over its worker: the supervisor's heartbeat does this better
PER_SOURCE_MAX: Final = 32


class Connection(TConn):  # type: ignore[misc]
    """A client's connection, with a time limit on every read and write."""

    sock: Any
    initialized: bool

    def init(self) -> None:
        """Called by a worker thread before each request: handshake first, then only the limit again."""
        self.sock.settimeout(SLOW_CLIENT_S)
        if not self.initialized:
            self.initialized = True
            self.sock = sock.ssl_wrap_socket(self.sock, self.cfg)
            self.parser = http.get_parser(self.cfg, self.sock, self.client)


class Worker(ThreadWorker):  # type: ignore[misc]
    """See the module. `notify` is called by the accept loop at least once a second."""

    def __init__(
        self, heartbeat_fd: int | None, parent: int, listeners: list[Any], app: Any, cfg: Any, log: Any
    ) -> None:
        super().__init__(0, parent, listeners, app, NEVER_S, cfg, log)
        self._turns = 0
        self._sources: Counter[str] = Counter()
        self._heart = Heart(heartbeat_fd) if heartbeat_fd is not None else None
        logging.getLogger("gunicorn.error").addFilter(not_a_slow_client)

    def run(self) -> None:
        """The accept loop; the app has been loaded."""
        if self._heart:
            self._heart.ready({"portal": f"https://{self.cfg.address[0][0]}:{self.cfg.address[0][1]}/"})
        super().run()

    def notify(self) -> None:
        super().notify()
        self._turns += 1
        if self._heart:
            self._heart.beat(loop=self._turns)

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, and wait for its first byte without a thread."""
        try:
            client, address = listener.accept()
        except OSError:
            return  # it left before it was taken, or another thread took it
        source = address[0]
        if self._sources[source] >= PER_SOURCE_MAX:
            client.close()
            return
        self._sources[source] += 1
        self.nr_conns += 1
        client.setblocking(False)
        connection = Connection(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + SLOW_CLIENT_S
        self.pending_conns.append(connection)
        self.poller.register(client, 1, partial(self.on_pending_socket_readable, connection))
        close = connection.close
        connection.close = partial(self._closed, source, close)

    def _closed(self, source: str, close: Any, **how: Any) -> None:
        self._sources[source] -= 1
        if self._sources[source] <= 0:
            del self._sources[source]
        close(**how)


def not_a_slow_client(record: logging.LogRecord) -> bool:
    """A client that was too slow is no error of ours."""
    return not (record.exc_info and isinstance(record.exc_info[1], TimeoutError | ConnectionError))
