"""One item of assert, pytest or unittest: a candidate met, tests run, an answer made.

Promises: whatever a candidate does, the answer is a frame of the boss protocol; a
`task_error` in it was caused by the task.

Does not cover: fork, CPU budget and the bytes (`main.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..faults import CandidateGone
from ..frames import Channel
from ..session import Session
from . import solution
from .answers import ERROR, Answer, Blame
from .candidate import IN_PROCESS, Candidate
from .in_process import LocalCandidate
from .protocol import Serve
from .task_fault import INVALID_TASK, TaskFault


class RemoteCandidate(Session):
    """A candidate in its own process."""

    @property
    def gone(self) -> CandidateGone | None:
        """How its process ended, once that was noticed."""
        return self._gone


class Tests(Protocol):
    """Prepared tests of any kind."""

    @property
    def total(self) -> int:
        """How many there are, at least."""
        ...

    def run(self, candidate: Candidate, answer: Answer) -> None:
        """Runs them against one candidate. Raises TaskFault."""
        ...


def serving(tests: Tests, request: Mapping[str, Any], wants: solution.Wants) -> Serve:
    """What serves items.

    Args:
        tests: the prepared tests.
        request: the group's first frame; its trust and modules are used.
        wants: what the tests want of the candidate's module.
    """

    def serve(frame: Mapping[str, Any], descriptor: int) -> dict[str, Any]:
        answer = Answer(request["trust"])
        candidate: Candidate | None = None
        try:
            candidate = _candidate(request["trust"], frame, descriptor)
            _judge(tests, candidate, answer, request["modules"], wants)
        except CandidateGone as error:
            answer.add_blame("", Blame(ERROR, "bad_frame" if error.garbage else "gone"))
            answer.add_not_run(tests.total - answer.total)
            answer.gone(error)
        except TaskFault as fault:
            return {"task_error": fault.frame()}
        return answer.frame(candidate.operations if candidate else 0)

    return serve


def _judge(
    tests: Tests,
    candidate: Candidate,
    answer: Answer,
    modules: Sequence[str],
    wants: solution.Wants,
) -> None:
    failed = candidate.begin()
    if failed is not None:
        answer.add_blame("", Blame(ERROR, failed.kind, failed.failure))
        answer.end(failed.kind, True, failed.failure)
        answer.add_not_run(tests.total - 1)
        return
    if wants.module:
        solution.install(modules, candidate, wants, answer.use)
    tests.run(candidate, answer)
    _require_use(answer, candidate, wants.expected)


def _candidate(trust: str, frame: Mapping[str, Any], descriptor: int) -> Candidate:
    if trust == IN_PROCESS:
        return LocalCandidate(frame["files"], frame["main"])
    return RemoteCandidate(Channel(descriptor))


def _require_use(answer: Answer, candidate: Candidate, expected: Sequence[str]) -> None:
    """Where nothing of the candidate was used, no test counts as passed.

    It is the tests' fault if all passed and the candidate has all that they expect.
    Otherwise its lacks may be why they used nothing of it, and that must not be an error
    that it can cause.
    """
    if candidate.operations or answer.use.reads:
        return
    all_passed = answer.passed == answer.total
    if all_passed and candidate.names.keys() >= set(expected):
        message = "the tests ran to their end and used nothing of the candidate"
        raise TaskFault(INVALID_TASK, "tests_do_not_call", message)
    answer.withdraw()
    if all_passed:
        answer.add_blame("", Blame(ERROR, "not_called"))
