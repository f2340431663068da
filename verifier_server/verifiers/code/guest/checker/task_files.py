"""Test files of the task, for pytest and unittest: checked, and put in a folder.

Promises: a syntax error, a module that is not there and a test that cannot reach the
candidate are found before any candidate is judged. Files are written afresh for
each item, in a folder that `sys.path` and the working directory lead to.

Does not cover: running them (`pytest_files.py`, `unittest_files.py`).
"""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..faults import CandidateGone
from . import programs, reach, solution, workspace
from .answers import Answer, SkippedByCandidate, blame
from .candidate import IN_PROCESS, Candidate
from .task_fault import BAD_GROUND_TRUTH, INVALID_TASK, TaskFault, describe

MODULE_NAMES = ("__file__", "__name__", "__doc__")
TEST_NAME = re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$")


@dataclass(frozen=True, slots=True)
class Files:
    """Checked files. `tests` are those that hold tests, in the task's order.

    `capture`: they look at what the candidate prints.
    """

    texts: Mapping[str, str]
    tests: Sequence[str]
    wants: solution.Wants
    capture: bool

    def write(self) -> str:
        """Writes all to a fresh folder and makes it the place to import from. Returns it."""
        folder = workspace.enter()
        for name, text in self.texts.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
                file.write(text)
        sys.path.insert(0, folder)
        sys.dont_write_bytecode = True
        os.chdir(folder)
        return folder

    def sources(self, folder: str) -> dict[str, str]:
        """The texts by the file names in tracebacks."""
        return {os.path.join(folder, name): text for name, text in self.texts.items()}


def check(request: Mapping[str, Any]) -> Files:
    """Checks the files of a task. Raises `TaskFault`."""
    files, modules = request["files"], request["modules"]
    here = {re.split(r"[/.]", name)[0] for name in files}
    parsed = []
    taken: set[str] = set()
    for name, text in files.items():
        if not name.endswith(".py"):
            continue
        pointer = "/files/" + name.replace("~", "~0").replace("/", "~1")
        program = programs.parse(text, name, pointer)
        programs.compiled(program)
        programs.require_modules(program, {*modules, *here})
        if request["trust"] != IN_PROCESS:
            reach.require_reachable(program, modules)
        taken |= programs.taken_from(program, modules) or set()
        parsed.append(program)
    tests = [name for name in files if TEST_NAME.search(name)] or [
        name for name in files if name.endswith(".py") and not name.endswith("conftest.py")
    ]
    if not tests:
        raise TaskFault(INVALID_TASK, "no_tests", "no file holds tests", "/files")
    names = programs.resolve(parsed, (), MODULE_NAMES)
    provided = programs.provide(names, "/files")
    wants = solution.Wants(sorted(names.expected | taken), provided)
    return Files(files, tests, wants, reach.reads_output(parsed))


@dataclass(slots=True)
class Blamer:
    """Adds tests that did not pass to an answer, while one folder's tests run.

    `fault` is the first fault of the task that came up.
    """

    candidate: Candidate
    answer: Answer
    files: Files
    sources: Mapping[str, str]
    fault: TaskFault | None = None

    def add(self, name: str, error: BaseException) -> bool:
        """One test did not pass. Returns whether it makes sense to go on with others."""
        expected = {*self.files.wants.expected, *self.answer.use.missed}
        try:
            blamed = blame(error, self.candidate, (), expected, self.sources)
        except TaskFault as fault:
            self.fault = self.fault or fault
            return False
        self.answer.add_blame(name, blamed)
        if isinstance(error, CandidateGone):
            self.answer.gone(error)
        return self.answer.event is None

    def add_broken_file(self, name: str, error: BaseException) -> bool:
        """As `add`, for a test file that could not be loaded.

        It is the task's fault where nothing that a candidate chose can have caused it. One
        chooses whether a name is a function or a class, which only a TypeError may tell.
        """
        chosen = self._used() or (self.answer.use.bound and isinstance(error, TypeError))
        if not chosen and not isinstance(error, CandidateGone):
            message = f"{name} cannot be loaded: {describe(error)}"
            self.fault = self.fault or TaskFault(
                BAD_GROUND_TRUTH, "tests_raised", message, "/files"
            )
            return False
        return self.add(name, error)

    def _used(self) -> bool:
        use = self.answer.use
        return bool(self.candidate.operations or use.reads or use.missed)

    def skipped(self, name: str, operations: int) -> None:
        """A test skipped itself, `operations` of the candidate after it began.

        It does not count, unless it may have done so for what the candidate answered.
        """
        if operations:
            self.add(name, SkippedByCandidate("the test skipped itself after using the candidate"))

    def close(self) -> None:
        """After the last test. Raises the task's fault, if there is one."""
        if self.fault is not None:
            raise self.fault
        if not self.answer.total:
            if self._used():
                self.add("", SkippedByCandidate("no test was left to run"))
            else:
                message = "the test files hold no test that runs"
                raise TaskFault(INVALID_TASK, "no_tests", message, "/files")
