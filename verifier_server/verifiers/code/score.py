"""What became of a run, to the score: components, verdict, bounded diagnostics.

Promises: pure and deterministic; no clock and no count of CPU goes in.

* `tests`: 1 when every test passed, else 0; with `partial_credit` the weighted
  share of the tests. 0 when something `blocked` the run.
* `compiles`: 1 or 0.
* `security`: 1 less `PENALTIES` of each finding, at least 0; and 0 for a program
  that earned nothing by its tests, since harmless code that solves nothing is
  easy to write, and for a scan that could not be finished.

The value is the mean of the components by the task's weights. CORRECT (passed)
means that all tests passed, whatever the value. PARTIAL, with the reason of the
first failure, means that some did and the task gives credit for them;
otherwise the first failure's verdict stands. An UNDECIDED first failure makes
the value 0: the rest was not judged to the end.

Open diagnostics hold the index of the first failing test (from 0) and the
candidate's own words: traceback and tails of its output. Expected values and
tests are privileged, and so are the candidate's words where it could read them
(trust `in_process`).

Does not cover: which ending is whose fault (`runs/`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from verifier_server.contract import Component, Diagnostics, Score, Verdict
from verifier_server.verifiers.code.extract import NoCodeError
from verifier_server.verifiers.code.task import Task

MAX_EXTRACTED_CHARS = 1000
MAX_MESSAGE_CHARS = 500
MAX_TRACEBACK_BYTES = 600
MAX_TAIL_BYTES = 250
MAX_PRIVILEGED_CHARS = 1000
MAX_FINDINGS_SHOWN = 8
MAX_FINDING_CHARS = 120

# The most of a run in which not all tests passed, where rounding would say 1.
_BELOW_1 = 1.0 - 2**-53

_Facts = tuple[tuple[str, str], ...]


class Severity(StrEnum):
    """How bad a security finding is, by bandit's own scale."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


PENALTIES = {Severity.LOW: 0.1, Severity.MEDIUM: 0.4, Severity.HIGH: 1.0}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a test, or a whole run, did not pass.

    Args:
        verdict: any but CORRECT and PARTIAL.
        reason: slug within the verdict.
        message: for everyone; nothing of tests or expected values.
        privileged: what the test was and what it expected.
    """

    verdict: Verdict
    reason: str
    message: str = ""
    privileged: _Facts = ()

    def __post_init__(self) -> None:
        if self.verdict in (Verdict.CORRECT, Verdict.PARTIAL):
            raise ValueError(f"a failure cannot be {self.verdict}")


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One test: the share in [0,1] that it earned (a judge may give parts), and its weight.

    `failure` says why `share` is below 1, and is None for a passed test and for
    one that was never reached.
    """

    __test__ = False  # no test class, whatever pytest thinks of the name

    share: float
    failure: Failure | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0:
            raise ValueError(f"a share must be in [0,1], not {self.share!r}")
        if self.share == 1.0 and self.failure is not None:
            raise ValueError("a passed test has no failure")


@dataclass(frozen=True, slots=True)
class Tally:
    """All tests together.

    `passed` of `total` tests passed in full; `earned` of `weight` is the
    weighted sum. `failure` and `failed_at` (index from 0) are of the first
    test that did not pass. Use `tally` where outcomes are known one by one.
    """

    passed: int
    total: int
    earned: float
    weight: float
    failure: Failure | None = None
    failed_at: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.passed <= self.total:
            raise ValueError(f"{self.passed} of {self.total} tests cannot have passed")
        if (self.passed == self.total) != (self.failure is None):
            raise ValueError("a failure is told exactly when not all tests passed")

    @property
    def complete(self) -> bool:
        """Whether there were tests and all passed."""
        return 0 < self.passed == self.total


def tally(outcomes: Iterable[TestOutcome]) -> Tally:
    """The sum of outcomes in the order of the tests, those never reached included.

    Raises:
        ValueError: the first test that did not pass has no failure.
    """
    passed, total, earned, weight = 0, 0, 0.0, 0.0
    first: tuple[int, Failure | None] | None = None
    for outcome in outcomes:
        total += 1
        weight += outcome.weight
        earned += outcome.weight * outcome.share
        if outcome.share == 1.0:
            passed += 1
        elif first is None:
            first = total - 1, outcome.failure
    failed_at, failure = first if first is not None else (None, None)
    return Tally(passed, total, earned, weight, failure, failed_at)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the security scan."""

    rule: str
    name: str
    severity: Severity
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Scan:
    """The security scan; `finished` is False where the program made it fail or overrun."""

    findings: Sequence[Finding]
    finished: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """Everything known when a completion's run is over.

    Args:
        extracted: the program, for the reader.
        compiles: whether it compiled, or was never compiled and loaded.
        tests: None when no test could count; then `blocked` says why.
        blocked: a failure of the whole: compile error, load failure, a limit
            that was found to be overspent when all was over. It undoes `tests`.
        scan: None where none was asked for or none was made.
        traceback: the candidate's own, of the first failure.
        stdout: the end of the candidate's standard output; `stderr` likewise.
        privileged: further facts for the privileged view.
    """

    extracted: str
    compiles: bool
    tests: Tally | None
    blocked: Failure | None = None
    scan: Scan | None = None
    traceback: str = ""
    stdout: str = ""
    stderr: str = ""
    privileged: _Facts = ()

    def __post_init__(self) -> None:
        if self.tests is None and self.blocked is None:
            raise ValueError("a run without tests needs to say what blocked it")


def score_no_code(error: NoCodeError) -> Score:
    """The score of a completion in which no single program was found."""
    diagnostics = Diagnostics(message=str(error)[:MAX_MESSAGE_CHARS])
    return Score(0.0, False, error.verdict, error.reason, (), diagnostics)


def score(task: Task, run: Run) -> Score:
    """The score of a run.

    Raises:
        ValueError: the run holds no test at all (a task error, not a judgement).
    """
    if run.tests is not None and run.tests.total == 0 and run.blocked is None:
        raise ValueError("no test was run")
    failure = run.blocked or (run.tests.failure if run.tests else None)
    components = _components(task, run)
    undecided = failure is not None and failure.verdict is Verdict.UNDECIDED
    value = 0.0 if undecided else _mean(components)
    if failure is not None and task.weights.tests > 0:
        value = min(value, _BELOW_1)
    diagnostics = _diagnostics(task, run, failure)
    if failure is None:
        return Score(value, True, Verdict.CORRECT, "all_passed", components, diagnostics)
    partial = 0.0 < components[0].value < 1.0 and 0.0 < value < 1.0
    verdict = Verdict.PARTIAL if partial else failure.verdict
    return Score(value, False, verdict, failure.reason, components, diagnostics)


def _components(task: Task, run: Run) -> tuple[Component, ...]:
    weights = task.weights
    counted = run.tests if run.blocked is None else None
    earned = 0.0
    if counted is not None and counted.complete:
        earned = 1.0
    elif counted is not None and task.partial_credit:
        earned = min(counted.earned / counted.weight, _BELOW_1) if counted.weight else 0.0
    passed, total = (run.tests.passed, run.tests.total) if run.tests else (0, 0)
    compiles = int(run.compiles)
    components = [
        Component("tests", earned, weights.tests, passed, total),
        Component("compiles", float(compiles), weights.compiles, compiles, 1),
    ]
    if task.scans_security:
        clean = run.scan is not None and run.scan.finished and not run.scan.findings
        value = _security(run.scan) if earned else 0.0
        components.append(Component("security", value, weights.security, int(clean), 1))
    return tuple(components)


def _security(scan: Scan | None) -> float:
    if scan is None or not scan.finished:
        return 0.0
    return max(0.0, 1.0 - sum(PENALTIES[each.severity] for each in scan.findings))


def _mean(components: Sequence[Component]) -> float:
    weight = sum(part.weight for part in components)
    value = sum(part.weight * part.value for part in components) / weight
    return min(value, 1.0)


def _diagnostics(task: Task, run: Run, failure: Failure | None) -> Diagnostics:
    facts = [("trust", "in_process")] if task.in_process else []
    index = run.tests.failed_at if run.tests and run.blocked is None else None
    if index is not None:
        facts.append(("failed_test", str(index)))
    own_words = [
        (name, _tail(text, limit))
        for name, text, limit in (
            ("traceback", run.traceback, MAX_TRACEBACK_BYTES),
            ("stderr_tail", run.stderr, MAX_TAIL_BYTES),
            ("stdout_tail", run.stdout, MAX_TAIL_BYTES),
        )
        if text and failure is not None
    ]
    privileged = [*(failure.privileged if failure else ()), *run.privileged]
    # A candidate in the tests' process can print them.
    message = "" if task.in_process or failure is None else failure.message
    if task.in_process:
        hidden = [("message", failure.message)] if failure and failure.message else []
        privileged += [*hidden, *own_words]
    else:
        facts += own_words
    if run.scan is not None:
        facts += _findings(run.scan)
    return Diagnostics(
        extracted=run.extracted[:MAX_EXTRACTED_CHARS],
        message=message[:MAX_MESSAGE_CHARS],
        facts=tuple(facts),
        privileged=tuple((name, text[:MAX_PRIVILEGED_CHARS]) for name, text in privileged),
    )


def _findings(scan: Scan) -> list[tuple[str, str]]:
    facts = [("security_findings", str(len(scan.findings)))]
    if not scan.finished:
        facts.append(("security_scan", "not finished"))
    for each in scan.findings[:MAX_FINDINGS_SHOWN]:
        line = f"{each.rule} {each.severity} {each.file}:{each.line} {each.name}"
        facts.append(("security", line[:MAX_FINDING_CHARS]))
    return facts


def _tail(text: str, limit: int) -> str:
    """The end of a text, of at most `limit` bytes."""
    data = text[-limit:].encode("utf-8", "replace")
    if len(data) <= limit and len(text) <= limit:
        return data.decode()
    return "…" + data[len("…".encode()) - limit :].decode("utf-8", "ignore")
