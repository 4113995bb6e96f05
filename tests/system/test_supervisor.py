"""The supervisor with real processes that stand for core and portal: crash, hang, stop, orphans."""

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from firmware.clock import SystemClock
from firmware.contract.heartbeat import Checked
from firmware.contract.status import Check, Mark
from firmware.supervisor.child import Limits, Phase
from firmware.supervisor.tree import Program, Tree

CHILD = """
import os, signal, socket, subprocess, sys, time
from firmware.contract.heartbeat import Heart

mode, fd = sys.argv[1], int(sys.argv[3])
heart, beats, still = Heart(fd), 0, False

def freeze(*_):
    global still
    still = True

signal.signal(signal.SIGUSR1, freeze)
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if mode == "broken":
    heart.failed("SIP port 127.0.0.1:5060 is in use by another program")
    sys.exit(1)
if mode == "grandchild":
    print(subprocess.Popen(["sleep", "60"]).pid, flush=True)
heart.ready({"sip": "here"})
while True:
    beats += 1
    heart.beat(loop=beats, media=0 if still else beats)
    if (checked := heart.received()):
        print(checked.checks[0].found, flush=True)
    time.sleep(0.1)
"""
QUICK = Limits(start_s=5, silent_s=0.6, still_s=0.6, stop_s=0.5)


class Notes:
    """An announcer that keeps what it is told, with the time."""

    def __init__(self):
        self.phases, self.news = [], asyncio.Event()

    def changed(self, name, before, after):
        self.phases.append((name, after.phase, after.reason))
        self.news.set()

    def ready(self, name, signal):
        self.phases.append((name, "ready", signal.addresses.get("sip")))
        self.news.set()

    async def until(self, name, what, count=1):
        """Wait until the phase (or "ready") of a program was seen so often."""
        async with asyncio.timeout(10):
            while sum(note[:2] == (name, what) for note in self.phases) < count:
                self.news.clear()
                await self.news.wait()


class Bowl:
    """A watchdog that counts."""

    def __init__(self):
        self.feeds, self.closed = 0, False

    def feed(self):
        self.feeds += 1

    def close(self):
        self.closed = True


def program(name, mode="good", **options):
    return Program(name, (sys.executable, "-c", CHILD, mode), QUICK, **options)


def run(script, *programs):
    """Run the tree with the programs beside the script, then stop it. Returns what the tree said at its end."""

    async def main():
        notes, bowl, stop = Notes(), Bowl(), asyncio.Event()
        tree = Tree(programs, SystemClock(), notes, bowl)
        running = asyncio.create_task(tree.run(stop))
        try:
            await script(tree, notes, bowl)
        finally:
            stop.set()
            reason = await running
        assert bowl.closed
        return reason

    return asyncio.run(main())


def gone(pid):
    """Whether the process is no more within two seconds, or only its exit status is left."""
    deadline_s = time.monotonic() + 2
    while not dead(pid) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    return dead(pid)


def dead(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_killed_core_is_back_at_once_and_the_portal_never_notices():
    async def script(tree, notes, bowl):
        await notes.until("core", Phase.UP)
        await notes.until("portal", Phase.UP)
        portal = tree.minders["portal"].pid
        killed_s = time.monotonic()
        os.kill(tree.minders["core"].pid, signal.SIGKILL)
        await notes.until("core", "ready", 2)
        assert time.monotonic() - killed_s < 2
        assert tree.minders["portal"].pid == portal

    assert run(script, program("core"), program("portal", vital=False)) == ""


@pytest.mark.parametrize(
    ("number", "reason"),
    [(signal.SIGSTOP, "no heartbeat for 0.6 s"), (signal.SIGUSR1, "media stood still for 0.6 s")],
    ids=["blocked loop", "stopped media clock"],
)
def test_a_hung_core_is_found_and_replaced(number, reason):
    async def script(tree, notes, bowl):
        await notes.until("core", Phase.UP)
        hung = tree.minders["core"].pid
        os.kill(hung, number)
        await notes.until("core", Phase.DYING)
        assert ("core", Phase.DYING, reason) in notes.phases
        fed = bowl.feeds
        await notes.until("core", Phase.UP, 2)
        assert bowl.feeds == fed and gone(hung)

    run(script, program("core"))


def test_a_start_that_cannot_work_ends_the_box_with_its_reason():
    async def script(tree, notes, bowl):
        await notes.until("core", Phase.BROKEN)

    reason = run(script, program("core", "broken"), program("portal", vital=False))
    assert reason == "core does not start: SIP port 127.0.0.1:5060 is in use by another program"


def test_a_portal_that_never_starts_does_not_stop_the_box():
    async def script(tree, notes, bowl):
        await notes.until("portal", Phase.BROKEN)
        await notes.until("core", Phase.UP)

    assert run(script, program("core"), program("portal", "broken", vital=False)) == ""


def test_it_stops_in_reverse_order_and_by_force_where_needed():
    async def script(tree, notes, bowl):
        for name in tree.minders:
            await notes.until(name, Phase.UP)
        script.notes = notes

    started_s = time.monotonic()
    run(script, program("core", "stubborn"), program("portal", vital=False))
    assert time.monotonic() - started_s < 5
    ends = [(name, phase) for name, phase, _ in script.notes.phases if phase in (Phase.STOPPING, Phase.STOPPED)]
    assert ends == [
        ("portal", Phase.STOPPING), ("portal", Phase.STOPPED), ("core", Phase.STOPPING), ("core", Phase.STOPPED),
    ]  # fmt: skip


def test_what_a_child_started_dies_with_it(capfd):
    async def script(tree, notes, bowl):
        await notes.until("core", "ready")
        os.kill(tree.minders["core"].pid, signal.SIGKILL)
        await notes.until("core", "ready", 2)

    run(script, program("core", "grandchild"))
    for pid in capfd.readouterr().out.split():
        assert gone(int(pid))


def test_calls_come_before_pages_where_the_kernel_allows_it():
    """A portal that is busy takes no time from the core."""
    asked = {"core": -3 if os.geteuid() == 0 else 3, "portal": 6}  # only root may have less than 0

    async def script(tree, notes, bowl):
        for name in asked:
            await notes.until(name, "ready")
        now = {name: os.getpriority(os.PRIO_PROCESS, tree.minders[name].pid) for name in asked}
        assert now == asked

    run(script, *(program(name, nice=nice) for name, nice in asked.items()))


def test_self_checks_reach_the_child(capfd):
    async def script(tree, notes, bowl):
        await notes.until("core", "ready")
        tree.minders["core"].tell(Checked((Check("disk", Mark.PASSED, "much-room"),)))
        await asyncio.sleep(0.3)

    run(script, program("core"))
    assert capfd.readouterr().out == "much-room\n"


def test_children_die_with_the_supervisor(tmp_path):
    parent = f"""
import asyncio, sys
from firmware.supervisor.process import Process
async def main():
    child = Process([sys.executable, "-c", {CHILD!r}, "good"], lambda s: print(child.pid, flush=True), print)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    supervisor = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    child = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert gone(child)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def fxbox(*words):
    return subprocess.run([sys.executable, "-m", "firmware.cli", *words], capture_output=True, text=True, timeout=20)


@pytest.mark.parametrize(("kind", "option", "name"), [
    (socket.SOCK_DGRAM, "--sip", "SIP port"), (socket.SOCK_STREAM, "--sip", "SIP port"),
    (socket.SOCK_STREAM, "--portal", "portal port"),
])  # fmt: skip
def test_a_port_in_use_is_said_before_anything_starts(tmp_path, kind, option, name):
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            other.listen()
        here = f"127.0.0.1:{other.getsockname()[1]}"
        addresses = {"--sip": free_port(), "--portal": free_port()} | {option: here}
        done = fxbox("run", "--data", str(tmp_path), *(word for pair in addresses.items() for word in pair))
    assert done.returncode == 1
    assert f"{name} {here} is in use by another program; stop it or start with {option} ADDRESS:PORT" in done.stderr


def test_one_box_a_data_folder(tmp_path):
    (tmp_path / "run").mkdir()
    with (tmp_path / "run" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = fxbox("run", "--data", str(tmp_path))
    assert done.returncode == 1 and "another fxbox runs with data folder" in done.stderr


def test_status_without_a_box(tmp_path):
    done = fxbox("status", "--data", str(tmp_path))
    assert done.returncode == 1 and "no box runs with data folder" in done.stderr
