"""gunicorn around the pages: https, threads, limits against slow clients.

Its worker runs in this process, without gunicorn's master: the supervisor minds the process already, and a master would
take 15 MB. Not responsible for what is served (`app`) nor for where the certificate comes from (the supervisor).
"""

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from gunicorn import sock
from gunicorn.app.base import BaseApplication

from portal.app import create_app
from portal.worker import Worker

THREADS: Final = 64  # each event stream holds one


@dataclass(frozen=True, slots=True)
class Options:
    core: Path
    listen: str
    certificate: Path
    key: Path
    heartbeat_fd: int | None


class Gunicorn(BaseApplication):  # type: ignore[misc]
    """gunicorn with its settings from here instead of a file."""

    def __init__(self, options: Options) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        options = self._options
        settings: dict[str, Any] = {
            "bind": options.listen,
            "threads": THREADS,
            "graceful_timeout": 1,
            "keepalive": 15,
            "limit_request_line": 2048,
            "limit_request_fields": 40,
            "limit_request_field_size": 4096,
            "forwarded_allow_ips": "",  # no proxy stands in front: such headers are a visitor's invention
            "certfile": str(options.certificate),
            "keyfile": str(options.key),
            "ssl_context": one_context,
            "do_handshake_on_connect": True,
            "worker_tmp_dir": "/dev/shm",  # noqa: S108 - gunicorn unlinks its file at once
            "errorlog": "-",
            "loglevel": "warning",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self._options.core)

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, or until the process that started this one is gone."""
        log = self.cfg.logger_class(self.cfg)
        listeners = sock.create_sockets(self.cfg, log)
        Worker(self._options.heartbeat_fd, os.getppid(), listeners, self, self.cfg, log).init_process()


@cache
def one_context(_config: Any, make_default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """TLS 1.2 and 1.3 with authenticated ciphers only. One context for all: gunicorn would read the key each time."""
    context = make_default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    return context


def serve(options: Options) -> None:
    """See `Gunicorn.run`."""
    Gunicorn(options).run()
