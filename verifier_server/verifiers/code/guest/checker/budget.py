"""CPU budgets of the checker's own work.

Promises: a process whose work overspends its budget ends with status `EXIT_CPU`,
also inside C code, and also as the first process of a pid namespace. The sandbox's own
timer goes on beside it.

Does not cover: wall time, or the candidate's CPU (its own process, its own limit).
"""

import contextlib
import functools
import os
from collections.abc import Iterator

from sandboxes.cputimer import CpuTimer


@functools.lru_cache(maxsize=1)
def _timer_of(process: int) -> CpuTimer:
    """The timer of a process: a fork needs its own."""
    return CpuTimer()


@contextlib.contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Ends the process once the body has used `seconds` of CPU (user and system)."""
    timer = _timer_of(os.getpid())
    timer.arm(seconds)
    try:
        yield
    finally:
        timer.disarm()
