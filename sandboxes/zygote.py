"""The warm process inside a jail: imports once, forks children that run one job stream.

Promises: it never reads a payload and never runs hostile work. A child has its
own pid and mount namespace, its own session and user id where the jail maps
several, a fresh /tmp, no capabilities, both seccomp levels and hard rlimits
before it reads its first byte. When the host closes the control socket, or this
process dies, the kernel kills every child.

Does not cover: what the child then does (`worker.py`), and budgets of single
items, which the child's timer and the host's watch enforce.

Runs inside the jail; itself it needs the standard library only. Started as
`python zygote.py CONTROL_FD CONFIG_JSON`; the control socket is
SEQPACKET and carries one JSON object a datagram:

    host to zygote   {"op": "fork", "id": n} with the child's channel as SCM_RIGHTS
                     {"op": "kill", "id": n}
    zygote to host   {"op": "ready"}, then {"op": "exit", "id": n,
                     "status": wait status, "cpu_s": s, "max_rss": bytes}
"""

import array
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
from dataclasses import dataclass

from sandboxes import seccomp
from sandboxes import worker as body

CONTROL_BYTES = 4096
FIRST_WORKER_UID = 1000  # inside the jail; each living child has its own
TMP_INODES = 256
MAX_FILES = 64
MAX_THREADS = 64
EXIT_SETUP = 97  # the child could not be contained, and ran nothing
CHANNEL_FD = 3

_CLONE_NEWNS, _CLONE_NEWPID = 0x00020000, 0x20000000
_SYS_CLONE = {"x86_64": 56, "aarch64": 220}
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000


@dataclass(frozen=True)
class Config:
    """What the host decided. Bytes and counts; `users` is the size of the mapped range."""

    preload: tuple[str, ...]
    handler: str
    namespaces: bool
    users: int
    memory_bytes: int
    tmp_bytes: int


def _libc() -> ctypes.PyDLL:
    # PyDLL holds the interpreter lock over the call, as os.fork does.
    return ctypes.PyDLL(None, use_errno=True)


def _clone(namespaces: bool) -> int:
    """Forks, into new pid and mount namespaces when asked. Returns as fork(2) does."""
    if not namespaces:
        return os.fork()
    flags = ctypes.c_ulong(signal.SIGCHLD | _CLONE_NEWPID | _CLONE_NEWNS)
    libc = _libc()
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = int(libc.syscall(_SYS_CLONE[os.uname().machine], flags, 0, 0, 0, 0))
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
    if _libc().mount(source, target, kind, ctypes.c_ulong(flags), data or None):
        raise OSError(ctypes.get_errno(), f"mount {target!r}")


def _fresh_tmp(tmp_bytes: int) -> None:
    """Gives the child a /tmp of its own that dies with it."""
    _mount(None, b"/", None, _MS_REC | _MS_PRIVATE, b"")
    options = b"size=%d,nr_inodes=%d,mode=1777" % (tmp_bytes, TMP_INODES)
    _mount(b"tmpfs", b"/tmp", b"tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options)


def _drop_privileges(config: Config, user: int) -> None:
    """Leaves the child with no capability, and with a user id of its own if it can have one."""
    if config.users > 1:
        own = FIRST_WORKER_UID + user
        os.setgroups([])
        os.setresgid(own, own, own)
        os.setresuid(own, own, own)  # from 0 to another id clears every capability
    else:
        _clear_capabilities()


def _clear_capabilities() -> None:
    """capset(2) with nothing, for a jail that maps one user only."""
    version_3 = 0x20080522
    header = (ctypes.c_uint32 * 2)(version_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if _libc().capset(ctypes.byref(header), ctypes.byref(nothing)):
        raise OSError(ctypes.get_errno(), "capset")


def _limit(config: Config) -> None:
    """Hard rlimits. The CPU of single items is not among them: it is counted to the millisecond."""
    amounts = {
        resource.RLIMIT_AS: config.memory_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: config.tmp_bytes if config.namespaces else 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_NOFILE: MAX_FILES,
    }
    if config.users > 1:
        # Counted over every process of a user, so only where the user is the child's own.
        amounts[resource.RLIMIT_NPROC] = MAX_THREADS
    for what, amount in amounts.items():
        resource.setrlimit(what, (amount, amount))


def _run_child(config: Config, user: int, channel: int) -> None:
    """Contains the calling child, step by step from the outside in, then serves its channel."""
    os.dup2(channel, CHANNEL_FD, inheritable=False)
    os.closerange(CHANNEL_FD + 1, 1 << 16)
    os.setsid()
    if config.namespaces:
        _fresh_tmp(config.tmp_bytes)
        _drop_privileges(config, user)
        os.chdir("/tmp")  # noqa: S108 - the jail's own
    _limit(config)
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    seccomp.install_second_level()
    body.serve(CHANNEL_FD, config.handler)


def _fork_child(config: Config, worker: int, user: int, channel: int) -> int:
    pid = _clone(config.namespaces)
    if pid:
        return pid
    try:
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        _run_child(config, user, channel)
    except BaseException as error:
        print(f"worker {worker}: {error!r}", file=sys.stderr, flush=True)
        os._exit(EXIT_SETUP)
    os._exit(0)


class Zygote:
    """The control loop: forks and kills children on request, and reports their ends."""

    def __init__(self, control: socket.socket, config: Config) -> None:
        self._control = control
        self._config = config
        self._children: dict[int, int] = {}  # pid to id
        self._users: dict[int, int] = {}  # pid to user, counted from FIRST_WORKER_UID
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def run(self) -> None:
        """Serves until the host closes the control socket."""
        signal.set_wakeup_fd(self._wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == self._wake_read:
                    os.read(self._wake_read, CONTROL_BYTES)
                    self._reap()
                elif not self._obey():
                    return

    def _send(self, **message: object) -> None:
        self._control.send(json.dumps(message).encode())

    def _obey(self) -> bool:
        room = socket.CMSG_SPACE(array.array("i").itemsize)
        data, ancillary, _, _ = self._control.recvmsg(CONTROL_BYTES, room)
        if not data:
            return False
        message = json.loads(data)
        channels = array.array("i")
        for _, _, content in ancillary:
            channels.frombytes(content)
        if message["op"] == "fork":
            self._fork(message["id"], channels[0])
        else:
            for pid, worker in self._children.items():
                if worker == message["id"]:
                    os.kill(pid, signal.SIGKILL)
        return True

    def _fork(self, worker: int, channel: int) -> None:
        try:
            user = self._free_user()
            pid = _fork_child(self._config, worker, user, channel)
        except OSError as error:
            print(f"worker {worker}: {error!r}", file=sys.stderr, flush=True)
            self._send(op="exit", id=worker, status=EXIT_SETUP << 8, cpu_s=0.0, max_rss=0)
        else:
            self._children[pid] = worker
            self._users[pid] = user
        finally:
            os.close(channel)

    def _free_user(self) -> int:
        """The first user that no living child runs as; with more children than users, any."""
        taken = set(self._users.values())
        free = (user for user in range(self._config.users) if user not in taken)
        return next(free, 0)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            worker = self._children.pop(pid, None)
            self._users.pop(pid, None)
            if worker is not None:
                cpu_s = usage.ru_utime + usage.ru_stime
                rss = usage.ru_maxrss * 1024
                self._send(op="exit", id=worker, status=status, cpu_s=cpu_s, max_rss=rss)


def main() -> None:
    """Entry point: `zygote.py CONTROL_FD CONFIG_JSON`."""
    control = socket.socket(fileno=int(sys.argv[1]))
    raw = json.loads(sys.argv[2])
    config = Config(**{**raw, "preload": tuple(raw["preload"])})
    for module in config.preload:
        importlib.import_module(module)
    # What is imported stays shared with every child: keep the collector off its pages.
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"op": "ready"}).encode())
    Zygote(control, config).run()


if __name__ == "__main__":
    main()
