"""The logic adapters, on rows and results made by hand."""

from tests.conformance.adapters import ADAPTERS
from trainer_client.results import CompletionResult, Component, Diagnostics, Score, ScoreError

ROW = {"id": "r", "premises": ["p", "p → q"], "conclusion": "q", "label": "True"}


def judged(verdict: str, reason: str) -> CompletionResult:
    right = verdict == "CORRECT"
    part = Component("answer", float(right), 1.0, int(right), 1)
    return CompletionResult(Score(float(right), right, verdict, reason, (part,)), Diagnostics())


def unjudged(code: str, reason: str) -> CompletionResult:
    return CompletionResult(ScoreError(code, reason, "why", False))


RIGHT = judged("CORRECT", "correct_label")
WRONG = judged("INCORRECT", "wrong_label")


def test_every_label_is_tried_and_one_is_right():
    cases = ADAPTERS["logic/proofwriter"](ROW)
    assert [case.task["label"] for case in cases] == ["True"] * 3
    assert [case.expectation(RIGHT) is None for case in cases] == [True, False, False]
    assert [case.expectation(WRONG) is None for case in cases] == [False, True, True]
    mislabelled = unjudged("BAD_GROUND_TRUTH", "mislabelled")
    assert all("not judged" in (case.expectation(mislabelled) or "") for case in cases)


def test_the_label_of_classical_logic_goes_first():
    cases = ADAPTERS["logic/proofwriter"](ROW | {"label": "Uncertain", "solver_label": "False"})
    assert [case.passes for case in cases] == [False, True, False]


def test_what_the_solver_could_not_read_must_be_refused():
    (case,) = ADAPTERS["logic/folio_validation"](ROW | {"solver_label": "parse_error"})
    assert case.expectation(unjudged("INVALID_TASK", "parse_error.syntax")) is None
    assert case.expectation(RIGHT)


def test_what_is_no_theorem_is_anything_but_true():
    (case,) = ADAPTERS["logic/pelletier"](ROW | {"label": "NotEntailed"})
    assert case.expectation(WRONG) is None
    assert case.expectation(RIGHT)
    (case,) = ADAPTERS["logic/pelletier"](ROW | {"label": "PremisesInconsistent"})
    assert case.expectation(unjudged("BAD_GROUND_TRUTH", "premises_inconsistent")) is None
    assert case.expectation(unjudged("BAD_GROUND_TRUTH", "undecided"))


def test_edge_cases_agree_by_reason():
    row = {
        "id": "e",
        "task": "conclusion",
        "premises": ["p", "p → q"],
        "response": "<answer>q</answer>",
        "verdict": "entailed",
        "reward": 1,
    }
    case = ADAPTERS["logic/edge_cases"](row)
    assert case.task == {"shape": "conclusion", "premises": ["p", "p → q"]}
    assert case.expectation(judged("CORRECT", "entailed")) is None
    assert case.expectation(judged("INCORRECT", "trivial.padded"))
    broken = ADAPTERS["logic/edge_cases"](
        row | {"verdict": "premises_inconsistent", "reward": None}
    )
    assert broken.expectation(unjudged("BAD_GROUND_TRUTH", "premises_inconsistent")) is None
    assert broken.expectation(judged("INCORRECT", "premises_inconsistent"))


def test_copied_premises_are_worth_nothing():
    row = ROW | {"parses": True, "premises_inconsistent": False}
    case = ADAPTERS["logic/folio_train_premises"](row)
    assert case.completion == "<answer>(p) ∧ (p → q)</answer>"
    assert case.expectation(judged("INCORRECT", "trivial.restates_premise")) is None
    assert case.expectation(judged("UNDECIDED", "solver_unknown"))
    assert case.expectation(judged("CORRECT", "entailed"))
    refused = ADAPTERS["logic/folio_train_premises"](row | {"parses": False})
    assert refused.expectation(unjudged("INVALID_TASK", "parse_error.empty")) is None
