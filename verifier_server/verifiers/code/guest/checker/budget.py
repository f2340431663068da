"""CPU budgets of the checker's own work.

Promises: a process whose work overspends its budget ends with status `EXIT_CPU`,
also inside C code, and also as the first process of a pid namespace. A timer that
the sandbox armed before is never put off.

Does not cover: wall time, or the candidate's CPU (its own process, its own limit).
"""

import contextlib
import ctypes
import functools
import signal
from collections.abc import Iterator

from .protocol import EXIT_CPU


@functools.cache
def _end_on_signal() -> None:
    """Makes the C library's `_exit` the handler, called by the kernel with the signal's number."""
    libc = ctypes.CDLL(None)
    libc.signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
    libc.signal.restype = ctypes.c_void_p
    libc.signal(EXIT_CPU, ctypes.cast(libc._exit, ctypes.c_void_p))


@contextlib.contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Ends the process once the body has used `seconds` of CPU (user and system)."""
    _end_on_signal()
    before, _ = signal.getitimer(signal.ITIMER_PROF)
    allowed = min(seconds, before) if before else seconds
    signal.setitimer(signal.ITIMER_PROF, allowed)
    try:
        yield
    finally:
        left, _ = signal.setitimer(signal.ITIMER_PROF, 0)
        if before:
            signal.setitimer(signal.ITIMER_PROF, max(before - (allowed - left), 1e-6))
