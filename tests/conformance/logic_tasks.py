"""Adapters of the logic suites with tasks of their own shapes: proofs, puzzles, scripts, formulas.

Fields of every suite: id.

- prontoqa_proofs: premises, goal, steps. The proof is judged as it is, with each step in
  turn negated, and with each citation in turn left out: the bad step must be named.
- puzzles: domains, constraints, solution. The solution is judged, and with each variable in
  turn given another value, which the puzzle says has no solution.
- hostile_smtlib: text, required. The text is judged as a completion and as a task's script,
  beside honest completions, one of them of a task that nobody has asked before. What must
  be rejected before the solver must be refused as both, but for definitions, which are a
  script's right. No file that the text names may be there afterwards, and no worker may
  have died.
- model_emitted_formulas: formula, parses. The formula is judged as an answer to a question
  in other symbols: it must be refused for these, or for its form, as `parses` says. As a
  right answer it must accept itself. What it means is compared with an oracle by the
  tests of the reader.
"""

import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.conformance.cases import Case, Expectation, Row, field
from tests.conformance.logic import reasoned
from trainer_client.results import CompletionResult, ScoreError

# A path in a hostile text, in a string.
_PATH = re.compile(r'"(/[\w/.-]+)"')
_CITATIONS = re.compile(r" \[from ([^\]]*)\]$")
# Where a formula's own symbols are unknown, and it is nothing but read.
_ELSEWHERE = {"shape": "closed", "gold": "Elsewhere(someone)"}
_ASKED = {"shape": "smt", "script": "(declare-const honest Int) (assert (>= honest 0))"}
_HONEST = "(declare-const honest Int) (assert (= (* 2 honest) (+ honest {})))"
_UNREAD = ("MALFORMED", "POLICY_VIOLATION", "NO_ANSWER")


def prontoqa_proofs(row: Row) -> Sequence[Case]:
    """logic/prontoqa_proofs: the proof, and every proof with one fault."""
    steps = field(row, "steps")
    task = {"shape": "proof", "premises": field(row, "premises"), "goal": field(row, "goal")}
    cases = [_case(row, task, "\n".join(steps), reasoned("proof_complete", True), passes=True)]
    for place in range(len(steps)):
        for changed in (_negated(steps[place]), *_dropped(steps[place])):
            text = "\n".join([*steps[:place], changed, *steps[place + 1 :]])
            expectation = reasoned(f"step_invalid@{place + 1}", False)
            cases.append(_case(row, task, text, expectation, passes=False))
    return cases


def puzzles(row: Row) -> Sequence[Case]:
    """logic/puzzles: the solution, and every assignment that differs from it in one variable."""
    domains, solution = field(row, "domains"), field(row, "solution")
    task = {
        "shape": "assignment",
        "domains": domains,
        "constraints": field(row, "constraints"),
        "solution": solution,
    }
    cases = [_case(row, task, _assigned(solution), reasoned("satisfies", True), passes=True)]
    for name, values in domains.items():
        other = next((value for value in values if value != solution[name]), None)
        if other is not None:
            text = _assigned({**solution, name: other})
            cases.append(_case(row, task, text, _violating, passes=False))
    return cases


def hostile_smtlib(row: Row) -> Sequence[Case]:
    """logic/hostile_smtlib: a text that harms a solver's own reader, in both places for it."""
    text, required = field(row, "text"), field(row, "required")
    paths = [Path(path) for path in _PATH.findall(text)]
    harmless = [path for path in paths if path.exists()]
    rejected = required == "rejected_before_solver"
    left = [path for path in paths if path not in harmless]
    as_answer = _contained(left, ("INVALID_TASK",), unread=True)
    as_script = _contained(left, ("INVALID_TASK", "BAD_GROUND_TRUTH"))
    if rejected and "(define-fun" not in text:
        as_script = _contained(left, ("INVALID_TASK",), judged=False)
    right = reasoned("model_satisfies", True)
    # A number of its own, so that nothing remembered answers for the row.
    number = zlib.crc32(str(field(row, "id")).encode())
    honest = {"shape": "smt", "script": _HONEST.format(number)}
    return [
        _case(row, _ASKED, text, as_answer, passes=False),
        _case(row, _ASKED, f"honest = {number}", right, passes=True),
        _case(row, {"shape": "smt", "script": text}, "unsat", as_script),
        _case(row, honest, f"honest = {number}", right, passes=True),
    ]


def model_emitted_formulas(row: Row) -> Sequence[Case]:
    """logic/model_emitted_formulas: what models write for a formula."""
    formula, parses = field(row, "formula"), field(row, "parses")
    cases = [_case(row, _ELSEWHERE, formula, _read if parses else _unread)]
    if parses and "free_variable" not in row.get("warnings", ()):
        task = {"shape": "closed", "gold": formula}
        cases.append(_case(row, task, formula, _same))
    return cases


def _negated(step: str) -> str:
    name, _, rest = step.partition(": ")
    citations = _CITATIONS.search(rest)
    assert citations is not None
    return f"{name}: ¬({rest[: citations.start()]}){citations[0]}"


def _dropped(step: str) -> Sequence[str]:
    """The step with each of its citations left out."""
    citations = _CITATIONS.search(step)
    assert citations is not None
    cited = citations[1].split(", ")
    kept = [", ".join(cited[:place] + cited[place + 1 :]) for place in range(len(cited))]
    return [f"{step[: citations.start()]} [from {each}]" for each in kept]


def _assigned(values: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in values.items())


def _violating(result: CompletionResult) -> str | None:
    outcome = result.outcome
    if isinstance(outcome, ScoreError):
        return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
    if outcome.reason.startswith("assignment_violates@") and outcome.value == 0.0:
        return None
    return f"should violate a constraint, is {outcome.verdict} ({outcome.reason})"


def _contained(
    paths: Sequence[Path], codes: Sequence[str], *, judged: bool = True, unread: bool = False
) -> Expectation:
    """Expects no trace, and a refusal of these codes or, if it may be judged, a score.

    Args:
        paths: files that must not be there.
        codes: of errors that are as good as a score.
        judged: whether a score is.
        unread: whether a score must be that of an answer that cannot be read.
    """

    def check(result: CompletionResult) -> str | None:
        outcome = result.outcome
        there = [str(path) for path in paths if path.exists()]
        if there:
            return f"left {', '.join(there)} behind"
        if result.attempts > 1:
            return f"{result.attempts} attempts: a worker was lost"
        if isinstance(outcome, ScoreError):
            return None if outcome.code in codes else f"is {outcome.code} ({outcome.reason})"
        if not judged or (outcome.passed and unread):
            return f"should be refused, is {outcome.verdict} ({outcome.reason})"
        if unread and outcome.verdict not in _UNREAD:
            return f"should not be read, is {outcome.verdict} ({outcome.reason})"
        return None

    return check


def _is_unread(result: CompletionResult) -> bool | None:
    outcome = result.outcome
    if isinstance(outcome, ScoreError):
        return None
    return outcome.reason.startswith(("parse_error", "multiple_answers", "no_answer", "forbidden"))


def _read(result: CompletionResult) -> str | None:
    return None if _is_unread(result) is False else f"should be read, is {result.outcome}"


def _unread(result: CompletionResult) -> str | None:
    return None if _is_unread(result) else f"should not be read, is {result.outcome}"


def _same(result: CompletionResult) -> str | None:
    """Equivalent to itself, or a task that is refused for it is always true or false."""
    outcome = result.outcome
    if isinstance(outcome, ScoreError):
        trivial = (outcome.code, outcome.reason) == ("BAD_GROUND_TRUTH", "trivial_gold")
        return None if trivial else f"not judged: {outcome.code} {outcome.reason}"
    return None if outcome.passed else f"should be equivalent, is {outcome.reason}"


def _case(
    row: Row,
    task: Mapping[str, Any],
    text: str,
    expectation: Expectation,
    *,
    passes: bool | None = None,
) -> Case:
    return Case(
        id=str(field(row, "id")),
        category=str(task["shape"]),
        verifier="logic",
        task=task,
        completion=f"<answer>{text}</answer>",
        expectation=expectation,
        passes=passes,
    )
