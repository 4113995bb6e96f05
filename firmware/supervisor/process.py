"""One process of the box, from its start to its end: its heartbeat socket and its exit come as calls on the loop.

Every child is the leader of a process group of its own, so that a kill takes its own children along, and dies with the
supervisor. Not responsible for when it is started or killed.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from firmware.contract import heartbeat
from firmware.contract.heartbeat import Beat, Checked, Failed, Ready

PR_SET_PDEATHSIG: Final = 1  # prctl(2)
_libc: Final = ctypes.CDLL(None, use_errno=True)


def be_nice(nice: int) -> None:
    """Come before other work (below 0) or behind it, where the kernel allows that. For the calling process."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, nice)


class Process:
    """Runs `argv` with `--heartbeat-fd N` added. `on_signal` and `on_end` are called on the running loop.

    `on_end` gets the exit status, or minus the number of the signal that ended the process. Raises OSError when it
    cannot be started. `nice`: see `be_nice`.
    """

    def __init__(
        self,
        argv: Sequence[str],
        on_signal: Callable[[Ready | Beat | Failed], None],
        on_end: Callable[[int], None],
        nice: int = 0,
    ) -> None:
        self._loop, self._on_signal, self._on_end = asyncio.get_running_loop(), on_signal, on_end
        self._socket, childs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        parent = os.getpid()

        def die_with_parent() -> None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            be_nice(nice)
            if os.getppid() != parent:
                os._exit(1)  # the supervisor went between fork and prctl

        with childs:
            self._child = subprocess.Popen(
                [*argv, "--heartbeat-fd", str(childs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[childs.fileno()],
                process_group=0,
                preexec_fn=die_with_parent,
            )
        self.pid = self._child.pid
        self._pidfd = os.pidfd_open(self.pid)
        self._loop.add_reader(self._socket, self._readable)
        self._loop.add_reader(self._pidfd, self._ended)

    def tell(self, message: Checked) -> None:
        """Send a message; one that does not read them misses it."""
        with contextlib.suppress(OSError):
            self._socket.send(msgspec.json.encode(message))

    def terminate(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(ProcessLookupError):
            self._child.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all that it started, now."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def _readable(self) -> None:
        try:
            packet = self._socket.recv(heartbeat.MAX_BYTES)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self._loop.remove_reader(self._socket)  # the child closed it: silence, which the limits will notice
        elif signal_ := heartbeat.decode(packet):
            self._on_signal(signal_)

    def _ended(self) -> None:
        self._loop.remove_reader(self._socket)
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._drain()
        status = self._child.wait()
        self.kill()  # what it started and left behind
        self._socket.close()
        self._on_end(status)

    def _drain(self) -> None:
        """Hand over what the child said right before its end: the reason of a failed start, above all."""
        with contextlib.suppress(OSError):
            while packet := self._socket.recv(heartbeat.MAX_BYTES):
                if signal_ := heartbeat.decode(packet):
                    self._on_signal(signal_)
