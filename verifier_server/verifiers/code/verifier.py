"""The code verifier's judgement: extract, run in children, compare, score.

Promises: no byte of a completion or of a task's programs is executed here. What a
completion can cause is a `Score`; what a task causes alone is a `TaskError`, raised
while preparing wherever it shows before a candidate runs.

Does not cover: validating the task by `task_schema.json`, done before `prepare`, and
ending children whose job is over (`Children.kill_all`, the worker's part).
"""

from collections.abc import Callable, Mapping
from typing import Any

from sandboxes.children import Children
from verifier_server.bench import Bench
from verifier_server.contract import ErrorCode, Judge, Score, TaskError
from verifier_server.verifiers.code.extract import NoCodeError, extract
from verifier_server.verifiers.code.rules import read_task
from verifier_server.verifiers.code.runs import compiled, security, stdio
from verifier_server.verifiers.code.runs.candidate import Budgets, Purse
from verifier_server.verifiers.code.runs.checker import FRAMEWORKS_JAIL, ITEM_CPU_S, JAIL, Checker
from verifier_server.verifiers.code.runs.functions import run_functions
from verifier_server.verifiers.code.runs.judging import Judging
from verifier_server.verifiers.code.runs.loop import Loop
from verifier_server.verifiers.code.runs.programs import Place, program_frame, run_programs
from verifier_server.verifiers.code.runs.result import Found
from verifier_server.verifiers.code.runs.stdio import run_stdio
from verifier_server.verifiers.code.score import Run, score, score_no_code
from verifier_server.verifiers.code.task import (
    STDLIB,
    AssertChecks,
    FileChecks,
    FunctionChecks,
    Language,
    StdioChecks,
    Task,
)

PYTHON_JAIL = "python"

# Runs one completion's files, paid for by a purse.
_Runner = Callable[[Mapping[str, str], Purse], Found]


def prepare(task: Mapping[str, Any], bench: Bench) -> Judge:
    """Reads a task that satisfies `task_schema.json`, and has its programs prepared.

    Without `bench.children` nothing is prepared or run: the judge then takes only
    completions without code.

    Raises:
        TaskError: the task breaks a rule, asks for what is not offered here, or its
            programs cannot be used.
        CheckerFault: the checker's process is broken.
        SandboxLost: a jail is gone.
    """
    read = read_task(task)
    _check_offer(read, bench)
    if bench.children is None:
        return _idle_judge(read)
    _check_jails(read, bench.children)
    loop = Loop(bench.children)
    single = bench.count == 1
    run = _runner(read, loop, single)
    scanner = Checker(loop, security.SCAN_FRAME, single=single) if read.scans_security else None

    def judge(completion: str) -> Score:
        try:
            files = extract(completion, read)
        except NoCodeError as error:
            return score_no_code(error)
        found = run(files, Purse(bench.cpu_s))
        scanned = security.scan(scanner, files) if scanner and found.compiles else None
        return score(
            read,
            Run(
                extracted=files[read.solution.main],
                compiles=found.compiles,
                tests=found.tests,
                blocked=found.blocked,
                scan=scanned,
                traceback=found.traceback,
                stdout=found.stdout,
                stderr=found.stderr,
                privileged=found.privileged,
            ),
        )

    return judge


def _idle_judge(task: Task) -> Judge:
    def judge(completion: str) -> Score:
        try:
            extract(completion, task)
        except NoCodeError as error:
            return score_no_code(error)
        raise RuntimeError("a completion with code was to be judged without children to run it")

    return judge


def _runner(task: Task, loop: Loop, single: bool) -> _Runner:
    """How the completions of a task are run. Prepares what does not depend on them."""
    match task.checks:
        case AssertChecks() | FileChecks():
            cpu_s = task.limits.cpu_s if task.in_process else ITEM_CPU_S
            checker = Checker(loop, program_frame(task), single=single, item_cpu_s=cpu_s)
            checker.prepare()
            return lambda files, purse: run_programs(
                _place(task, loop, purse), task, checker, files
            )
        case FunctionChecks() as functions:
            judge = _judge_of(functions.judge, loop)
            return lambda files, purse: run_functions(
                _place(task, loop, purse), task, functions, files, Judging(judge)
            )
        case StdioChecks() as runs:
            judge = _judge_of(runs.judge, loop)
            return lambda files, purse: run_stdio(
                _place(task, loop, purse), task, runs, files, Judging(judge)
            )


def _judge_of(source: str | None, loop: Loop) -> Checker | None:
    if source is None:
        return None
    # Outputs may come in several batches, so never for a single item.
    checker = Checker(loop, {"kind": "judge", "source": source}, single=False)
    checker.prepare()
    return checker


def _place(task: Task, loop: Loop, purse: Purse) -> Place:
    limits = task.limits
    budgets = Budgets(limits.cpu_s, limits.memory_bytes, limits.output_bytes, limits.idle_s)
    return Place(loop, _jail(task), budgets, purse)


def _jail(task: Task) -> str:
    return PYTHON_JAIL if task.runtime == STDLIB else f"{PYTHON_JAIL}-{task.runtime}"


def _check_offer(task: Task, bench: Bench) -> None:
    if task.runtime not in bench.runtimes and task.runtime != STDLIB:
        offered = ", ".join(sorted({STDLIB, *bench.runtimes}))
        raise _not_offered(
            "runtime_not_offered",
            f"this server does not offer the runtime {task.runtime!r}; it offers: {offered}",
            "/runtime",
        )
    if task.in_process and not bench.low_trust:
        raise _not_offered(
            "trust_not_offered",
            'this server does not run candidates in the process of their tests; use "proxies"',
            "/trust",
        )


def _check_jails(task: Task, children: Children) -> None:
    if task.language is Language.CPP:
        if not {compiled.JAIL, stdio.NATIVE_JAIL} <= children.jails:
            raise _not_offered(
                "language_not_offered",
                "this server has no C++ compiler; it offers: python",
                "/language",
            )
        return
    lacking = {_jail(task), JAIL, FRAMEWORKS_JAIL} - children.jails
    if lacking:
        raise RuntimeError(f"jails that were promised are not there: {', '.join(sorted(lacking))}")


def _not_offered(reason: str, message: str, pointer: str) -> TaskError:
    return TaskError(ErrorCode.INVALID_TASK, reason, message, pointer)
