"""Whether a process of a jail could run, in the scheduler's own terms.

Promises: "waits" means that every thread of the process and of its descendants
sleeps or is stopped; a process that is runnable and gets no CPU does not wait. Of
one that waits for a page or a disk nothing is told: a busy disk is no fault of its
own, and yet a process may make itself wait like that for ever (vfork(2)). So an
overloaded host makes nobody look idle.

Does not cover: how long; the caller samples. Reads the host's /proc, which no
jail sees (proc(5), /proc/pid/stat and /proc/pid/task/tid/children).
"""

from collections.abc import Iterator
from pathlib import Path

_WAITING = frozenset("STtZX")  # sleeping, stopped, traced, zombie, dead
_UNINTERRUPTIBLE = "D"
_PROC = Path("/proc")


def can_run(zygote: int, pid: int) -> bool | None:
    """Whether a child of a zygote, or a descendant of it, could run now.

    Args:
        zygote: the zygote's process id, in this process's namespace.
        pid: the child's, in the zygote's namespace.

    Returns:
        None when the kernel does not tell, or it waits for a page or a disk.
    """
    try:
        child = _child(zygote, pid)
        if child is None:
            return False  # it has ended
        states = {state for each in _tree(child) for state in _states(each)} - _WAITING
    except OSError:
        return None
    return None if states == {_UNINTERRUPTIBLE} else bool(states)


def _child(zygote: int, pid: int) -> int | None:
    """The host's id of a child. Raises OSError when the kernel does not list children."""
    for each in _children(zygote):
        try:
            status = Path(_PROC, str(each), "status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for line in status.splitlines():
            # Its ids from the outermost namespace to its own; the zygote's is the last but one.
            if line.startswith("NSpid:") and line.split()[-2] == str(pid):
                return each
    return None


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(_PROC, f"{pid}/task/{pid}/children").read_text().split()]


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = _children(pid)
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in children:
        yield from _tree(child)


def _states(pid: int) -> Iterator[str]:
    """The state of every thread."""
    try:
        for thread in Path(_PROC, str(pid), "task").iterdir():
            yield Path(thread, "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return  # it ended meanwhile
