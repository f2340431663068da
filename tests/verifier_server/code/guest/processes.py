"""A candidate's real process, without a sandbox, and a session with it."""

import functools
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from verifier_server.verifiers.code.guest import frames
from verifier_server.verifiers.code.guest.faults import LoadFailure
from verifier_server.verifiers.code.guest.session import Session


@functools.cache
def _zygote() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    subprocess.Popen(
        [sys.executable, "-m", "tests.verifier_server.code.guest.zygote", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    theirs.close()
    return ours


def start(order: dict[str, Any], stdin: int, stdout: int, stderr: int) -> tuple[int, int]:
    """Starts a candidate and sends its order. Returns its pid and our end of its channel."""
    ours, theirs = socket.socketpair()
    socket.send_fds(_zygote(), [b"start"], [stdin, stdout, stderr, theirs.fileno()])
    pid = int(_zygote().recv(64))
    theirs.close()
    frames.Channel(ours.fileno()).send(order)
    return pid, ours.detach()


def ended(pid: int) -> int:
    """Waits for a candidate's end. Returns its exit code as `Popen.returncode` gives it."""
    _zygote().send(str(pid).encode())
    return int(_zygote().recv(64))


@contextmanager
def begun(order: dict[str, Any]) -> Iterator[tuple[Session, LoadFailure | None]]:
    null = os.open(os.devnull, os.O_RDWR)
    pid, descriptor = start(order, null, null, null)
    os.close(null)
    session = Session(frames.Channel(descriptor))
    try:
        yield session, session.begin()
    finally:
        os.close(descriptor)
        ended(pid)


@contextmanager
def loaded(source: str, **order: Any) -> Iterator[Session]:
    """A session whose candidate is loaded."""
    with begun({"files": {"solution.py": source}, "main": "solution", **order}) as (session, why):
        assert why is None, why
        yield session


def load_failure(source: str) -> LoadFailure:
    order = {"files": {"solution.py": source}, "main": "solution"}
    with begun(order) as (_, why):
        assert why is not None
        return why


@dataclass(frozen=True)
class Ran:
    code: int
    stdout: bytes
    stderr: str


def script(source: str, stdin: bytes = b"", **more: Any) -> Ran:
    """Runs a script with pipes, its whole input given beforehand."""
    order = {"files": {"main.py": source}, "main": "main", "script": True, **more}
    inner, outer = os.pipe()
    os.write(outer, stdin)
    os.close(outer)
    read_out, out = os.pipe()
    read_err, err = os.pipe()
    pid, channel = start(order, inner, out, err)
    for descriptor in (inner, out, err):
        os.close(descriptor)
    with open(read_out, "rb") as stdout, open(read_err, encoding="utf-8") as stderr:
        ran = stdout.read(), stderr.read()
    os.close(channel)
    return Ran(ended(pid), *ran)
