"""Speaking to the core of the box that runs with a data folder, for all commands that do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.commands import Refused
from firmware.contract import client, wire
from firmware.contract.client import SOCKET_NAME, Client, CoreDown
from firmware.contract.requests import Peer


class NoBox(Refused):
    """No box runs with this data folder."""


@contextmanager
def core(data: Path, *, timeout_s: float = 10.0) -> Iterator[Client]:
    """A connection to the running core. Raises NoBox, or Refused with the core's reason."""
    try:
        connection = Client(data / SOCKET_NAME, Peer.COMMAND, timeout_s=timeout_s)
    except CoreDown as error:
        raise NoBox(f"no box runs with data folder {data} ({error}); start one with `fxbox run`") from error
    except (client.Refused, wire.WireError) as error:
        raise Refused(str(error)) from error
    with connection:
        try:
            yield connection
        except (client.Refused, wire.WireError, CoreDown) as error:
            raise Refused(str(error)) from error
