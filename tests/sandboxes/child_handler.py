"""A handler whose items are children to run: [jail, command, cpu_s, memory_bytes, how].

Runs inside the jail of workers.
"""

import contextlib
import json
import os
import select
import socket
import time

from sandboxes.children import ChildLimits
from sandboxes.worker import children

IDLE_S = 0.6
UNTOLD_IDLE_S = 0.05  # where the host cannot tell: a twentieth of a second for each second
STARTED = {}


def open_job(setup):
    return sorted(children().jails), judge


def judge(item):
    jail, command, cpu_s, memory_bytes, how = json.loads(item)
    nest = children()
    nest.reset_quiet()
    ours, theirs = socket.socketpair()
    out_read, out_write = os.pipe()
    child = nest.start(jail, ChildLimits(cpu_s, memory_bytes), [-1, out_write, -1, theirs.fileno()])
    theirs.close()
    os.close(out_write)
    # A child whose jail was killed meanwhile does not listen; `wait` says what became of it.
    with contextlib.suppress(ConnectionError):
        os.write(ours.fileno(), command.encode())
    if how == "leave":
        ours.detach()
        return "left"
    if how == "kill":
        child.kill()
    answer, out, idle, began = b"", 0, False, time.monotonic()
    watched = {ours.fileno(): select.POLLIN, out_read: select.POLLIN}
    while child.exit is None:
        for descriptor in nest.wait(watched):
            data = _read(descriptor)
            if not data:
                del watched[descriptor]
            elif descriptor == out_read:
                out += len(data)
            else:
                answer += data
        if nest.quiet_s > (UNTOLD_IDLE_S if how == "untold" else IDLE_S):
            idle = True
            child.kill()
    for descriptor in watched:
        while data := _read(descriptor):
            if descriptor == out_read:
                out += len(data)
            else:
                answer += data
    ours.close()
    os.close(out_read)
    end = child.exit
    return {
        "answer": json.loads(answer) if answer else None,
        "out": out,
        "idle": idle,
        "code": end.code,
        "cpu_s": end.cpu_s,
        "rss": end.max_rss_bytes,
        "exhausted": end.cpu_exhausted,
        "wall_s": time.monotonic() - began,
    }


def _read(descriptor):
    """What there is to read; nothing where the other side is gone without a word."""
    try:
        return os.read(descriptor, 1 << 16)
    except ConnectionError:
        return b""
