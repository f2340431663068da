"""One candidate child: started with its pipes, watched, ended, and told about.

Promises: a child is killed when it wrote more than it may and when everybody only
waited for longer than allowed; its end is known, and its pipes are read to their
end, before anything is concluded from it.

Does not cover: what it runs or answers (`functions.py`, `programs.py`, `stdio.py`).
CPU is limited by the child's own timer and by the host; here it is only read.
"""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from sandboxes.children import ChildExit, ChildLimits
from verifier_server.verifiers.code.runs.loop import Loop
from verifier_server.verifiers.code.runs.streams import (
    Allowance,
    Capture,
    Feed,
    capture_pipe,
    feed_pipe,
)

LEAST_CPU_S = 0.01  # a child with less than this is not worth starting
# A death counts as one for want of memory from this share of the limit on: what a
# process has resident is always less than the address space that the limit counts.
NEAR_MEMORY_LIMIT = 0.8
BAD_ALLOC = "terminate called after throwing an instance of 'std::bad_alloc'"


class Purse:
    """The CPU seconds that all the children of one completion have together."""

    def __init__(self, cpu_s: float) -> None:
        self._left_s = cpu_s

    @property
    def empty(self) -> bool:
        """Whether no further child can be started."""
        return self._left_s < LEAST_CPU_S

    def share(self, cpu_s: float) -> float:
        """What a child that may have `cpu_s` can have."""
        return max(LEAST_CPU_S, min(cpu_s, self._left_s))

    def spend(self, cpu_s: float) -> None:
        """Takes out what a child used."""
        self._left_s -= cpu_s


@dataclass(frozen=True, slots=True)
class Budgets:
    """What one child may use: CPU seconds, bytes of address space, bytes of output, and
    seconds in which everybody waits."""

    cpu_s: float
    memory_bytes: int
    output_bytes: int
    idle_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How a candidate ended.

    `silent` and `flooded` say why it was killed, where its limits were the reason;
    `by_itself` that nobody killed it. `stdout` is whole unless it is `flooded`,
    and empty where only the tail was kept.
    """

    exit: ChildExit
    memory_bytes: int
    silent: bool
    flooded: bool
    by_itself: bool
    stdout: bytes
    stdout_tail: str
    stderr_tail: str

    @property
    def out_of_memory(self) -> bool:
        """Whether it died for want of memory: it said so, or a signal ended it near the limit."""
        if not self.by_itself or self.exit.code == 0:
            return False
        last_line = self.stderr_tail.rstrip().rpartition("\n")[2]
        if last_line.partition(":")[0] == MemoryError.__name__ or BAD_ALLOC in self.stderr_tail:
            return True
        near = self.exit.max_rss_bytes >= NEAR_MEMORY_LIMIT * self.memory_bytes
        return self.exit.code < 0 and near


class Candidate:
    """A running candidate.

    Args:
        loop: where it is waited for.
        jail: the name of its jail.
        budgets: its limits.
        purse: pays for its CPU.
        stdin: what it can read; None is an empty standard input.
        more: descriptors from 3 on; they stay the caller's.
        upload: what it can read from the next descriptor after these.
        whole_stdout: whether its standard output is kept whole.
    """

    def __init__(
        self,
        loop: Loop,
        jail: str,
        budgets: Budgets,
        purse: Purse,
        *,
        stdin: bytes | None = None,
        more: Sequence[int] = (),
        upload: bytes | None = None,
        whole_stdout: bool = False,
    ) -> None:
        self._loop = loop
        self._budgets = budgets
        self._purse = purse
        self._allowance = Allowance(budgets.output_bytes)
        self._silent = self._flooded = False
        self._out, out = capture_pipe(loop, self._allowance, whole=whole_stdout)
        self._err, err = capture_pipe(loop, self._allowance, whole=False)
        self._whole_stdout = whole_stdout
        self._feeds: list[Feed] = []
        source = self._feed(stdin) if stdin is not None else -1
        places = [source, out, err, *more]
        mine = [out, err] if source < 0 else [source, out, err]
        if upload is not None:
            mine.append(self._feed(upload))
            places.append(mine[-1])
        loop.reset_idle()
        limits = ChildLimits(purse.share(budgets.cpu_s), budgets.memory_bytes)
        try:
            self._child = loop.children.start(jail, limits, places)
        finally:
            for each in mine:
                os.close(each)
        loop.add_rule(self._watch)

    @property
    def ended(self) -> bool:
        """Whether its end is known. Its output may not have been read to the end yet."""
        return self._child.exit is not None

    def _feed(self, data: bytes) -> int:
        feed, source = feed_pipe(self._loop, data)
        self._feeds.append(feed)
        return source

    def _watch(self) -> None:
        if self.ended:
            return
        if self._allowance.exceeded:
            self._flooded = True
            self._child.kill()
        elif self._loop.idle_s > self._budgets.idle_s:
            self._silent = True
            self._child.kill()
            self._loop.reset_idle()  # a checker beside it gets its own time to notice

    def end(self) -> Ended:
        """Ends it where it has not ended, and says how it did. Once only.

        One that hung up because it was ending keeps its own exit code: the kernel
        fixes that before it closes the descriptors (do_exit, kernel/exit.c).
        """
        self._child.kill()
        loop = self._loop
        loop.run_until(lambda: self.ended and not self._out.open and not self._err.open)
        loop.discard_rule(self._watch)
        streams: list[Capture | Feed] = [self._out, self._err, *self._feeds]
        for source in streams:
            loop.discard(source)
            source.close()
        exit_ = self._child.exit
        assert exit_ is not None
        self._purse.spend(exit_.cpu_s)
        return Ended(
            exit=exit_,
            memory_bytes=self._budgets.memory_bytes,
            silent=self._silent,
            flooded=self._flooded or self._allowance.exceeded,
            by_itself=exit_.code != -signal.SIGKILL,
            stdout=self._out.data if self._whole_stdout else b"",
            stdout_tail=self._out.tail,
            stderr_tail=self._err.tail,
        )
