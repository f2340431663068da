"""Answers about tests: statuses, the first failures, and whose fault each is.

Promises: every exception that ends a test gets one status and one reason; public
fields hold only the candidate's own words, privileged ones the test's; sizes are
bounded. A task's fault is raised as `TaskFault`, and only where the test alone
asked for what cannot be had.

Does not cover: which tests run (`asserts.py`, `pytest_files.py`, `unittest_files.py`).
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from ..faults import (
    BadFrame,
    CandidateFailure,
    CandidateGone,
    MissingName,
    Unserialisable,
    Unsupported,
)
from .candidate import Candidate, Use
from .protocol import MAX_FAILURES, MAX_STATUSES, MAX_TEXT
from .task_fault import INVALID_TASK, TaskFault, describe

PASSED, FAILED, ERROR, NOT_RUN = "p", "f", "e", "n"
MAX_NAME = 200  # characters of a test's name


class SkippedByCandidate(Exception):
    """A test did not judge, and the candidate may be why."""


@dataclass(frozen=True, slots=True)
class Blame:
    """Why one test did not pass. `status` is `FAILED` or `ERROR`."""

    status: str
    reason: str
    failure: CandidateFailure | None = None
    privileged: str = ""


REASONS = {
    BadFrame: "bad_frame",
    Unserialisable: "unserialisable",
    SkippedByCandidate: "skipped_by_candidate",
}


def blame(
    error: BaseException,
    candidate: Candidate,
    entry_points: Collection[str] = (),
    expected: Collection[str] = (),
    sources: Mapping[str, str] | None = None,
) -> Blame:
    """Whose fault an exception is that ended a test.

    Args:
        entry_points: names that the task declares, or all that it expects if it declares none.
        expected: names that the tests look up and do not define.
        sources: the tests' source text by the file name in their tracebacks.

    Raises:
        TaskFault: the test asked for what proxies cannot do.
    """
    words = words_of(error, sources or {})
    if isinstance(error, CandidateGone):
        return Blame(ERROR, "bad_frame" if error.garbage else "gone", privileged=words)
    if isinstance(error, Unsupported):
        raise TaskFault(INVALID_TASK, "proxy_unsupported", str(error))
    for kind, reason in REASONS.items():
        if isinstance(error, kind):
            return Blame(ERROR, reason, privileged=words)
    failure = candidate.failure_of(error)
    if failure is not None:
        return Blame(ERROR, "exception", failure, words)
    if isinstance(error, (NameError, ImportError, AttributeError)):
        name = getattr(error, "name_from", None) or error.name
        if isinstance(error, MissingName):
            name = name or str(error)
        if isinstance(error, MissingName) or (name in expected and name not in candidate.names):
            reason = "missing_entry_point" if name in entry_points else "missing_name"
            said = CandidateFailure("NameError", f"name {name!r} is not defined")
            return Blame(ERROR, reason, said, words)
    return Blame(FAILED, "wrong_answer", privileged=words)


def require_present(candidate: Candidate, answer: "Answer") -> None:
    """Raises `CandidateGone` if the candidate went and a test's bare `except` hid it."""
    if candidate.gone is not None and answer.event is None:
        raise candidate.gone


def words_of(error: BaseException, sources: Mapping[str, str]) -> str:
    """The last line of the tests' own that an exception passed through, and its text."""
    return f"{_last_line(error.__traceback__, sources)}{describe(error)}"[:MAX_TEXT]


def _last_line(traceback: TracebackType | None, sources: Mapping[str, str]) -> str:
    found = ""
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name in sources:
            lines = sources[name].splitlines()
            number = traceback.tb_lineno
            line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
            found = f"{os.path.basename(name)}, line {number}: {line}\n"
        traceback = traceback.tb_next
    return found[: MAX_TEXT // 2]


@dataclass(slots=True)
class Answer:
    """The answer to one item, as it grows."""

    trust: str
    statuses: list[str] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    finished: bool = True
    event: dict[str, Any] | None = None
    privileged: str = ""
    total: int = 0
    passed: int = 0
    use: Use = field(default_factory=Use)

    def add_passed(self, count: int = 1) -> None:
        """One more test passed, or `count` of them."""
        self._count(PASSED, count)
        self.passed += count

    def add_blame(self, name: str, blamed: Blame) -> None:
        """One more test did not pass."""
        if len(self.failures) < MAX_FAILURES:
            said = blamed.failure or CandidateFailure("", "")
            self.failures.append(
                {
                    "index": self.total,
                    "name": name[:MAX_NAME],
                    "reason": blamed.reason,
                    "type": said.type[:MAX_NAME],
                    "message": said.message[:MAX_TEXT],
                    "traceback": said.traceback[-MAX_TEXT:],
                    "privileged": blamed.privileged[:MAX_TEXT],
                }
            )
        self._count(blamed.status, 1)

    def add_not_run(self, count: int) -> None:
        """`count` more tests were not reached."""
        if count > 0:
            self._count(NOT_RUN, count)
            self.finished = False

    def add_failed(self, count: int) -> None:
        """`count` more tests failed, of which nothing else is said."""
        if count > 0:
            self._count(FAILED, count)

    def withdraw(self) -> None:
        """No test counts as passed: they used nothing of the candidate."""
        self.passed = 0
        self.finished = False
        self.statuses = [NOT_RUN if one == PASSED else one for one in self.statuses]

    def _count(self, status: str, count: int) -> None:
        self.total += count
        if room := MAX_STATUSES - len(self.statuses):
            self.statuses.extend(status * min(count, room))

    def end(self, event: str, pending: bool, failure: CandidateFailure) -> None:
        """Notes what became of the candidate."""
        self.finished = False
        self.event = {
            "event": event,
            "pending": pending,
            "type": failure.type[:MAX_NAME],
            "message": failure.message[:MAX_TEXT],
            "traceback": failure.traceback[-MAX_TEXT:],
        }

    def gone(self, error: CandidateGone) -> None:
        """Notes that the candidate's process went, or sent garbage."""
        event = "bad_frame" if error.garbage else "gone"
        self.end(event, error.pending, CandidateFailure("", str(error)))

    def frame(self, operations: int) -> dict[str, Any]:
        """As the boss protocol has it. `operations`: those of the candidate's process."""
        return {
            "statuses": "".join(self.statuses),
            "passed": self.passed,
            "total": self.total,
            "finished": self.finished,
            "operations": operations + self.use.reads,
            "failures": self.failures,
            "candidate": self.event,
            "task_error": None,
            "trust": self.trust,
            "privileged": self.privileged[-MAX_TEXT:],
        }
