"""The self-check's handler: an item names a probe, which a worker or a child of its tries.

Promises: as `probes.py`: what came of it, as plain data, and no opinion.

Runs inside the jail, as a handler of the pool.
"""

import json
import os
import select
import socket
from collections.abc import Callable

from sandboxes.children import ChildLimits
from sandboxes.probes import attempt
from sandboxes.worker import children

CHILD = b"child: "  # before the name of a probe that a disposable child is to try
CHILD_JAIL = "probed"
CHILD_CPU_S = 0.3
CHILD_IDLE_S = 0.7  # of waiting, after which a child is ended
_CHILD_MEMORY_BYTES = 512 << 20
_ANSWER_BYTES = 1 << 16


def _in_child(item: bytes) -> dict[str, object]:
    """Has a disposable child try a probe. Returns its answer, and how it ended."""
    nest = children()
    if nest is None:
        raise RuntimeError("this worker has no disposable children")
    nest.reset_quiet()
    ours, theirs = socket.socketpair()
    limits = ChildLimits(CHILD_CPU_S, _CHILD_MEMORY_BYTES)
    with ours:
        with theirs:
            started = nest.start(CHILD_JAIL, limits, [-1, -1, -1, theirs.fileno()])
        os.write(ours.fileno(), item)
        while started.exit is None:
            nest.wait({})
            if nest.quiet_s > CHILD_IDLE_S:
                started.kill()
        # A child that died unheard leaves a reset, not an end, behind.
        readable = bool(select.select([ours], [], [], 0)[0])
        try:
            answer = os.read(ours.fileno(), _ANSWER_BYTES) if readable else b""
        except ConnectionResetError:
            answer = b""
    return {
        "answer": json.loads(answer) if answer else None,
        "code": started.exit.code,
        "cpu_s": started.exit.cpu_s,
        "cpu_exhausted": started.exit.cpu_exhausted,
        "idle": nest.quiet_s > CHILD_IDLE_S,
    }


def _attempt(item: bytes) -> list[object]:
    if item.startswith(CHILD):
        return [True, _in_child(item.removeprefix(CHILD))]
    return attempt(item)


def open_job(setup: object) -> tuple[object, Callable[[bytes], list[object]]]:
    """The handler (see `worker.py`)."""
    return setup, _attempt
