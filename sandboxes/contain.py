"""Containment, step by step from the outside in: what a process of a jail does to itself.

Promises: a child made by `clone` has its own pid and mount namespace; after
`fresh_tmp` a /tmp that dies with it; after `drop_privileges` no capability, and a
user id of its own where the jail maps several; after `limit` hard rlimits.

Does not cover: system calls (`seccomp.py`), or the order of the steps, which
belongs to whoever forks (`zygote.py` for workers, `disposable.py` for children).

Runs inside the jail, standard library only.
"""

import array
import ctypes
import fcntl
import os
import resource
import socket
from collections.abc import Collection, Sequence

from sandboxes.seccomp import HIGH_DESCRIPTOR, ZYGOTE_CLONE

FIRST_WORKER_UID = 1000  # inside the jail; each living child has its own
TMP_INODES = 256
MAX_FILES = 64
MAX_THREADS = 64
MAX_SIGNALS = 64  # queued, those of timers included

_SYS_CLONE = {"x86_64": 56, "aarch64": 220}
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000

# PyDLL holds the interpreter lock over the call, as os.fork does.
_libc = ctypes.PyDLL(None, use_errno=True)
_clone_call = _SYS_CLONE.get(os.uname().machine)


def clone(namespaces: bool) -> int:
    """Forks, into new pid and mount namespaces when asked. Returns as fork(2) does.

    Raises:
        OSError: the kernel refused.
    """
    if not namespaces:
        return os.fork()
    flags = ctypes.c_ulong(ZYGOTE_CLONE)
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = int(_libc.syscall(_clone_call, flags, 0, 0, 0, 0))
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone")
    return pid


def _mount(
    source: bytes | None, target: bytes, kind: bytes | None, flags: int, data: bytes
) -> None:
    if _libc.mount(source, target, kind, ctypes.c_ulong(flags), data or None):
        raise OSError(ctypes.get_errno(), f"mount {target!r}")


def fresh_tmp(tmp_bytes: int) -> None:
    """Gives the child a /tmp of its own that dies with it."""
    _mount(None, b"/", None, _MS_REC | _MS_PRIVATE, b"")
    options = b"size=%d,nr_inodes=%d,mode=1777" % (tmp_bytes, TMP_INODES)
    _mount(b"tmpfs", b"/tmp", b"tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options)


def drop_privileges(users: int, user: int) -> None:
    """Leaves the child with no capability, and with a user id of its own if it can have one.

    Args:
        users: how many users the jail maps for its children; 1 when it maps no range.
        user: which of them, from 0.
    """
    if users > 1:
        own = FIRST_WORKER_UID + user
        os.setgroups([])
        os.setresgid(own, own, own)
        os.setresuid(own, own, own)  # from 0 to another id clears every capability
    else:
        _clear_capabilities()


def free_user(taken: Collection[int], users: int) -> int:
    """The first of `users` users that nobody has; with more children than users, any."""
    return next((user for user in range(users) if user not in taken), 0)


def _clear_capabilities() -> None:
    """capset(2) with nothing, for a jail that maps one user only."""
    version_3 = 0x20080522
    header = (ctypes.c_uint32 * 2)(version_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if _libc.capset(ctypes.byref(header), ctypes.byref(nothing)):
        raise OSError(ctypes.get_errno(), "capset")


def limit(memory_bytes: int, file_bytes: int, users: int) -> None:
    """Hard rlimits: address space, size of files, descriptors, threads where they are counted."""
    amounts = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_NOFILE: MAX_FILES,
    }
    if users > 1:
        # Counted over every process of a user, so only where the user is the child's own.
        amounts[resource.RLIMIT_NPROC] = MAX_THREADS
    for what, amount in amounts.items():
        resource.setrlimit(what, (amount, amount))


def limit_signals() -> None:
    """A hard limit of queued signals, of timers too.

    They are counted over every process of a user. One of several children that share theirs
    could else use up so many that no other one could make the timer that ends it.
    """
    resource.setrlimit(resource.RLIMIT_SIGPENDING, (MAX_SIGNALS, MAX_SIGNALS))


def place(descriptors: Sequence[int]) -> None:
    """Makes `descriptors[i]` descriptor i, -1 /dev/null, and closes every other one."""
    null = os.open("/dev/null", os.O_RDWR)
    raised = [
        fcntl.fcntl(null if each < 0 else each, fcntl.F_DUPFD, HIGH_DESCRIPTOR)
        for each in descriptors
    ]
    for target, source in enumerate(raised):
        os.dup2(source, target)
    os.closerange(len(raised), 1 << 16)


def discard_errors() -> None:
    """Makes standard error /dev/null: from here on nobody is to write to the jail's log."""
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 2)
    os.close(null)


def high(own: socket.socket) -> socket.socket:
    """The same socket on a descriptor from HIGH_DESCRIPTOR on (`seccomp.zygote_program`)."""
    number = fcntl.fcntl(own, fcntl.F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR)
    own.close()
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, number)


def receive(channel: socket.socket, size: int, most: int) -> tuple[bytes, list[int]]:
    """One datagram and the descriptors that came with it (cmsg(3)); b"" at the end."""
    room = socket.CMSG_SPACE(most * array.array("i").itemsize)
    data, ancillary, _, _ = channel.recvmsg(size, room)
    descriptors = array.array("i")
    for _, _, content in ancillary:
        descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return data, descriptors.tolist()
