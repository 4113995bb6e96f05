"""A PBX under load: where it is, whom it knows, which processes it is made of. Not responsible for starting it."""

from collections.abc import Callable
from dataclasses import dataclass

CALLEES_FROM = (
    300  # each callee has three digits: its audio is at port 1xxx0 (callee.xml), below those that the kernel gives away
)


@dataclass(frozen=True, slots=True)
class Account:
    user: str
    secret: str


@dataclass(frozen=True, slots=True)
class Pbx:
    """`pids` are read anew at each measurement, because a process may have been replaced."""

    name: str
    host: str
    port: int
    pids: Callable[[], list[int]]  # of what handles calls
    callers: tuple[Account, ...]
    callees: tuple[Account, ...]
    counted_nonces: bool  # a nonce serves many requests with rising counts, whatever port they come from

    @property
    def address(self) -> tuple[str, int]:
        return self.host, self.port
