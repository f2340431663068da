"""Children without a sandbox, for tests: the guest's mains in plain forked processes.

Promises: the interface of `sandboxes.children.Children`, and the same facts in it:
ends and CPU by wait4, descriptors as given and no others, CPU and address space
limited, `quiet_s` from the scheduler's state, descendants dead when
an end is told.

Does not cover: containment of any kind. Run nothing here that is not your own.
"""

import contextlib
import fcntl
import gc
import importlib
import math
import os
import random
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandboxes.children import ChildExit, ChildLimits
from verifier_server.verifiers.code.guest import looping

GUEST = "verifier_server.verifiers.code.guest"
ENTRIES = {
    "python": f"{GUEST}.candidate:main",
    "checker": f"{GUEST}.checker.main:main",
    "frameworks": f"{GUEST}.checker.main:main",
    "compiler": f"{GUEST}.native:compile_main",
    "native": f"{GUEST}.native:run_main",
}
TICK_S = 0.02
CPU_SLACK_S = 0.02  # a clock and wait4 differ by less
HIGH = 64  # descriptors are put aside above this number first


class UnboxedChild:
    """One forked process, the leader of a process group of its own."""

    def __init__(self, pid: int, limits: ChildLimits, folder: str) -> None:
        self.exit: ChildExit | None = None
        self._folder = folder
        self.pid = pid
        self.pidfd = os.pidfd_open(pid)
        self._inherited = inherited_bytes("VmRSS")
        self._limits = limits

    def kill(self) -> None:
        if self.exit is None:
            self._kill_group()

    def check_cpu(self) -> None:
        """Ends it once it has used up its CPU time."""
        clock = (~self.pid << 3) | 2  # clock_getcpuclockid(3)
        if time.clock_gettime(clock) > self._limits.cpu_s + CPU_SLACK_S:
            self.kill()

    def reap(self) -> None:
        """Takes the end in, once the kernel has told it."""
        self._kill_group()
        _, status, usage = os.wait4(self.pid, 0)
        os.close(self.pidfd)
        shutil.rmtree(self._folder, ignore_errors=True)
        cpu_s = usage.ru_utime + usage.ru_stime
        code = os.waitstatus_to_exitcode(status)
        exhausted = cpu_s >= self._limits.cpu_s
        max_rss_bytes = max(0, usage.ru_maxrss * 1024 - self._inherited)
        self.exit = ChildExit(code, cpu_s, max_rss_bytes, exhausted)

    def _kill_group(self) -> None:
        """Not reaped yet, its number still names it. Its descendants may have other groups."""
        for each in {int(task.parent.parent.name) for task in _tasks(self.pid)} | {self.pid}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


_everyone: list["UnboxedChildren"] = []
_of_the_parent: list[object] = []  # what a child must not use, nor end by forgetting it


def end_everyone() -> None:
    """Ends the children of every test that did not do so itself."""
    while _everyone:
        _everyone.pop().kill_all()


class UnboxedChildren:
    """See `sandboxes.children.Children`.

    Args:
        entries: "module:function" by the name of its jail, for those that are not the guest's.
    """

    def __init__(self, entries: Mapping[str, str] | None = None) -> None:
        self._entries = {**ENTRIES, **(entries or {})}
        self.jails = frozenset(self._entries)
        _everyone.append(self)
        self.quiet_s = 0.0
        self.started: list[tuple[str, UnboxedChild]] = []
        self._living: list[UnboxedChild] = []
        self._at_end: list[Callable[[], None]] = []
        self._work: dict[int, int] = {}
        self._sampled = time.monotonic()

    def reset_quiet(self) -> None:
        self.quiet_s = 0.0

    def start(self, jail: str, limits: ChildLimits, descriptors: Sequence[int]) -> UnboxedChild:
        assert jail in self.jails
        entry = _load(self._entries[jail])  # before the fork, as the zygotes do
        sys.stdout.flush()
        sys.stderr.flush()
        folder = tempfile.mkdtemp(prefix="unboxed-")
        pid = os.fork()
        if pid == 0:
            try:
                _become(entry, limits, descriptors, folder)
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
                os._exit(97)
            os._exit(0)
        child = UnboxedChild(pid, limits, folder)
        self.started.append((jail, child))
        self._living.append(child)
        return child

    def wait(self, interest: Mapping[int, int], timeout_s: float | None = None) -> dict[int, int]:
        poll = select.poll()
        for descriptor, mask in interest.items():
            poll.register(descriptor, mask)
        for child in self._living:
            poll.register(child.pidfd, select.POLLIN)
        end = math.inf if timeout_s is None else time.monotonic() + timeout_s
        while True:
            patience = min(TICK_S, max(0.0, end - time.monotonic()))
            ready = dict(poll.poll(patience * 1000))
            ended = [child for child in self._living if child.pidfd in ready]
            for child in self._living:
                if child not in ended:
                    child.check_cpu()
            for child in ended:
                del ready[child.pidfd]
                child.reap()
                self._living.remove(child)
            if ready or ended or self._sample() or time.monotonic() >= end:
                return ready

    def at_end(self, action: Callable[[], None]) -> None:
        self._at_end.append(action)

    def kill_all(self) -> None:
        while self._at_end:
            self._at_end.pop()()
        for child in self._living:
            child.kill()
        while self._living:
            self.wait({})

    def _sample(self) -> bool:
        """Whether `quiet_s` grew: since the last look nobody ran, and nobody wants to."""
        now = time.monotonic()
        work: dict[int, int] = {}
        waiting = bool(self._living)
        for child in self._living:
            for task in _tasks(child.pid):
                try:
                    state = (task / "stat").read_text().rpartition(")")[2].split()[0]
                    work[int(task.name)] = int((task / "schedstat").read_text().split()[0])
                except (FileNotFoundError, ProcessLookupError):
                    continue
                waiting = waiting and state not in "RD"
        quiet = waiting and work == self._work
        elapsed, self._sampled, self._work = now - self._sampled, now, work
        if quiet:
            self.quiet_s += elapsed
        return quiet


def _tasks(pid: int) -> list[Path]:
    """The threads of a process and of all its descendants."""
    found: list[Path] = []
    try:
        own = list(Path(f"/proc/{pid}/task").iterdir())
        for task in own:
            found.append(task)
            for each in (task / "children").read_text().split():
                found += _tasks(int(each))
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def _load(entry_point: str) -> Callable[[], None]:
    module, _, function = entry_point.partition(":")
    return getattr(importlib.import_module(module), function)


def _become(
    entry: Callable[[], None], limits: ChildLimits, descriptors: Sequence[int], folder: str
) -> None:
    os.setsid()
    gc.freeze()  # what dies here as garbage of the parent's would close descriptors by number
    _of_the_parent.extend(looping._own_loop)  # a test ran the guest in this process before
    looping._own_loop.clear()
    null = os.open(os.devnull, os.O_RDWR)
    given = [null if each < 0 else each for each in descriptors]
    aside = [fcntl.fcntl(each, fcntl.F_DUPFD, HIGH) for each in given]
    for target, each in enumerate(aside):
        os.dup2(each, target, inheritable=True)
    os.closerange(len(aside), 1 << 16)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(each, signal.SIG_DFL)
    _refuse_to_kill_everything()
    random.seed(0)
    os.chdir(folder)
    # A compiled program takes the place of this process, with nothing of its memory.
    replaced = entry.__name__ == "run_main"
    memory_bytes = limits.memory_bytes + (0 if replaced else inherited_bytes("VmSize"))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    entry()


def inherited_bytes(key: str) -> int:
    """What this process has of memory, by a key of /proc/self/status: no child's own doing."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (found,) = [line.split()[1] for line in lines if line.startswith(f"{key}:")]
    return int(found) * 1024


def _refuse_to_kill_everything() -> None:
    """Outside a pid namespace of its own, kill(-1) would reach this whole machine."""
    kill = os.kill

    def guarded(pid: int, number: int) -> None:
        if pid in (-1, 1):
            raise ProcessLookupError
        kill(pid, number)

    os.kill = guarded
