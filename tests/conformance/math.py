"""Adapters of the math suites.

Fields of every suite: gold, prediction, expected (true, false, or "either" for a row that
nobody should score); id (the gold and the prediction, if it lacks one), category. How a
prediction becomes a completion:

- forms, math_mix, pairs: the prediction goes into a box, as the suites' README says.
- adversarial, gsm8k_outputs: the prediction is a whole completion.
- grader_cases: by `pred_form`: latex goes into a box; text is a whole completion. A gold of
  `gold_form` text is a whole solution, and the right answer is what `extract` finds in it by
  its rule "math"; such rows come from graders that take any formula for an answer, so their
  predictions are judged by that rule too.

`policy` (a text, or a list) says what a suite's own grader was asked: `OPTIONS` has the
options of a task that say the same. A row is skipped where its label is known to be wrong,
needs the question, or asks for what is no option of ours; `SKIPPED` has these.
With `side_effect_marker` the completion holds code that would write a file below /tmp,
which must not be there afterwards.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.conformance.cases import Case, Expectation, Row, Skip, field
from trainer_client.results import CompletionResult, ScoreError
from verifier_server.verifiers.math.completion.extract import NoAnswerError, extract

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "list_order_free": {},
    "list_order_strict": {"order": "strict"},
    "percent_lenient": {"percent": "loose"},
    "percent_strict": {"percent": "strict"},
    "tolerance_1e-3": {"tolerance": 1e-3},
    "tolerance_loose": {"tolerance": 1e-2},
    "unit_space_rule": {"units": "required"},
    "variables_matter": {"rename_variables": False},
    "form=final": {"form": "final"},
    "form=any": {"form": "any"},
}
SKIPPED = {
    "either": "not_labelled",
    "label_wrong": "label_wrong",
    "upstream_label_wrong": "label_wrong",
    "needs_question_context": "needs_question_context",
    "no_nontrivial_simplification": "no_such_option",
}
# A file that code in a completion would write if it ran.
MARKER = re.compile(r"/tmp/\w+")
# Tests of a parser: what is written is right, however it is written.
PARSER_TESTS = "latex2sympy2_extended"


def passed_as(expected: bool) -> Expectation:
    """Expects a judgement that passes, or one that does not."""

    def check(result: CompletionResult) -> str | None:
        outcome = result.outcome
        if isinstance(outcome, ScoreError):
            return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
        if outcome.passed is expected:
            return None
        wanted = "accepted" if expected else "rejected"
        return f"should be {wanted}, is {outcome.verdict} ({outcome.reason})"

    return check


def forms(row: Row) -> Case | Skip:
    """math/forms, math/math_mix, math/pairs: a gold and a prediction, equal or a near miss."""
    return _case(row, field(row, "gold"), _boxed(field(row, "prediction")), {})


def outputs(row: Row) -> Case | Skip:
    """math/gsm8k_outputs: a gold and a whole completion."""
    return _case(row, field(row, "gold"), field(row, "prediction"), {})


def adversarial(row: Row) -> Case | Skip:
    """math/adversarial: a gold and a whole, hostile completion, judged without a side effect."""
    case = _case(row, field(row, "gold"), field(row, "prediction"), {})
    if isinstance(case, Skip) or not row.get("side_effect_marker"):
        return case
    markers = [Path(name) for name in MARKER.findall(case.completion)]
    return replace(case, expectation=_without_effect(case.expectation, markers))


def grader_cases(row: Row) -> Case | Skip:
    """math/grader_cases: the tests of other graders, under the policies they were made for."""
    gold, prediction = field(row, "gold"), field(row, "prediction")
    options: dict[str, Any] = {}
    if field(row, "gold_form") == "text":
        gold = _answer_of(gold)
        options["extract"] = "math"
    if row.get("suite") == PARSER_TESTS:
        options["form"] = "any"
    text = field(row, "pred_form") == "text"
    case = _case(row, gold, prediction if text else _boxed(prediction), options)
    return case if isinstance(case, Skip) else replace(case, category=str(field(row, "suite")))


def _case(row: Row, gold: str, completion: str, options: Mapping[str, Any]) -> Case | Skip:
    name = str(row.get("id", f"{gold} | {field(row, 'prediction')}"))
    expected = field(row, "expected")
    if not isinstance(expected, bool):
        return Skip(name, "not_labelled")
    asked = dict(options)
    for policy in _policies(row):
        kind = policy.partition(":")[0].partition(" ")[0]
        if kind in SKIPPED:
            return Skip(name, SKIPPED[kind])
        asked |= OPTIONS.get(kind, {})
    return Case(
        id=name,
        category=str(row.get("category", "")),
        verifier="math",
        task={"answer": gold, **asked},
        completion=completion,
        expectation=passed_as(expected),
        passes=expected,
    )


def _policies(row: Row) -> list[str]:
    policy = row.get("policy") or []
    label = str(row.get("label", ""))
    wrong = ["upstream_label_wrong"] if "upstream_label_wrong" in label else []
    return [*(policy if isinstance(policy, list) else [str(policy)]), *wrong]


def _boxed(prediction: str) -> str:
    return f"\\boxed{{{prediction}}}"


def _answer_of(solution: str) -> str:
    try:
        return extract(solution, "math").text
    except NoAnswerError:
        return solution


def _without_effect(expectation: Expectation, markers: Sequence[Path]) -> Expectation:
    def check(result: CompletionResult) -> str | None:
        left = [str(marker) for marker in markers if marker.exists()]
        return f"left {', '.join(left)} behind" if left else expectation(result)

    return check
