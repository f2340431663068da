from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.bounds import MAX_FACTS_BYTES
from verifier_server.contract import Score, Verdict
from verifier_server.plain import decode_score, encode_score
from verifier_server.verifiers.code import MANIFEST
from verifier_server.verifiers.code.extract import NoCodeError
from verifier_server.verifiers.code.rules import read_task
from verifier_server.verifiers.code.score import (
    Failure,
    Finding,
    Run,
    Scan,
    Severity,
    Tally,
    TestOutcome,
    score,
    score_no_code,
    tally,
)
from verifier_server.verifiers.code.task import Task, Weights

TASK = read_task({"mode": "stdio", "cases": [{"stdout": "1"}]})
PARTIAL = replace(TASK, partial_credit=True)
WRONG = Failure(Verdict.INCORRECT, "wrong_answer", "it differs", (("expected", "42"),))
CRASH = Failure(Verdict.RUNTIME_ERROR, "exception", "ValueError: x")
UNDECIDED = Failure(Verdict.UNDECIDED, "checker_cpu_limit")
PASSED = TestOutcome(1.0)
FAILED = TestOutcome(0.0, WRONG)
UNREACHED = TestOutcome(0.0)


def run(*outcomes: TestOutcome, **fields: Any) -> Run:
    return Run("x = 1", True, tally(outcomes) if outcomes else None, **fields)


def judged(task: Task, found: Run) -> Score:
    """The score, after the way through the service that refuses what breaks the contract."""
    made = score(task, found)
    again = decode_score(encode_score(made), MANIFEST.components)
    assert (again.value, again.verdict, again.reason) == (made.value, made.verdict, made.reason)
    return made


def value_of(made: Score, name: str) -> float:
    return next(part.value for part in made.components if part.name == name)


def test_all_passed() -> None:
    made = judged(TASK, run(PASSED, PASSED))
    assert (made.value, made.passed, made.verdict) == (1.0, True, Verdict.CORRECT)
    assert made.reason == "all_passed"
    assert [(part.name, part.passed, part.total) for part in made.components] == [
        ("tests", 2, 2),
        ("compiles", 1, 1),
    ]


@pytest.mark.parametrize(
    ("task", "outcomes", "value", "verdict", "reason"),
    [
        (TASK, [PASSED, FAILED, UNREACHED], 0.0, Verdict.INCORRECT, "wrong_answer"),
        (TASK, [TestOutcome(0.5, WRONG)], 0.0, Verdict.INCORRECT, "wrong_answer"),
        (PARTIAL, [PASSED, FAILED, PASSED, PASSED], 0.75, Verdict.PARTIAL, "wrong_answer"),
        (
            PARTIAL,
            [TestOutcome(0.0, CRASH), FAILED, PASSED, PASSED],
            0.5,
            Verdict.PARTIAL,
            "exception",
        ),
        (PARTIAL, [FAILED, TestOutcome(1.0, weight=3.0)], 0.75, Verdict.PARTIAL, "wrong_answer"),
        (PARTIAL, [TestOutcome(0.5, WRONG), PASSED], 0.75, Verdict.PARTIAL, "wrong_answer"),
        (PARTIAL, [FAILED, FAILED], 0.0, Verdict.INCORRECT, "wrong_answer"),
        (PARTIAL, [TestOutcome(0.0, CRASH), UNREACHED], 0.0, Verdict.RUNTIME_ERROR, "exception"),
        (
            PARTIAL,
            [PASSED, TestOutcome(0.0, UNDECIDED)],
            0.0,
            Verdict.UNDECIDED,
            "checker_cpu_limit",
        ),
    ],
)
def test_failures(
    task: Task, outcomes: list[TestOutcome], value: float, verdict: Verdict, reason: str
) -> None:
    made = judged(task, run(*outcomes))
    assert (made.value, made.verdict, made.reason) == (value, verdict, reason)
    assert not made.passed


def test_what_blocks_a_run_undoes_its_tests() -> None:
    limit = Failure(Verdict.TIME_LIMIT, "cpu_limit")
    for task in (TASK, PARTIAL):
        made = judged(task, run(PASSED, PASSED, blocked=limit))
        assert (made.value, made.verdict, made.reason) == (0.0, Verdict.TIME_LIMIT, "cpu_limit")
        assert value_of(made, "tests") == 0.0


def test_a_program_that_does_not_compile() -> None:
    broken = Failure(Verdict.MALFORMED, "compile_error", "line 1: invalid syntax")
    task = replace(TASK, weights=Weights(1.0, 1.0, 0.0))
    made = judged(task, Run("x =", False, None, broken))
    assert (made.value, made.verdict) == (0.0, Verdict.MALFORMED)
    assert made.diagnostics.message == "line 1: invalid syntax"
    assert judged(task, run(FAILED)).value == 0.5
    assert judged(task, run(FAILED)).verdict is Verdict.INCORRECT
    assert judged(task, run(PASSED)).value == 1.0


def finding(severity: Severity, line: int = 1) -> Finding:
    return Finding("B102", "exec_used", severity, "solution.py", line)


@pytest.mark.parametrize(
    ("scan", "value"),
    [
        (Scan([]), 1.0),
        (Scan([finding(Severity.LOW)]), 0.9),
        (Scan([finding(Severity.LOW), finding(Severity.MEDIUM)]), 0.5),
        (Scan([finding(Severity.HIGH)]), 0.0),
        (Scan([finding(Severity.MEDIUM)] * 5), 0.0),
        (Scan([], finished=False), 0.0),
        (None, 0.0),
    ],
)
def test_security(scan: Scan | None, value: float) -> None:
    task = replace(TASK, weights=Weights(3.0, 0.0, 1.0))
    made = judged(task, run(PASSED, scan=scan))
    assert value_of(made, "security") == pytest.approx(value)
    assert made.value == pytest.approx(0.75 + value / 4)
    # It lowers the reward, but solving the task is what counts as solved.
    assert (made.verdict, made.passed) == (Verdict.CORRECT, True)
    # Harmless and wrong earns nothing.
    assert judged(task, run(FAILED, scan=scan)).value == 0.0


def test_security_is_reported_without_a_weight() -> None:
    task = replace(TASK, report_security=True)
    made = judged(task, run(PASSED, scan=Scan([finding(Severity.HIGH, 7)])))
    assert made.value == 1.0
    assert ("security", "B102 high solution.py:7 exec_used") in made.diagnostics.facts
    assert ("security_findings", "1") in made.diagnostics.facts
    assert "security" not in [part.name for part in judged(TASK, run(PASSED)).components]


def test_open_diagnostics_hold_no_expected_value() -> None:
    made = judged(TASK, run(PASSED, FAILED, traceback="Traceback", stdout="out", stderr="err"))
    facts = dict(made.diagnostics.facts)
    assert facts == {
        "failed_test": "1",
        "traceback": "Traceback",
        "stdout_tail": "out",
        "stderr_tail": "err",
    }
    assert made.diagnostics.message == "it differs"
    assert made.diagnostics.extracted == "x = 1"
    assert ("expected", "42") in made.diagnostics.privileged


def test_a_candidate_among_the_tests_says_nothing_in_the_open() -> None:
    task = replace(TASK, in_process=True)
    made = judged(task, run(FAILED, traceback="T", stdout="out", stderr="err"))
    assert dict(made.diagnostics.facts) == {"trust": "in_process", "failed_test": "0"}
    assert made.diagnostics.message == ""
    assert {"traceback", "stdout_tail", "stderr_tail", "message", "expected"} == {
        name for name, _ in made.diagnostics.privileged
    }


def test_diagnostics_are_bounded_and_keep_the_ends() -> None:
    long = Failure(Verdict.INCORRECT, "wrong_answer", "m" * 10_000, (("expected", "e" * 10_000),))
    found = run(
        TestOutcome(0.0, long),
        traceback="a" * 10_000 + "END",
        stdout="é" * 10_000 + "END",
        stderr="\udcff" * 10_000 + "END",
        scan=Scan([finding(Severity.LOW)] * 100),
    )
    task = replace(TASK, report_security=True)
    made = judged(task, replace(found, extracted="x" * 10_000))
    facts = made.diagnostics.facts
    assert len(made.diagnostics.extracted) <= 1000
    again = decode_score(encode_score(made), MANIFEST.components)
    assert sum(len(name) + len(text) for name, text in facts) <= 2 * MAX_FACTS_BYTES
    assert ("security_findings", "100") in facts
    shown = dict(again.diagnostics.facts)
    for name in ("traceback", "stdout_tail", "stderr_tail"):
        assert shown[name].startswith("…")
        assert shown[name].endswith("END")


def test_the_same_run_has_the_same_score() -> None:
    found = run(PASSED, FAILED, traceback="T")
    assert score(PARTIAL, found) == score(PARTIAL, found)


def test_no_code() -> None:
    made = score_no_code(NoCodeError(Verdict.NO_ANSWER, "ambiguous", "two blocks"))
    assert (made.value, made.verdict, made.reason) == (0.0, Verdict.NO_ANSWER, "ambiguous")
    assert made.diagnostics.message == "two blocks"


def test_what_makes_no_sense_is_no_score() -> None:
    with pytest.raises(ValueError, match="no test"):
        score(TASK, Run("", True, Tally(0, 0, 0.0, 0.0)))
    with pytest.raises(ValueError, match="blocked"):
        Run("", True, None)
    with pytest.raises(ValueError, match="failure"):
        tally([PASSED, UNREACHED])
    with pytest.raises(ValueError, match="failure"):
        Tally(1, 1, 1.0, 1.0, WRONG)
    with pytest.raises(ValueError, match="share"):
        TestOutcome(float("nan"), WRONG)
    with pytest.raises(ValueError, match="passed"):
        TestOutcome(1.0, WRONG)
    with pytest.raises(ValueError, match="CORRECT"):
        Failure(Verdict.CORRECT, "x")


OUTCOMES = st.builds(
    lambda share, weight: TestOutcome(share, None if share == 1.0 else WRONG, weight),
    st.sampled_from([0.0, 1e-9, 0.5, 1.0 - 2**-53, 1.0]),
    st.sampled_from([0.001, 1.0, 1000.0]),
)
WEIGHT = st.sampled_from([0.0, 0.001, 1.0, 1000.0])


@given(
    st.lists(OUTCOMES, min_size=1, max_size=9),
    st.tuples(WEIGHT, WEIGHT, WEIGHT).filter(any),
    st.booleans(),
    st.sampled_from([None, Scan([]), Scan([finding(Severity.LOW)])]),
)
def test_the_contract_holds(
    outcomes: list[TestOutcome],
    weights: tuple[float, float, float],
    partial: bool,
    scan: Scan | None,
) -> None:
    task = replace(TASK, partial_credit=partial, weights=Weights(*weights))
    made = judged(task, run(*outcomes, scan=scan))
    all_passed = all(each.share == 1.0 for each in outcomes)
    assert made.passed is all_passed
    assert (made.verdict is Verdict.CORRECT) is all_passed
    if weights[0] and not all_passed:
        assert made.value < 1.0
    if not partial and not all_passed and not weights[1]:
        assert made.value == 0.0
