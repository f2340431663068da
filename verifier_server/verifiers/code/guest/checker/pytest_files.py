"""pytest files, run in this process against the candidate's module.

Promises: fixtures, parametrize, conftest.py among the files, unittest classes and
coroutine tests work. Nothing the candidate raises skips, xfails or ends a session. No
plugin, conftest or configuration from outside the task's files is read.

Does not cover: capture of the candidate's output (`reach.py` refuses such tests).
"""

import asyncio
import importlib
import inspect
import os
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.config import builtin_plugins

from . import items, task_files
from .answers import Answer, require_present
from .candidate import Candidate
from .protocol import Prepared

OPTIONS = (
    "--assert=plain",
    "--capture=no",
    "--continue-on-collection-errors",
    "--strict-config",
)
DISABLED = (
    *("cacheprovider", "doctest", "faulthandler", "junitxml", "pastebin"),
    *("setuponly", "setupplan", "stepwise", "terminal"),
)
CONFIGURATION = "pytest.ini"
ENDINGS = (0, 1, 2, 5)  # passed, failed, stopped, nothing collected

# Once, where this module is preloaded, and not in each item.
for _module in (
    *(f"_pytest.{_plugin}" for _plugin in builtin_plugins),
    "_pytest._argcomplete",
    "pdb",
):
    importlib.import_module(_module)


class _Recorder:
    """The plugin that turns pytest's reports into an answer."""

    def __init__(self, blamer: task_files.Blamer) -> None:
        self._blamer = blamer
        self._candidate = blamer.candidate
        self._session: pytest.Session | None = None
        self._before = 0
        self._collected = 0
        self._seen = 0
        self._outcome: tuple[str, BaseException | None] = ("", None)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keeps the session, to stop it."""
        self._session = session

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Counts the tests found."""
        self._collected = len(session.items)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Notes a file that cannot be loaded, and one that skips itself."""
        before = self._candidate.operations
        report = yield
        call = getattr(report, "call", None)
        raised = call.excinfo.value if call is not None and call.excinfo else None
        if report.outcome == "failed" and raised is not None:
            error = raised.__cause__ if isinstance(raised, collector.CollectError) else raised
            self._go_on(self._blamer.add_broken_file(collector.nodeid, error or raised))
        elif report.outcome == "skipped":
            self._blamer.skipped(collector.nodeid, self._candidate.operations - before)
        return report

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins."""
        self._before = self._candidate.operations
        self._outcome = ("", None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Notes the first phase of a test that says something."""
        report = yield
        outcome, _ = self._outcome
        marked = item.get_closest_marker("xfail") is not None
        if outcome in ("", "passed") and not (marked and call.when == "call"):
            error = call.excinfo.value if call.excinfo else None
            self._outcome = (report.outcome, error)
        elif marked:
            self._outcome = ("xfail", None)
        return report

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """A test ended."""
        self._seen += 1
        outcome, error = self._outcome
        if outcome == "passed":
            self._blamer.answer.add_passed()
        elif outcome == "skipped":
            self._blamer.skipped(nodeid, self._candidate.operations - self._before)
        elif outcome == "failed":
            fallback = AssertionError("the test failed")
            self._go_on(self._blamer.add(nodeid, error or fallback))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Runs a coroutine test to its end."""
        if not inspect.iscoroutinefunction(pyfuncitem.obj):
            return None
        names = pyfuncitem._fixtureinfo.argnames
        asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
        return True

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Something broke outside a test: a hook of the task's conftest, or of pytest."""
        self._blamer.add_broken_file(CONFIGURATION, excinfo.value)

    def close(self) -> None:
        """After the session."""
        self._blamer.answer.add_not_run(self._collected - self._seen)
        self._blamer.close()

    def _go_on(self, sensible: bool) -> None:
        if not sensible and self._session is not None:
            self._session.shouldstop = "the candidate is gone, or the task is at fault"


@dataclass(frozen=True, slots=True)
class PytestFiles:
    """Prepared test files."""

    files: task_files.Files
    total: int = 1  # how many there are is known after collection

    def run(self, candidate: Candidate, answer: Answer) -> None:
        """Runs the tests against one candidate. Raises TaskFault."""
        folder = self.files.write()
        blamer = task_files.Blamer(candidate, answer, self.files, self.files.sources(folder))
        recorder = _Recorder(blamer)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        os.environ.pop("PYTEST_ADDOPTS", None)
        if CONFIGURATION not in self.files.texts:
            with open(CONFIGURATION, "w", encoding="utf-8") as file:
                file.write("[pytest]\n")
        options = [*OPTIONS, f"-c{CONFIGURATION}", f"--rootdir={folder}", f"--confcutdir={folder}"]
        options += [f"-pno:{name}" for name in DISABLED]
        code = pytest.main([*options, *self.files.tests], plugins=[recorder])
        require_present(candidate, answer)
        if code not in ENDINGS and answer.passed == answer.total:
            blamer.add_broken_file("pytest", RuntimeError(f"pytest ended with {code!r}"))
        recorder.close()


def prepare(request: Mapping[str, Any]) -> Prepared:
    """Checks the files. Raises `TaskFault`."""
    files = task_files.check(request)
    tests = PytestFiles(files)
    serve = items.serving(tests, request, files.wants)
    return Prepared(serve, files.wants.expected, files.capture)
