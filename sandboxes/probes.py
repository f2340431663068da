"""What the self-check lets a jailed worker try: each probe attacks one promise.

Promises: a probe reports what it could do, as plain data; it never decides
whether that is right (`selfcheck.py` does, from outside).

Runs inside a jail: in a worker by way of `probe_handler.py`, in a disposable
child by `child`. Standard library only.
"""

import ctypes
import json
import mmap
import os
import random
import re
import resource
import signal
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

_ORDER_FD = 3
_ANSWER_BYTES = 1 << 16
_CLONE_NEWUSER = 0x10000000
_SYS_IO_URING_SETUP = 425
_TMP = Path("/tmp")  # noqa: S108 - the jail's own

Probe = Callable[[], object]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _refused(result: int, what: str) -> str:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return what


def _fork() -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return pid


def _connect() -> str:
    with socket.socket(socket.AF_INET) as probe:
        probe.connect(("127.0.0.1", 1))
    return "connected"


def _fill_tmp() -> int:
    written = 0
    with (_TMP / "fill").open("wb", buffering=0) as file:
        while True:
            written += file.write(bytes(1 << 20))


def _executable_tmp() -> str:
    """Maps a file of /tmp as code, which a mount with noexec forbids (mmap(2))."""
    path = _TMP / "code"
    path.write_bytes(bytes(4096))
    with path.open("r+b") as file:
        mmap.mmap(file.fileno(), 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC).close()
    return "mapped"


def _open_descriptors() -> list[int]:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = []
    for descriptor in range(limit):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        found.append(descriptor)
    return found


def _capabilities() -> int:
    """The permitted capabilities of this process, as a bit set (capget(2))."""
    version_3 = 0x20080522
    header = (ctypes.c_uint32 * 2)(version_3, 0)
    data = (ctypes.c_uint32 * 6)()
    _refused(_libc().capget(ctypes.byref(header), ctypes.byref(data)), "capget")
    return int(data[1]) | int(data[4]) << 32


def _spin() -> None:
    while True:
        pass


def _leave_mark() -> str:
    (_TMP / "mark").write_text("was here")
    return "left"


def _kill_everybody() -> str:
    os.kill(-1, signal.SIGKILL)
    return "killed"


def _mount() -> str:
    return _refused(_libc().mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None), "mount")


def _pass_descriptor() -> str:
    here, there = socket.socketpair()
    with here, there:
        socket.send_fds(here, [b"x"], [0])
    return "passed"


def _spin_without_timer() -> None:
    """Deletes the process's timers (their ids are small numbers) and blocks their signal."""
    libc = _libc()
    for number in range(16):
        libc.timer_delete(ctypes.c_void_p(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPROF])
    _spin()


PROBES: Mapping[bytes, Probe] = {
    b"start a process": _fork,
    b"run a program": lambda: os.execv("/py/bin/python3", ["python3", "-c", ""]),
    b"open a socket": _connect,
    b"open a unix socket": lambda: socket.socket(socket.AF_UNIX).fileno(),
    b"make a namespace": lambda: _refused(_libc().unshare(_CLONE_NEWUSER), "unshare"),
    b"trace a process": lambda: _refused(_libc().ptrace(0, 0, None, None), "ptrace"),
    b"use io_uring": lambda: _refused(_libc().syscall(_SYS_IO_URING_SETUP, 1, None), "io_uring"),
    b"list the root": lambda: sorted(os.listdir("/")),
    b"read the host's users": lambda: Path("/etc/passwd").read_text(),
    b"read /proc": lambda: os.listdir("/proc"),
    b"write to the root": lambda: Path("/mark").write_text("x"),
    b"write to the packages": lambda: Path("/app/sandboxes/mark").write_text("x"),
    b"fill /tmp": _fill_tmp,
    b"run code in /tmp": _executable_tmp,
    b"leave a mark": _leave_mark,
    b"find a mark": lambda: (_TMP / "mark").read_text(),
    b"environment": lambda: sorted(os.environ),
    b"descriptors": _open_descriptors,
    b"pid": os.getpid,
    b"uid": os.getuid,
    b"capabilities": _capabilities,
    b"hash seed": lambda: hash("verifier"),
    b"spin": _spin,
    b"spin in C": lambda: re.match(r"(a+)+$", "a" * 64 + "b"),
    b"sleep": lambda: time.sleep(3600),
    b"take memory": lambda: len(bytearray(1 << 40)),
    b"kill everybody": _kill_everybody,
    b"mount": _mount,
    b"pass a descriptor": _pass_descriptor,
    b"spin without timer": _spin_without_timer,
    b"draw a number": random.random,
    b"crash": lambda: ctypes.string_at(0),
}


def attempt(item: bytes) -> list[object]:
    """Tries one probe. Returns [True, what it got] or [False, what stopped it]."""
    try:
        return [True, PROBES[item]()]
    except OSError as error:
        return [False, error.strerror or repr(error)]


def child() -> None:
    """The entry of the probed jail: tries the probe that is named on descriptor 3."""
    item = os.read(_ORDER_FD, _ANSWER_BYTES)
    os.write(_ORDER_FD, json.dumps(attempt(item)).encode())
    os._exit(0)
