"""A handler for tests: each item names what the worker should do to itself.

Runs inside the jail.
"""

import ctypes
import hashlib
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from sandboxes.wire import pack

SEEN = []


def open_job(setup):
    """`setup` is {"do": action}; a refusal is {"refuse": reason}."""
    if "refuse" in setup:
        return {"refused": setup["refuse"]}, None
    act(setup.get("do", b"ok"))
    return {"opened": True}, act


def _spin_python():
    while True:
        pass


def _attempt(function, *arguments):
    try:
        return repr(function(*arguments))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


def _fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return pid


def _kill_all():
    return os.kill(-1, signal.SIGKILL)


def _unshare():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000):
        raise OSError(ctypes.get_errno(), "unshare")
    return "unshared"


def _ptrace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "ptrace")
    return "traced"


def _fill_tmp():
    written = 0
    with open("/tmp/fill", "wb") as file:
        while written < 1 << 30:
            written += file.write(bytes(1 << 20))
            file.flush()
    return written


def _fill_inodes():
    for number in range(10_000):
        Path(f"/tmp/{number}").touch()
    return number


def _execute_in_tmp():
    Path("/tmp/run").write_text("#!/bin/true")
    os.chmod("/tmp/run", 0o755)


def _leave_mark():
    Path("/tmp/mark").write_text("was here")
    return "left"


ATTEMPTS = {
    b"fork": _fork,
    b"exec": lambda: os.execv(sys.executable, [sys.executable, "-c", "pass"]),
    b"subprocess": lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
    b"socket": lambda: socket.socket(socket.AF_INET),
    b"unix_socket": lambda: socket.socket(socket.AF_UNIX),
    b"unshare": _unshare,
    b"ptrace": _ptrace,
    b"kill_all": _kill_all,
    b"list_root": lambda: sorted(os.listdir("/")),
    b"list_proc": lambda: os.listdir("/proc/self"),
    b"read_passwd": lambda: Path("/etc/passwd").read_text(),
    b"write_root": lambda: Path("/mark").write_text("x"),
    b"write_packages": lambda: Path("/app/sandboxes/mark").write_text("x"),
    b"fill_tmp": _fill_tmp,
    b"fill_inodes": _fill_inodes,
    b"exec_tmp": _execute_in_tmp,
    b"leave_mark": _leave_mark,
    b"find_mark": lambda: Path("/tmp/mark").read_text(),
    b"environment": lambda: sorted(os.environ),
    b"pid": os.getpid,
    b"parent": os.getppid,
    b"uid": os.getuid,
    b"descriptors": lambda: [fd for fd in range(256) if _is_open(fd)],
    b"nofile": lambda: resource.getrlimit(resource.RLIMIT_NOFILE),
    b"hash": lambda: hash("a string"),
}


def _is_open(descriptor):
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def act(item):
    """Does what the item says. Returns plain data."""
    if item in ATTEMPTS:
        return _attempt(ATTEMPTS[item])
    match item:
        case b"spin":
            _spin_python()
        case b"spin_c":
            re.match(r"(a+)+$", "a" * 64 + "b")
        case b"sleep":
            time.sleep(3600)
        case b"memory":
            return len(bytearray(1 << 40))
        case b"eat":
            SEEN.append(bytearray(400 << 20))
            return "eaten"
        case b"recursion":
            return act_deep(0)
        case b"segfault":
            ctypes.string_at(0)
        case b"exit":
            os._exit(3)
        case b"raise":
            raise ValueError("a fault of the handler")
        case b"not_plain":
            return object()
        case b"flood":
            return "x" * (16 << 20)
        case b"garble":
            os.write(3, b"\xc1" * 64)
            time.sleep(3600)
        case b"forge":
            threading.Thread(target=_speak, args=(0.2,), daemon=True).start()
        case b"speak":
            threading.Thread(target=_speak, args=(0.0,), daemon=True).start()
        case b"mark":
            SEEN.append("marked")
        case b"seen":
            return len(SEEN)
        case b"burn" | b"tick":
            end = time.process_time() + (0.05 if item == b"burn" else 0.003)
            digest = b""
            while time.process_time() < end:
                digest = hashlib.sha256(digest).digest()
            return item.decode()
    return len(item)


def _speak(delay):
    """Writes answers that nobody asked for, as code that took the worker over would."""
    time.sleep(delay)
    forged = pack([0, {"opened": True}, True, 0.0, 0.0]) + pack([1, "forged", 0.0, 0.0])
    while True:
        os.write(3, forged * 64)


def act_deep(depth):
    return act_deep(depth + 1) + 1
