"""Real servers for tests: started as an operator starts them, watched from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_S = 60.0


@dataclass(frozen=True)
class RunningServer:
    """A `verifier-server serve` process and its address."""

    process: subprocess.Popen
    address: str
    log: Path

    def descendants(self) -> list[int]:
        """Every process below the server, as /proc tells."""
        return descendants(self.process.pid)

    def workers(self) -> list[int]:
        """The workers: processes two pid namespaces below the server's (jail, then own)."""
        return [pid for pid in self.descendants() if _depth(pid) == _depth(os.getpid()) + 2]


def _status(pid: int, key: str) -> list[str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []
    return next((line.split()[1:] for line in lines if line.startswith(f"{key}:")), [])


def descendants(pid: int) -> list[int]:
    """Every process below one, as /proc tells."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            parent = _parent(int(entry.name))
            children.setdefault(parent, []).append(int(entry.name))
    found, frontier = [], [pid]
    while frontier:
        below = children.get(frontier.pop(), [])
        found += below
        frontier += below
    return found


def _parent(pid: int) -> int:
    return int((_status(pid, "PPid") or ["0"])[0])


def namespace_ids(pid: int) -> list[str]:
    """A process's ids, from the outermost pid namespace that we see to its own."""
    return _status(pid, "NSpid")


def _depth(pid: int) -> int:
    return len(namespace_ids(pid))


@contextmanager
def running_server(folder: Path, *flags: str) -> Iterator[RunningServer]:
    """Runs a server until the block ends."""
    ready, log = folder / "ready", folder / "server.log"
    command = [sys.executable, "-m", "verifier_server", "serve", "--listen", "127.0.0.1:0"]
    command += ["--ready-file", str(ready), "--log-format", "json", *flags]
    with log.open("wb") as sink, subprocess.Popen(command, stdout=sink, stderr=sink) as process:
        try:
            until = time.monotonic() + START_S
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > until:
                    raise AssertionError(f"no server: {log.read_text()}")
                time.sleep(0.02)
            yield RunningServer(process, ready.read_text().splitlines()[0], log)
        finally:
            process.kill()
