"""What processes use: CPU time by thread, memory. Read from /proc; nothing of the measured program takes part."""

import os
from collections.abc import Iterable
from pathlib import Path


def cpu_s(pids: Iterable[int]) -> float:
    """CPU time that the processes have used so far, all threads, those that have ended included. In seconds."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime, stime: proc_pid_stat(5) fields 14 and 15
    return ticks / os.sysconf("SC_CLK_TCK")


def thread_cpu_s(pid: int) -> dict[str, float]:
    """CPU time of the threads that live, by kernel thread id and name. In seconds."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        ran_ns = int((task / "schedstat").read_text().split()[0])
        found[f"{task.name} {(task / 'comm').read_text().strip()}"] = ran_ns / 1e9
    return found


def pss_mb(pids: Iterable[int]) -> float:
    """Proportional share of memory: pages that n processes share count as 1/n in each. In 10^6 bytes."""
    total_kb = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total_kb += int(line.split()[1])
    return total_kb * 1024 / 1e6


def descriptors(pid: int) -> int:
    """Open file descriptors."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def parent(pid: int) -> int:
    """The process that started this one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def children(pid: int) -> dict[int, str]:
    """Processes started by a process, with their command lines (arguments separated by spaces)."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found[int(child)] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ").strip()
    return found
