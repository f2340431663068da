"""CPU time of other processes, as the kernel counts it.

Promises: user and system time of a process and of every descendant that lives,
with that of the processes each of them has waited for.

Does not cover: descendants that ended and were not waited for yet.
"""

import os
from pathlib import Path

from tests.servers import RunningServer

_TICKS = os.sysconf("SC_CLK_TCK")


def _of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def of_server(server: RunningServer) -> tuple[float, float]:
    """CPU seconds of the front process, and of everything in its jails."""
    jails = 0.0
    for pid in server.descendants():
        try:
            jails += _of(pid)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended just now, and is or will be in what its parent waited for
    return _of(server.process.pid), jails
