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

    host to zygote   {"op": "fork", "id": n, "links": [names]} with the child's channel
                     and its links (`children.py`), in that order, as SCM_RIGHTS
                     {"op": "kill", "id": n}
    zygote to host   {"op": "ready"}, then {"op": "exit", "id": n,
                     "status": wait status, "cpu_s": s, "max_rss": bytes}
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sandboxes import contain, seccomp
from sandboxes import worker as body

CONTROL_BYTES = 4096
MAX_LINKS = 16  # jails of disposable children that one worker may have links to
EXIT_SETUP = 97  # the child could not be contained, and ran nothing
CHANNEL_FD = 3


@dataclass(frozen=True)
class Config:
    """What the host decided. Bytes and counts; `users` is the size of the mapped range."""

    preload: tuple[str, ...]
    handler: str
    namespaces: bool
    users: int
    memory_bytes: int
    tmp_bytes: int


def _run_child(config: Config, user: int, descriptors: Sequence[int], links: Sequence[str]) -> None:
    """Contains the calling child, step by step from the outside in, then serves its channel."""
    contain.place([-1, -1, 2, *descriptors])
    os.setsid()
    if config.namespaces:
        contain.fresh_tmp(config.tmp_bytes)
        contain.drop_privileges(config.users, user)
        os.chdir("/tmp")  # noqa: S108 - the jail's own
    contain.limit(config.memory_bytes, config.tmp_bytes if config.namespaces else 0, config.users)
    contain.discard_errors()
    # A worker hands descriptors to its disposable children; it receives none.
    seccomp.install_second_level(
        seccomp.Rules(may=frozenset({"sendmsg"}) if links else frozenset())
    )
    body.serve(CHANNEL_FD, config.handler, dict(zip(links, count(CHANNEL_FD + 1), strict=False)))


def _fork_child(
    config: Config, worker: int, user: int, descriptors: Sequence[int], links: Sequence[str]
) -> int:
    pid = contain.clone(config.namespaces)
    if pid:
        return pid
    try:
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        _run_child(config, user, descriptors, links)
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
        data, descriptors = contain.receive(self._control, CONTROL_BYTES, 1 + MAX_LINKS)
        if not data:
            return False
        message = json.loads(data)
        if message["op"] == "fork":
            self._fork(message["id"], descriptors, message["links"])
        else:
            for pid, worker in self._children.items():
                if worker == message["id"]:
                    os.kill(pid, signal.SIGKILL)
        return True

    def _fork(self, worker: int, descriptors: Sequence[int], links: Sequence[str]) -> None:
        try:
            user = contain.free_user(set(self._users.values()), self._config.users)
            pid = _fork_child(self._config, worker, user, descriptors, links)
        except OSError as error:
            print(f"worker {worker}: {error!r}", file=sys.stderr, flush=True)
            self._send(op="exit", id=worker, status=EXIT_SETUP << 8, cpu_s=0.0, max_rss=0)
        else:
            self._children[pid] = worker
            self._users[pid] = user
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

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
