"""unittest files, run in this process against the candidate's module.

Promises: TestCase, class and module fixtures, subTest and IsolatedAsyncioTestCase work;
nothing the candidate raises skips a test or ends the run.

Does not cover: runners of the task's own (`unittest.main()` in a file is not called).
"""

# ruff: noqa: N802 - unittest names the methods of a TestResult

import importlib
import unittest
import unittest.util
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from . import items, task_files
from .answers import Answer, require_present
from .candidate import Candidate
from .protocol import Prepared

type _Error = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class _Result(unittest.TestResult):
    """Turns what unittest reports into an answer. `reached` counts the tests that ran or skipped.

    unittest hands over a stand-in with nothing but an id where a fixture of a class or
    module fails or skips.
    """

    def __init__(self, blamer: task_files.Blamer, places: Counter[str]) -> None:
        super().__init__()
        self._places = places
        self.reached = 0
        self._blamer = blamer
        self._before = 0
        self._failed: set[int] = set()

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._before = self._blamer.candidate.operations

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self.reached += 1
        self._before = self._blamer.candidate.operations

    def addSuccess(self, test: unittest.TestCase) -> None:
        if id(test) not in self._failed:
            self._blamer.answer.add_passed()

    def addFailure(self, test: unittest.TestCase, err: _Error) -> None:
        self._add(test, err)

    def addError(self, test: unittest.TestCase, err: _Error) -> None:
        self._add(test, err)

    def addSubTest(
        self, test: unittest.TestCase, subtest: unittest.TestCase, err: _Error | None
    ) -> None:
        if err is not None:
            self._add(test, err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        operations = self._blamer.candidate.operations - self._before
        self._blamer.skipped(test.id(), operations)
        if not isinstance(test, unittest.TestCase):
            self.reached += self._places[_place(test.id())]

    def addExpectedFailure(self, test: unittest.TestCase, err: _Error) -> None:
        """Counts neither way: the file expects it to fail."""

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        """Counts neither way."""

    def _add(self, test: unittest.TestCase, err: _Error) -> None:
        if id(test) in self._failed:
            return  # a test fails once, however many of its parts do
        self._failed.add(id(test))
        if not self._blamer.add(test.id(), err[1] or AssertionError("the test failed")):
            self.stop()


def _place(fixture: str) -> str:
    """The class or module in "setUpClass (module.Class)"."""
    return fixture.rpartition("(")[2].rstrip(")")


def _each(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _each(test)
        else:
            yield test


@dataclass(frozen=True, slots=True)
class UnittestFiles:
    """Prepared test files."""

    files: task_files.Files
    total: int = 1  # how many there are is known after loading

    def run(self, candidate: Candidate, answer: Answer) -> None:
        """Runs the tests against one candidate. Raises TaskFault."""
        folder = self.files.write()
        blamer = task_files.Blamer(candidate, answer, self.files, self.files.sources(folder))
        suite = self._load(blamer)
        tests = list(_each(suite))
        places = Counter(unittest.util.strclass(type(test)) for test in tests)
        places.update(type(test).__module__ for test in tests)
        result = _Result(blamer, places)
        if answer.event is None and blamer.fault is None:
            suite.run(result)
        answer.add_not_run(len(tests) - result.reached)
        require_present(candidate, answer)
        blamer.close()

    def _load(self, blamer: task_files.Blamer) -> unittest.TestSuite:
        loader = unittest.TestLoader()
        suite = unittest.TestSuite()
        for name in self.files.tests:
            try:
                module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
                suite.addTests(loader.loadTestsFromModule(module))
            except BaseException as error:
                if not blamer.add_broken_file(name, error):
                    break
        return suite


def prepare(request: Mapping[str, Any]) -> Prepared:
    """Checks the files. Raises `TaskFault`."""
    files = task_files.check(request)
    tests = UnittestFiles(files)
    serve = items.serving(tests, request, files.wants)
    return Prepared(serve, files.wants.expected, files.capture)
