"""A candidate's real process, forked without a sandbox, and a session with it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from verifier_server.verifiers.code.guest import candidate, frames
from verifier_server.verifiers.code.guest.session import Session


def start(order: dict[str, Any], descriptors: dict[int, int] | None = None) -> tuple[int, int]:
    """Forks a candidate and sends its order. Returns its pid and our end's descriptor."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            for target, source in (descriptors or {}).items():
                os.dup2(source, target)
            if not descriptors:
                null = os.open(os.devnull, os.O_RDWR)
                for target in range(3):
                    os.dup2(null, target)
            os.dup2(theirs.fileno(), candidate.CHANNEL)
            os.closerange(candidate.CHANNEL + 1, 64)
            candidate.main()
        finally:
            os._exit(99)
    theirs.close()
    frames.Channel(ours.fileno()).send(order)
    return pid, ours.detach()


@contextmanager
def loaded(source: str, **order: Any) -> Iterator[Session]:
    """A session whose candidate is loaded."""
    whole = {"files": {"solution.py": source}, "main": "solution", **order}
    pid, descriptor = start(whole)
    session = Session(frames.Channel(descriptor))
    try:
        failure = session.begin()
        assert failure is None, failure
        yield session
    finally:
        os.close(descriptor)
        os.waitpid(pid, 0)
