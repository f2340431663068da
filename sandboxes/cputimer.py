"""A timer on the CPU time of this process, which ends it.

Promises: the process ends with exit status EXIT_CPU once it has used the armed
amount of CPU (user and system), at the next tick of the kernel after that and never
before. It works while Python is deep in C code, and also for the first process of a
pid namespace: the signal's handler is the C library's `_exit`, called by the kernel
with the signal's number as the status, where the default action would be ignored
(pid_namespaces(7)).

Does not cover: processes that run another program (exec deletes the timer), or that
block the signal: the host counts too.

Not ITIMER_PROF: that timer counts whole ticks of whoever is running when the tick
comes, and ended work up to a tenth too early on a busy host; timer_create(2) on
CLOCK_PROCESS_CPUTIME_ID goes by the scheduler's own count. Standard library only.
"""

import ctypes
import signal

EXIT_CPU = signal.SIGPROF.value

_CLOCK_PROCESS_CPUTIME_ID = 2
_SIGEVENT_BYTES = 64
_NANOSECONDS = 1_000_000_000


class _SigEvent(ctypes.Structure):
    """struct sigevent up to what SIGEV_SIGNAL (0) needs; the rest is padding."""

    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signal", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("padding", ctypes.c_char * (_SIGEVENT_BYTES - 16)),
    )


class _Spec(ctypes.Structure):
    """struct itimerspec."""

    _fields_ = (
        ("interval_s", ctypes.c_long),
        ("interval_ns", ctypes.c_long),
        ("value_s", ctypes.c_long),
        ("value_ns", ctypes.c_long),
    )


def _library() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "timer_create"):  # before glibc 2.34
        libc = ctypes.CDLL("librt.so.1", use_errno=True)
    libc.signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
    libc.signal.restype = ctypes.c_void_p
    return libc


_libc = _library()
_exit = ctypes.cast(_libc._exit, ctypes.c_void_p)
_event = _SigEvent(signal=EXIT_CPU)


class CpuTimer:
    """The timer of the process that makes it; a fork has none until it makes its own."""

    def __init__(self) -> None:
        _libc.signal(EXIT_CPU, _exit)
        self._id = ctypes.c_void_p()
        clock = ctypes.c_int(_CLOCK_PROCESS_CPUTIME_ID)
        if _libc.timer_create(clock, ctypes.byref(_event), ctypes.byref(self._id)):
            raise OSError(ctypes.get_errno(), "timer_create")

    def arm(self, seconds: float) -> None:
        """Ends the process after so many more seconds of CPU."""
        whole, rest = divmod(max(1, round(seconds * _NANOSECONDS)), _NANOSECONDS)
        self._set(_Spec(value_s=whole, value_ns=rest))

    def disarm(self) -> None:
        """Calls it off."""
        self._set(_Spec())

    def _set(self, spec: _Spec) -> None:
        if _libc.timer_settime(self._id, 0, ctypes.byref(spec), None):
            raise OSError(ctypes.get_errno(), "timer_settime")
