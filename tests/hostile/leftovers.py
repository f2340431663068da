"""What a server holds on its host: processes, descriptors, mounts, control groups, files.

Promises: everything is read from the kernel, from outside.

Does not cover: what its jails hold inside; nothing of it is seen by the host.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from tests.servers import RunningServer

SETTLE_S = 15.0
POLL_S = 0.1
CGROUPS = Path("/sys/fs/cgroup")
SHARED = (Path("/dev/shm"), Path("/var/tmp"), Path.home())


@dataclass(frozen=True)
class Holdings:
    """Counts, and names of files. `kinds`: how many processes have each name."""

    processes: int
    kinds: tuple[tuple[str, int], ...]
    descriptors: int
    mounts: int
    cgroups: int
    files: frozenset[str]


def holdings(server: RunningServer, temporary: Path) -> Holdings:
    """What a server holds now; `temporary` is its folder for temporary files."""
    found = server.descendants()
    names = [_read(f"/proc/{pid}/comm").strip() for pid in found]
    files = {str(path) for path in temporary.rglob("*")}
    files |= {str(path) for top in SHARED for path in top.iterdir()}
    return Holdings(
        processes=len(found),
        kinds=tuple(sorted((name, names.count(name)) for name in set(names))),
        descriptors=len(os.listdir(f"/proc/{server.process.pid}/fd")),
        mounts=len(_read("/proc/self/mounts").splitlines()),
        cgroups=sum(1 for path in CGROUPS.rglob("NSJAIL*") if _holds(path, found)),
        files=frozenset(files),
    )


def settled(server: RunningServer, temporary: Path, before: Holdings) -> Holdings:
    """What it holds once it is as before, or after a while."""
    until = time.monotonic() + SETTLE_S
    while (now := holdings(server, temporary)) != before and time.monotonic() < until:
        time.sleep(POLL_S)
    return now


def resident_bytes(server: RunningServer) -> int:
    """Resident memory of the front process."""
    lines = _read(f"/proc/{server.process.pid}/status").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _holds(group: Path, pids: list[int]) -> bool:
    """Whether a group is the server's, or nobody's: an empty one has its jail's id in its name."""
    inside = {int(pid) for pid in _read(str(group / "cgroup.procs")).split()}
    named = group.suffix.removeprefix(".")
    return bool(inside & set(pids)) if inside else not Path("/proc", named).exists()
