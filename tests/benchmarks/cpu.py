"""CPU time of other processes, as the kernel counts it.

Promises: user and system time of a process and of every descendant that lives.

Does not cover: descendants that ended in between (the benchmarks let none end).
"""

import os
from pathlib import Path

from tests.servers import RunningServer

_TICKS = os.sysconf("SC_CLK_TCK")


def _of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def of_server(server: RunningServer) -> tuple[float, float]:
    """CPU seconds of the front process, and of everything in its jail."""
    return _of(server.process.pid), sum(map(_of, server.descendants()))
