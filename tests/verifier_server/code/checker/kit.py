"""Checkers and candidates in plain processes, without a sandbox.

They are forked from one fresh interpreter that imported what the jails' zygotes would
have, not from pytest.
"""

import contextlib
import importlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from verifier_server import jails
from verifier_server.verifiers.code.guest import frames
from verifier_server.verifiers.code.guest.checker import protocol

GUEST = "verifier_server.verifiers.code.guest"
ROLES = {"checker": f"{GUEST}.checker.main", "candidate": f"{GUEST}.candidate"}
LAST = 3  # a child's last descriptor


def nursery(control: int) -> None:
    """Forks a child for each request on a socket: its role, with its descriptor 3 attached."""
    mains = {role: importlib.import_module(name).main for role, name in ROLES.items()}
    for name in jails.FRAMEWORKS_PRELOAD:
        module, _, function = name.replace("guest.", f"{GUEST}.", 1).partition(":")
        imported = importlib.import_module(module)
        if function:
            getattr(imported, function)()
    with socket.socket(fileno=control) as channel:
        while True:
            data, descriptors, _, _ = socket.recv_fds(channel, 4096, 1)
            if not data:
                return
            request = json.loads(data)
            if "wait" in request:
                _, status = os.waitpid(request["wait"], 0)
                channel.sendall(json.dumps(os.waitstatus_to_exitcode(status)).encode())
                continue
            child = os.fork()
            if not child:
                os.dup2(descriptors[0], LAST)
                os.closerange(LAST + 1, 64)
                mains[request["role"]]()
                os._exit(0)
            os.close(descriptors[0])
            channel.sendall(json.dumps(child).encode())


class Nursery:
    """Starts children, and tells how they ended."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        code = f"from {__name__} import nursery; nursery({theirs.fileno()})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        theirs.close()
        self._control = ours

    def start(self, role: str) -> tuple[int, socket.socket]:
        """A child's process id, and the other end of its descriptor 3."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [json.dumps({"role": role}).encode()], [theirs.fileno()])
        return json.loads(self._control.recv(4096)), ours

    def wait(self, child: int) -> int:
        """Its exit code."""
        self._control.sendall(json.dumps({"wait": child}).encode())
        return int(json.loads(self._control.recv(4096)))

    def close(self) -> None:
        """Ends the nursery."""
        self._control.close()
        self._process.wait()


class Checker:
    """One K, prepared with a group's first frame. `prepared` is its answer."""

    def __init__(self, nursery: Nursery, channel: socket.socket, child: int) -> None:
        self._nursery = nursery
        self.channel = channel
        self.child = child
        self.prepared: dict[str, Any] = {}

    def ask(self, frame: Mapping[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        """The answer to one frame. Raises EOFError when K ended in its place."""
        protocol.send(self.channel, frame, descriptors)
        answer, _ = protocol.receive(self.channel)
        return dict(answer)

    def judge(self, source: str | Mapping[str, str], main: str = "solution") -> dict[str, Any]:
        """The answer to a completion, given as one file's text or several by name."""
        files = {f"{main}.py": source} if isinstance(source, str) else dict(source)
        child, channel = self._nursery.start("candidate")
        with channel, contextlib.suppress(frames.PeerGone):
            order = {"files": files, "main": main, "script": False}
            order["capture"] = self.prepared["capture"]
            frames.Channel(channel.fileno()).send(order)
            answer = self.ask({}, [channel.fileno()])
        self._nursery.wait(child)
        return answer

    def judge_here(self, source: str | Mapping[str, str], main: str = "solution") -> dict[str, Any]:
        """As `judge`, for a checker with the lower trust."""
        files = {f"{main}.py": source} if isinstance(source, str) else dict(source)
        return self.ask({"files": files, "main": main})


DEFAULTS: dict[str, dict[str, Any]] = {
    "assert": {"setup": "", "entry_points": [], "partial": False, "trust": "proxies"},
    "pytest": {"trust": "proxies"},
    "unittest": {"trust": "proxies"},
    "judge": {},
    "scan": {},
}


@contextlib.contextmanager
def checker(nursery: Nursery, kind: str, **fields: Any) -> Iterator[Checker]:
    """A K for one group."""
    child, channel = nursery.start("checker")
    request = {
        "kind": kind,
        "cpu_s": 5.0,
        "prepare_cpu_s": 10.0,
        "single": False,
        "modules": ["solution"],
        **DEFAULTS[kind],
        **fields,
    }
    with channel:
        started = Checker(nursery, channel, child)
        started.prepared = started.ask(request)
        yield started
    nursery.wait(child)
