"""What the children of `test_children.py` do: one command, read from descriptor 3.

Runs inside a jail of disposable children.
"""

import ctypes
import fcntl
import json
import os
import random
import resource
import signal
import socket
import threading
import time
from pathlib import Path

from sandboxes.seccomp import ZYGOTE_CLONE

RESULT_FD = 3


def _attempt(function, *arguments):
    try:
        return repr(function(*arguments))
    except BaseException as error:
        return type(error).__name__ + ": " + str(error)


def _spin(seconds=3600.0):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def _spin_without_timer():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPROF])
    _spin()


def _refuse(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def _high_descriptor():
    """A descriptor number that the zygote's filter lets through, were it to be had."""
    return fcntl.fcntl(RESULT_FD, fcntl.F_DUPFD, 512)


def _zygotes_own():
    libc = ctypes.CDLL(None, use_errno=True)
    here, there = socket.socketpair()
    found = [
        _attempt(lambda: _refuse(libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None))),
        _attempt(lambda: _refuse(libc.syscall(56, ZYGOTE_CLONE, 0, 0, 0, 0))),
        _attempt(lambda: socket.send_fds(here, [b"x"], [0])),
        _attempt(lambda: there.recvmsg(1)),
        _attempt(lambda: _refuse(libc.unshare(0x20000))),
    ]
    try:
        _high_descriptor()
    except OSError:
        return [each.partition(":")[0] for each in found]
    return "a descriptor above its limit"


def _wait_as_vfork_does(also=0x10000 | 0x800):
    """A thread (or a process) that its parent waits for, uninterruptibly, and that never ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    stack = ctypes.create_string_buffer(1 << 16)
    top = ctypes.c_void_p((ctypes.addressof(stack) + (1 << 16) - 256) & ~15)
    pause = ctypes.cast(libc.pause, ctypes.c_void_p)
    return _refuse(libc.clone(pause, top, 0x100 | 0x4000 | also, None))


def _fork():
    pid = os.fork()
    if pid == 0:
        time.sleep(3600)
    return "forked"


def _daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        while True:
            time.sleep(0.01)
    return "forked"


def _thread():
    done = []
    thread = threading.Thread(target=done.append, args=(1,))
    thread.start()
    thread.join()
    return done


def _descriptors():
    found = []
    for descriptor in range(resource.getrlimit(resource.RLIMIT_NOFILE)[0]):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        found.append(descriptor)
    return found


def _mark():
    path = Path("/tmp/mark")
    existed = path.exists()
    path.write_text("x")
    return existed


COMMANDS = {
    "ok": lambda: "ok",
    "exit": lambda: os._exit(7),
    "exit as by the timer": lambda: os._exit(27),
    "signal": lambda: ctypes.string_at(0),
    "spin": _spin,
    "spin a little": lambda: _spin(0.1),
    "spin a second": lambda: _spin(1.0),
    "spin without timer": _spin_without_timer,
    "the zygote's own": _zygotes_own,
    "sleep": lambda: time.sleep(3600),
    "memory": lambda: len(bytearray(200 << 20)),
    "flood": lambda: [os.write(1, bytes(1 << 16)) for _ in range(16)] and "flooded",
    "wait as vfork does": lambda: _attempt(_wait_as_vfork_does),
    "wait for a process as vfork does": lambda: _wait_as_vfork_does(signal.SIGCHLD.value),
    "threads of libraries": lambda: os.environ.get("OPENBLAS_NUM_THREADS"),
    "signals": lambda: resource.getrlimit(resource.RLIMIT_SIGPENDING)[1],
    "fork": lambda: _attempt(_fork),
    "daemon": lambda: _attempt(_daemon),
    "thread": _thread,
    "descriptors": _descriptors,
    "who": lambda: [os.getpid(), os.getuid(), os.getsid(0), os.getcwd()],
    "random": lambda: [random.random(), hash("verifier")],
    "mark": _mark,
    "site": lambda: _attempt(__import__, "msgpack"),
    "site packages": lambda: os.listdir(os.path.dirname(os.__file__) + "/site-packages"),
    "proc": lambda: _attempt(os.listdir, "/proc"),
    "tests": lambda: os.listdir("/app"),
}


def main():
    """The jail's entry."""
    command = os.read(RESULT_FD, 100).decode()
    try:
        result = COMMANDS[command]()
    except BaseException as error:
        result = repr(error)
    os.write(RESULT_FD, json.dumps(result).encode())
    os._exit(0)
