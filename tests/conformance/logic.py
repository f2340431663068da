"""Adapters of the logic suites.

Fields of every suite: id.

- edge_cases: task (a shape), response, verdict, reward, and what the shape needs: premises,
  conclusion, gold, goal, max_cites, domains, constraints. A verdict is our reason, or what
  `REASONS` calls it; a reward of null is a task that must be refused. Rewards between 0 and
  1 are proposals: only whether it is right must agree.
- folio_validation: premises, conclusion, solver_label. What the solver cannot be asked
  (`parse_error`) must be refused as an invalid task.
- folio_train_premises: premises, parses, premises_inconsistent. What does not parse or is
  inconsistent must be refused; of all others, all premises joined are no conclusion.
- proofwriter: premises, conclusion, label; judged against solver_label, where there is one,
  for the labels are of another semantics.
- pelletier: premises, conclusion, label: True, NotEntailed (anything but True) or
  PremisesInconsistent.

A label is judged with the row's own label in the task, so that a label that differs from
what is computed is an error, and with each of the three as a completion.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.conformance.cases import Case, Expectation, Row, Skip, field
from trainer_client.results import CompletionResult, ScoreError

LABELS = ("True", "False", "Uncertain")
# What our reasons are called in the suite.
REASONS = {
    "correct": "correct_label",
    "wrong": "wrong_label",
    "item_premises_inconsistent": "premises_inconsistent",
}
EDGE_FIELDS = {
    "premises": "premises",
    "conclusion": "conclusion",
    "gold": "gold",
    "goal": "goal",
    "max_cites": "max_citations",
    "domains": "domains",
    "constraints": "constraints",
}
# What the suite has beside a shape's own fields.
IDLE = {"assignment": ("premises",)}


def edge_cases(row: Row) -> Case:
    """logic/edge_cases: a task of any shape, a completion, and our reason for its score."""
    shape = field(row, "task")
    idle = IDLE.get(shape, ())
    named = {ours: row[theirs] for theirs, ours in EDGE_FIELDS.items() if theirs in row}
    task = {"shape": shape, **{name: each for name, each in named.items() if name not in idle}}
    verdict = field(row, "verdict")
    reason = REASONS.get(verdict, verdict)
    reward = field(row, "reward")
    if reward is None:
        return _case(row, shape, task, row["response"], refused("BAD_GROUND_TRUTH", reason))
    right = reward == 1
    return _case(row, shape, task, field(row, "response"), reasoned(reason, right), passes=right)


def folio_validation(row: Row) -> Sequence[Case]:
    """logic/folio_validation: what the solver says of a conclusion."""
    label = field(row, "solver_label")
    if label not in LABELS:
        return [_case(row, label, _label_task(row), "<answer>True</answer>", refused_as_invalid)]
    return _labelled(row, label)


def folio_train_premises(row: Row) -> Case | Skip:
    """logic/folio_train_premises: what makes a task, and that copying it is worth nothing."""
    premises = field(row, "premises")
    if len(premises) < 2:
        return Skip(str(field(row, "id")), "one_premise")
    task = {"shape": "conclusion", "premises": premises}
    completion = f"<answer>{' ∧ '.join(f'({premise})' for premise in premises)}</answer>"
    if not field(row, "parses"):
        return _case(row, "does not parse", task, completion, refused_as_invalid)
    if field(row, "premises_inconsistent"):
        expectation = refused("BAD_GROUND_TRUTH", "premises_inconsistent")
        return _case(row, "inconsistent", task, completion, expectation)
    return _case(row, "joined", task, completion, worthless, passes=False)


def proofwriter(row: Row) -> Sequence[Case]:
    """logic/proofwriter: premises as rules, and a conclusion."""
    return _labelled(row, row.get("solver_label") or field(row, "label"))


def pelletier(row: Row) -> Sequence[Case]:
    """logic/pelletier: theorems and what is none."""
    label = field(row, "label")
    task = _label_task(row)
    if label == "PremisesInconsistent":
        expectation = refused("BAD_GROUND_TRUTH", "premises_inconsistent")
        return [_case(row, label, task, "<answer>True</answer>", expectation)]
    if label in LABELS:
        return _labelled(row, label)
    wrong = reasoned("wrong_label", False)
    return [_case(row, label, task, "<answer>True</answer>", wrong, passes=False)]


def reasoned(reason: str, passes: bool) -> Expectation:
    """Expects a judgement with this reason, that passes or does not."""

    def check(result: CompletionResult) -> str | None:
        outcome = result.outcome
        if isinstance(outcome, ScoreError):
            return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
        if outcome.reason == reason and outcome.passed is passes:
            return None
        return f"should be {reason}, is {outcome.verdict} ({outcome.reason})"

    return check


def worthless(result: CompletionResult) -> str | None:
    """Expects a judgement of value 0 that was decided."""
    outcome = result.outcome
    if isinstance(outcome, ScoreError):
        return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
    if outcome.passed or outcome.value > 0.0 or outcome.verdict == "UNDECIDED":
        return f"should be worth nothing, is {outcome.verdict} ({outcome.reason})"
    return None


def refused(code: str, reason: str = "") -> Expectation:
    """Expects that the task is refused with this code and, if it is given, this reason."""

    def check(result: CompletionResult) -> str | None:
        outcome = result.outcome
        if not isinstance(outcome, ScoreError):
            return f"should be refused, is {outcome.verdict} ({outcome.reason})"
        if outcome.code == code and reason in ("", outcome.reason):
            return None
        return f"should be refused as {code} {reason}, is {outcome.code} ({outcome.reason})"

    return check


refused_as_invalid = refused("INVALID_TASK")


def _label_task(row: Row) -> dict[str, Any]:
    return {
        "shape": "label",
        "premises": field(row, "premises"),
        "conclusion": field(row, "conclusion"),
    }


def _labelled(row: Row, label: str) -> Sequence[Case]:
    """The task with this label, and each of the labels as a completion."""
    task = {**_label_task(row), "label": label}
    made = []
    for each in LABELS:
        right = each == label
        expectation = reasoned("correct_label" if right else "wrong_label", right)
        completion = f"<answer>{each}</answer>"
        made.append(_case(row, label, task, completion, expectation, passes=right))
    return made


def _case(
    row: Row,
    category: str,
    task: Mapping[str, Any],
    completion: str,
    expectation: Expectation,
    *,
    passes: bool | None = None,
) -> Case:
    return Case(
        id=str(field(row, "id")),
        category=category,
        verifier="logic",
        task=task,
        completion=completion,
        expectation=expectation,
        passes=passes,
    )
