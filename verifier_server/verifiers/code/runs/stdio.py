"""Stdio cases: the whole program, once for each case, over real pipes.

Promises: one child a case; its output is judged whole or it is over its limit; an
exit status other than 0 is a runtime error whatever was written before.

Does not cover: comparing outputs (`tokens.py`), compiling C++ (`compiled.py`).
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.contract import Verdict
from verifier_server.verifiers.code.guest.faults import CandidateFailure
from verifier_server.verifiers.code.guest.frames import FrameError, PeerGone
from verifier_server.verifiers.code.runs import endings
from verifier_server.verifiers.code.runs.candidate import Candidate, Ended
from verifier_server.verifiers.code.runs.compiled import Program, compile_program
from verifier_server.verifiers.code.runs.judging import Judging
from verifier_server.verifiers.code.runs.programs import Place, module_order, open_session
from verifier_server.verifiers.code.runs.result import Cases, Found, shown
from verifier_server.verifiers.code.score import Failure
from verifier_server.verifiers.code.task import Language, StdioCase, StdioChecks, Task
from verifier_server.verifiers.code.tokens import compare_output

NATIVE_JAIL = "native"


class _NotCompiled(Exception):
    """A script that does not compile, found when it was run."""

    def __init__(self, failure: Failure, ended: Ended) -> None:
        super().__init__(failure.reason)
        self.failure = failure
        self.ended = ended


def run_stdio(
    place: Place, task: Task, checks: StdioChecks, files: Mapping[str, str], judging: Judging
) -> Found:
    """Runs the cases of a completion.

    Raises:
        TaskError: the judge cannot be used.
        CheckerFault: the judge's process is broken.
        CompilerFault: the compiler's process is broken.
    """
    program: Program | None = None
    if task.language is Language.CPP:
        compiled = compile_program(place.loop, place.purse, files, task.cpp_standard)
        if isinstance(compiled, Failure):
            return Found(None, compiled, compiles=False)
        program = compiled
    cases = Cases([case.weight for case in checks.cases])
    told: Ended | None = None  # whose streams are shown: the first that failed, or the last
    try:
        for index, case in enumerate(checks.cases):
            if place.purse.empty:
                cases.fail(index, endings.cpu_limit())
            else:
                failed_before = cases.first_failure is not None
                ended = _run(place, task, files, program, case)
                _judge(index, case, ended, cases, judging)
                told = told if failed_before else ended
            if judging.full:
                judging.settle(cases)
            if cases.first_failure is not None and not task.partial_credit:
                break
    except _NotCompiled as stop:
        streams = Found.streams(stop.ended)
        return Found(None, stop.failure, compiles=False, **streams)
    judging.settle(cases)
    streams = {} if told is None else Found.streams(told)
    return Found(cases.tally(), **streams)


def _run(
    place: Place, task: Task, files: Mapping[str, str], program: Program | None, case: StdioCase
) -> Ended:
    if program is not None:
        native = Place(place.loop, NATIVE_JAIL, place.budgets, place.purse)
        candidate = _start_native(native, program, case.stdin)
        place.loop.run_until(lambda: candidate.ended)
        return candidate.end()
    order = {**module_order(task, files), "script": True}
    candidate, channel = open_session(place, order, stdin=case.stdin)
    place.loop.run_until(lambda: candidate.ended)
    ended = candidate.end()
    try:
        said = channel.recv()
    except (PeerGone, FrameError):
        said = None
    finally:
        channel.close()
    failed = _compile_error(said)
    if failed is not None:
        raise _NotCompiled(endings.overspent(ended) or failed, ended)
    return ended


def _start_native(place: Place, program: Program, stdin: bytes) -> Candidate:
    return Candidate(
        place.loop,
        place.jail,
        place.budgets,
        place.purse,
        stdin=stdin,
        upload=program.data,
        whole_stdout=True,
    )


def _compile_error(said: Any) -> Failure | None:
    match said:
        case {"compile_error": {"type": str(kind), "message": str(message)} as form}:
            line = form.get("line")
            failure = CandidateFailure(kind, message)
            return endings.not_compiled(failure, line if type(line) is int else 0)
        case _:
            return None


def _judge(index: int, case: StdioCase, ended: Ended, cases: Cases, judging: Judging) -> None:
    failure = _run_failure(ended)
    if failure is None and judging.active:
        judging.add_stdio(index, case, ended.stdout)
        return
    if failure is None and case.stdout is not None:
        found = compare_output(ended.stdout, case.stdout, case.compare)
        if found is not None:
            message = f"the output differs: {found}"
            failure = Failure(Verdict.INCORRECT, "wrong_answer", message)
    if failure is None:
        cases.passed(index)
    else:
        cases.fail(index, _with_case(failure, case))


def _run_failure(ended: Ended) -> Failure | None:
    """Why a run is none, whatever it wrote."""
    if endings.overspent(ended) or ended.silent or ended.exit.code:
        return endings.death(ended)
    return None


def _with_case(failure: Failure, case: StdioCase) -> Failure:
    facts = [("stdin", shown(case.stdin.decode(errors="backslashreplace")))]
    if case.stdout is not None:
        facts.append(("expected", shown(case.stdout.decode(errors="backslashreplace"))))
    return Failure(failure.verdict, failure.reason, failure.message, tuple(facts))
