"""Tests that are programs (assert, pytest, unittest): a candidate beside a checker.

Promises: the candidate's process gets its order and then talks to the checker alone;
this process hears the checker's word and sees both ends. Where the checker runs out
of CPU, crashes twice or never ends, although the candidate kept its limits, the
result is UNDECIDED with value 0: a candidate's answers may have led it there.

Does not cover: what the tests do (`guest/checker`).
"""

import contextlib
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier_server.contract import Verdict
from verifier_server.verifiers.code.guest.frames import PeerGone
from verifier_server.verifiers.code.runs import answers, endings
from verifier_server.verifiers.code.runs.candidate import Budgets, Candidate, Ended, Purse
from verifier_server.verifiers.code.runs.channel import CandidateFraming, FrameChannel
from verifier_server.verifiers.code.runs.checker import Checker, Outcome, Reply, task_error
from verifier_server.verifiers.code.runs.loop import Loop
from verifier_server.verifiers.code.runs.result import Found
from verifier_server.verifiers.code.score import Failure
from verifier_server.verifiers.code.task import AssertChecks, FileChecks, Task

ATTEMPTS = 2  # a checker that crashes once may have met with an accident

UNDECIDED = {
    Outcome.CPU: ("checker_cpu_limit", "the tests used up their own CPU time"),
    Outcome.CRASHED: ("checker_crashed", "the tests' own process crashed"),
    Outcome.SILENT: ("checker_idle", "the tests waited for something that never came"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where candidates run: the loop, the jail's name, their limits, and who pays."""

    loop: Loop
    jail: str
    budgets: Budgets
    purse: Purse


def program_frame(task: Task) -> dict[str, Any]:
    """What a checker prepares for the tests of a task."""
    common = {
        "modules": _modules(task),
        "trust": "in_process" if task.in_process else "proxies",
    }
    match task.checks:
        case AssertChecks() as checks:
            sources = [each.source for each in checks.programs]
            return {
                **common,
                "kind": "assert",
                "setup": checks.setup,
                "tests": sources[0] if checks.single else sources,
                "entry_points": [each.name for each in checks.entry_points],
                "partial": task.partial_credit,
            }
        case FileChecks(files):
            return {**common, "kind": task.mode.value, "files": dict(files)}
        case _:
            raise TypeError(f"mode {task.mode} has no test programs")


def run_programs(place: Place, task: Task, checker: Checker, files: Mapping[str, str]) -> Found:
    """Runs a candidate against its tests.

    Raises:
        TaskError: the tests ask for what cannot be had.
        CheckerFault: the checker is broken.
    """
    if task.in_process:
        return _run_in_process(task, checker, files)
    for _ in range(ATTEMPTS):
        reply, ended = _attempt(place, task, checker, files)
        if reply.outcome is not Outcome.CRASHED or endings.overspent(ended):
            break
    streams = Found.streams(ended)
    spent = endings.overspent(ended)
    if reply.outcome is not Outcome.ANSWERED:
        # A checker that waits on when a silent candidate was ended did not wait for it.
        blocked = spent or Failure(Verdict.UNDECIDED, *UNDECIDED[reply.outcome])
        return Found(None, blocked, **streams)
    if reply.body.get("task_error") is not None and spent is None:
        raise task_error(reply.body["task_error"])
    if reply.body.get("task_error") is not None:
        return Found(None, spent, **streams)
    said = answers.read(reply.body, _weights(task), ended)
    return Found(
        said.tests,
        spent or said.blocked,
        compiles=said.compiles,
        traceback=said.traceback,
        privileged=said.privileged,
        **streams,
    )


def open_session(
    place: Place, order: Mapping[str, Any], *, stdin: bytes | None = None
) -> tuple[Candidate, FrameChannel]:
    """A candidate that was given its order, and our end of its channel.

    With `stdin` its standard output is kept whole.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            candidate = Candidate(
                place.loop,
                place.jail,
                place.budgets,
                place.purse,
                stdin=stdin,
                more=[theirs.fileno()],
                whole_stdout=stdin is not None,
            )
        except BaseException:
            ours.close()
            raise
    channel = FrameChannel(place.loop, ours, CandidateFraming())
    with contextlib.suppress(PeerGone):  # whoever reads next sees it too
        channel.send(order)
    return candidate, channel


def module_order(task: Task, files: Mapping[str, str], *, capture: bool = False) -> dict[str, Any]:
    """The order to load a solution as a module and serve calls.

    With `capture`, what it prints goes to whoever calls it, with the answers.
    """
    main = task.solution.module
    return {"files": dict(files), "main": main, "script": False, "capture": capture}


def _attempt(
    place: Place, task: Task, checker: Checker, files: Mapping[str, str]
) -> tuple[Reply, Ended]:
    order = module_order(task, files, capture=checker.capture)
    candidate, channel = open_session(place, order)
    with channel.hand_over() as end:
        reply = checker.ask({}, [end.fileno()])
    return reply, candidate.end()


def _run_in_process(task: Task, checker: Checker, files: Mapping[str, str]) -> Found:
    """The lower trust: the candidate is in the tests' process, and to blame for its ends."""
    reply = checker.ask({"files": dict(files), "main": task.solution.module})
    match reply.outcome:
        case Outcome.CPU:
            return Found(None, endings.cpu_limit())
        case Outcome.CRASHED:
            message = "the process of program and tests ended"
            return Found(None, Failure(Verdict.RUNTIME_ERROR, "exited", message))
        case Outcome.SILENT:
            message = "the program waited and would not go on"
            return Found(None, Failure(Verdict.TIME_LIMIT, "idle", message))
        case Outcome.ANSWERED:
            if reply.body.get("task_error") is not None:
                raise task_error(reply.body["task_error"])
            said = answers.read(reply.body, _weights(task), None)
            return Found(
                said.tests,
                said.blocked,
                compiles=said.compiles,
                traceback=said.traceback,
                privileged=said.privileged,
            )


def _modules(task: Task) -> list[str]:
    main = task.solution.main
    names = [main, *(each for each in task.solution.files if each != main)]
    return [name.removesuffix(".py").replace("/", ".") for name in names]


def _weights(task: Task) -> list[float]:
    checks = task.checks
    if isinstance(checks, AssertChecks) and not checks.single:
        return [each.weight for each in checks.programs]
    return []
