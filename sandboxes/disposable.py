"""The warm process of a jail of disposable children: forked ahead, used once, gone.

Promises: a child is contained before it hears of its work: own pid and mount
namespace, session, user id where the jail maps several, fresh /tmp, the system call
filter. Its limits and its descriptors come with the one message
that it ever receives; then it calls the jail's entry and never returns. How it
ended, the CPU it used and its peak memory are the kernel's word (wait4(2)), less
what containment cost. This process never reads what the descriptors carry, and
runs nothing hostile. When a client hangs up its children are killed; a child's
death takes all its descendants with it (pid_namespaces(7)).

Does not cover: what a child runs (its entry does), waiting without using CPU
(`children.py` asks the host), or who the clients are (`nursery.py` links them).

Runs inside the jail, standard library only. Of sockets it uses sendmsg, recvmsg,
read and write: the rest is filtered away for its children, and so for itself.
Started as `python disposable.py CONTROL_FD CONFIG_JSON`. Sockets are SEQPACKET,
one JSON object a datagram:

    host to zygote    {"op": "client"} with the client's socket as SCM_RIGHTS
    zygote to host    {"op": "ready"}
    client to zygote  {"op": "start", "id": n, "cpu_s": s, "memory_bytes": n,
                      "places": [i...], "count": n} with the descriptors that
                      become the child's i... as SCM_RIGHTS; the rest of its first
                      n are /dev/null
                      {"op": "kill", "id": n}, {"op": "where", "id": n}
    zygote to client  {"op": "exit", "id": n, "status": wait status, "cpu_s": s,
                      "max_rss": bytes, "ran": whether the entry was reached}
                      {"op": "where", "id": n, "pid": in this namespace, "cpu_s": s}
"""

import _signal  # type: ignore[import-not-found]  # what `signal` wraps; typeshed has it not
import gc
import importlib
import json
import math
import os
import platform
import random
import resource
import select
import signal
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sandboxes import contain, seccomp
from sandboxes.cputimer import CpuTimer

MESSAGE_BYTES = 4096
MAX_DESCRIPTORS = 16  # that a client may hand to one child
EXIT_SETUP = 97  # the child could not be contained, and ran nothing
CPU_RESERVE_S = 1  # between the child's own timer and the kernel's hard limit, in whole seconds

_BASELINE = struct.Struct("=d")

Entry = Callable[[], None]


class Config(NamedTuple):
    """What the host decided.

    `entry` is "module:function"; `preload` are modules imported
    once, and functions of modules called once ("module:function"); `users` is
    the size of the mapped range; `file_bytes` the largest file that a child may
    write; `warm` how many children wait at a time. `may` and `processes` are
    those of `seccomp.Rules`.
    """

    entry: str
    preload: tuple[str, ...]
    users: int
    tmp_bytes: int
    file_bytes: int
    warm: int
    may: tuple[str, ...]
    processes: bool

    def rules(self) -> seccomp.Rules:
        """How the children differ from the strictest second level."""
        return seccomp.Rules(frozenset(self.may), self.processes)


class _Child(NamedTuple):
    """A child: its user, our end of its socket and, once it has work, for whom that is."""

    user: int
    own: socket.socket
    client: int = -1
    number: int = -1


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def arrange(places: Sequence[int], count: int, descriptors: Sequence[int]) -> list[int]:
    """The descriptors by place, -1 where there is none."""
    found = [-1] * count
    for place, descriptor in zip(places, descriptors, strict=True):
        found[place] = descriptor
    return found


class Template:
    """All that a child needs, made ready before the first fork."""

    def __init__(self, config: Config) -> None:
        self.config = config
        module, _, function = config.entry.partition(":")
        self.entry: Entry = getattr(importlib.import_module(module), function)

    def live(self, user: int, own: socket.socket) -> None:
        """The whole life of the calling child."""
        config = self.config
        os.setsid()
        contain.fresh_tmp(config.tmp_bytes)
        contain.drop_privileges(config.users, user)
        os.chdir("/tmp")  # noqa: S108 - the jail's own
        # What else this process holds of its parent's is closed before anything hostile runs.
        data, descriptors = contain.receive(own, MESSAGE_BYTES, MAX_DESCRIPTORS)
        if not data:
            os._exit(0)
        order = json.loads(data)
        last = order["count"]
        contain.place([*arrange(order["places"], last, descriptors), own.detach()])
        timer = CpuTimer()
        contain.limit(order["memory_bytes"], config.file_bytes, config.users)
        if not config.processes:
            contain.limit_signals()
        random.seed(0)  # the fork seeded it from the kernel (random.py)
        spent = _cpu_seconds()
        hard = math.ceil(spent + order["cpu_s"]) + CPU_RESERVE_S
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
        os.write(last, _BASELINE.pack(spent))
        os.close(last)
        timer.arm(order["cpu_s"])
        self.entry()


class Nest:
    """The control loop: keeps children ready, hands them work, reports their ends."""

    def __init__(self, control: socket.socket, template: Template) -> None:
        self._control = control
        self._template = template
        self._config = template.config
        self._ready: deque[int] = deque()
        self._children: dict[int, _Child] = {}  # by pid
        self._clients: dict[int, socket.socket] = {}  # by descriptor
        self._poll = select.poll()
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def run(self) -> None:
        """Serves until the host closes the control socket."""
        signal.set_wakeup_fd(self._wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poll.register(self._control, select.POLLIN)
        self._poll.register(self._wake_read, select.POLLIN)
        while True:
            while len(self._ready) < self._config.warm:
                self._fork()
            for descriptor, _ in self._poll.poll():
                if descriptor == self._wake_read:
                    os.read(self._wake_read, MESSAGE_BYTES)
                    self._reap()
                elif descriptor == self._control.fileno():
                    if not self._welcome():
                        return
                elif descriptor in self._clients:
                    self._obey(descriptor)

    def _fork(self) -> None:
        taken = {child.user for child in self._children.values()}
        user = contain.free_user(taken, self._config.users)
        pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours, theirs = (contain.high(each) for each in pair)
        pid = contain.clone(namespaces=True)
        if pid == 0:
            try:
                # Not by `signal`, whose wrappers touch pages that nothing else needs. Python's
                # own handlers stay: a candidate finds them as in any interpreter.
                _signal.set_wakeup_fd(-1)
                _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
                self._template.live(user, theirs)
            except BaseException as error:
                print(f"a child: {error!r}", file=sys.stderr, flush=True)
                os._exit(EXIT_SETUP)
            os._exit(0)
        theirs.close()
        ours.setblocking(False)
        self._children[pid] = _Child(user, ours)
        self._ready.append(pid)

    def _welcome(self) -> bool:
        """Takes a client in. Returns whether the host is still there."""
        data, descriptors = contain.receive(self._control, MESSAGE_BYTES, 1)
        for descriptor in descriptors:
            client = contain.high(socket.socket(fileno=descriptor))
            client.setblocking(False)  # one that does not read must not hold up the others
            self._clients[client.fileno()] = client
            self._poll.register(client, select.POLLIN)
        return bool(data)

    def _obey(self, client: int) -> None:
        """One message of a client, or its end."""
        try:
            data, descriptors = contain.receive(
                self._clients[client], MESSAGE_BYTES, MAX_DESCRIPTORS
            )
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if not data:
            self._part(client)
            return
        message = json.loads(data)
        if message["op"] == "start":
            self._start(client, message, descriptors)
            return
        for pid, child in self._children.items():
            if child.client == client and child.number == message["id"]:
                if message["op"] == "kill":
                    os.kill(pid, signal.SIGKILL)
                else:
                    cpu_s = time.clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3)
                    self._tell(client, op="where", id=child.number, pid=pid, cpu_s=cpu_s)
                return

    def _part(self, client: int) -> None:
        self._poll.unregister(client)
        self._clients.pop(client).close()
        for pid, child in list(self._children.items()):
            if child.client == client:
                os.kill(pid, signal.SIGKILL)
                self._children[pid] = _Child(child.user, child.own)

    def _start(self, client: int, message: dict[str, Any], descriptors: Sequence[int]) -> None:
        try:
            order = json.dumps(message).encode()
            rights = [
                (
                    socket.SOL_SOCKET,
                    socket.SCM_RIGHTS,
                    struct.pack(f"{len(descriptors)}i", *descriptors),
                )
            ]
            while True:
                if not self._ready:
                    self._fork()
                pid = self._ready.popleft()
                child = self._children[pid]
                try:
                    child.own.sendmsg([order], rights)
                except OSError:
                    continue  # it died while it waited; its end is reported to nobody
                self._children[pid] = _Child(child.user, child.own, client, message["id"])
                return
        except OSError as error:
            print(f"no child: {error!r}", file=sys.stderr, flush=True)
            status = EXIT_SETUP << 8
            self._tell(
                client, op="exit", id=message["id"], status=status, cpu_s=0.0, max_rss=0, ran=False
            )
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _tell(self, client: int, **message: object) -> None:
        try:
            os.write(client, json.dumps(message).encode())
        except OSError:  # it hung up, or does not read: it could not rely on what it is told
            self._part(client)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            child = self._children.pop(pid)
            if child.client in self._clients:
                self._report(child, status, usage)
            elif pid in self._ready:
                self._ready.remove(pid)
            child.own.close()

    def _report(self, child: _Child, status: int, usage: resource.struct_rusage) -> None:
        try:
            before = os.read(child.own.fileno(), _BASELINE.size)
        except OSError:
            before = b""
        ran = len(before) == _BASELINE.size
        spent = _BASELINE.unpack(before)[0] if ran else 0.0
        self._tell(
            child.client,
            op="exit",
            id=child.number,
            status=status,
            cpu_s=max(0.0, usage.ru_utime + usage.ru_stime - spent),
            max_rss=usage.ru_maxrss * 1024,
            ran=ran,
        )


def main() -> None:
    """Entry point: `disposable.py CONTROL_FD CONFIG_JSON`."""
    control = contain.high(socket.socket(fileno=int(sys.argv[1])))
    raw = json.loads(sys.argv[2])
    config = Config(**{**raw, "preload": tuple(raw["preload"]), "may": tuple(raw["may"])})
    for name in config.preload:
        module, _, function = name.partition(":")
        imported = importlib.import_module(module)
        if function:
            getattr(imported, function)()
    template = Template(config)
    seccomp.install(seccomp.zygote_program(platform.machine(), config.rules()))
    # What is imported stays shared with every child: keep the collector off its pages.
    gc.collect()
    gc.freeze()
    gc.disable()
    os.write(control.fileno(), json.dumps({"op": "ready"}).encode())
    Nest(control, template).run()


if __name__ == "__main__":
    main()
