"""K's main: prepares a program once, then judges items, each in a fresh fork.

Promises: the boss protocol (`protocol.py`). Items do not see each other: the next one
begins when everything that the last one started is dead, unless the program cannot
leave a trace (`traces.py`). An item in a fork that overspends its
CPU budget, or crashes, is reported by the parent, which runs no task code itself
after the preparation.

Does not cover: containment, wall time, or candidates that hang: the worker watches.
"""

import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Mapping
from typing import Any

from sandboxes import seccomp

from . import workspace
from .budget import budget
from .draws import seed
from .protocol import EXIT_CPU, Prepared, Serve, receive, send
from .task_fault import TaskFault

BOSS = 3  # descriptor
IN_PROCESS = "in_process"  # the trust under which a candidate runs here
EXIT_ANSWERED = 86  # exit status of an item's process that sent its answer
RUNNERS = {
    "assert": "asserts",
    "judge": "judge",
    "pytest": "pytest_files",
    "unittest": "unittest_files",
    "scan": "scan",
}


def main() -> None:
    """Serves the worker on descriptor 3 until it closes its end, then ends the process."""
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, BOSS)
    serve_boss(channel)
    os._exit(0)


def serve_boss(channel: socket.socket) -> None:
    """Serves one group. Returns when the worker closed its end or there is nothing to serve."""
    request, _ = receive(channel)
    answer, prepared = _prepare(request)
    send(channel, answer)
    if prepared is None:
        return
    serve = prepared.serve
    if request["single"]:
        frame, descriptor = receive(channel)
        _serve_item(channel, serve, frame, descriptor, request)
        return
    gc.freeze()  # items do not write to the pages of what is there already
    gc.enable()  # they may leave cycles
    while True:
        try:
            frame, descriptor = receive(channel)
        except EOFError:
            return
        if prepared.forks:
            _serve_in_fork(channel, serve, frame, descriptor, request)
            continue
        _serve_item(channel, serve, frame, descriptor, request)
        if descriptor >= 0:
            os.close(descriptor)


def _prepare(request: Mapping[str, Any]) -> tuple[dict[str, Any], Prepared | None]:
    with budget(request["prepare_cpu_s"]):
        try:
            runner = importlib.import_module(f".{RUNNERS[request['kind']]}", __package__)
            if "random" in str(request):
                importlib.import_module("random")  # or items would seed it on their own
            prepared: Prepared = runner.prepare(request)
        except TaskFault as fault:
            return {"task_error": fault.frame()}, None
    answer = {
        "prepared": True,
        "names": prepared.names,
        "capture": prepared.capture,
        "forks": prepared.forks,
    }
    return answer, prepared


def _serve_item(
    channel: socket.socket,
    serve: Serve,
    frame: Mapping[str, Any],
    descriptor: int,
    request: Mapping[str, Any],
) -> None:
    seed()
    if request.get("trust") == IN_PROCESS:
        # What a candidate's processes use is counted by nobody here; it may start none elsewhere.
        seccomp.install_second_level()
    with budget(request["cpu_s"]):
        answer = serve(frame, descriptor)
    send(channel, answer)  # out of budget on purpose: the answer is whole, or there is none


def _serve_in_fork(
    channel: socket.socket,
    serve: Serve,
    frame: Mapping[str, Any],
    descriptor: int,
    request: Mapping[str, Any],
) -> None:
    child = os.fork()
    if not child:
        try:
            os.setpgid(0, 0)
            _serve_item(channel, serve, frame, descriptor, request)
            os._exit(EXIT_ANSWERED)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(1)
    if descriptor >= 0:
        os.close(descriptor)
    _, status = os.waitpid(child, 0)
    _kill_the_rest(child)
    workspace.sweep(child)
    code = os.waitstatus_to_exitcode(status)
    if code == EXIT_CPU:
        send(channel, {"checker_cpu": True})
    elif code != EXIT_ANSWERED:
        send(channel, {"crashed": code, "trust": request.get("trust", "")})


def _kill_the_rest(group: int) -> None:
    """Kills and reaps what an item left: all of the pid namespace where this is its init."""
    everything = -1 if os.getpid() == 1 else -group
    try:
        os.kill(everything, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    while True:
        try:
            os.waitpid(everything, 0)
        except ChildProcessError:
            return
