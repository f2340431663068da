"""The adapters of proofs, puzzles, hostile scripts and formulas, on rows of our own."""

import pytest

from tests.conformance.adapters import ADAPTERS
from trainer_client.results import CompletionResult, Diagnostics, Score, ScoreError

PROOF = {
    "id": "p",
    "premises": ["∀x (Owl(x) → Bird(x))", "∀x (Bird(x) → Lays(x))", "Owl(ida)"],
    "goal": "Lays(ida)",
    "steps": ["S1: Bird(ida) [from P3, P1]", "S2: Lays(ida) [from S1, P2]"],
}
PUZZLE = {
    "id": "z",
    "domains": {"ann": ["1", "2"], "ben": ["1", "2"]},
    "constraints": [["lt", "ann", "ben"]],
    "solution": {"ann": "1", "ben": "2"},
}


def judged(verdict, reason, value=0.0, attempts=1):
    score = Score(value, verdict == "CORRECT", verdict, reason)
    return CompletionResult(score, Diagnostics(), attempts=attempts)


def error(code, reason="x"):
    return CompletionResult(ScoreError(code, reason, "", False), Diagnostics(), attempts=1)


def test_every_step_of_a_proof_is_negated_and_every_citation_left_out():
    cases = ADAPTERS["logic/prontoqa_proofs"](PROOF)
    assert len(cases) == 1 + 2 * (1 + 2)
    assert "S1: ¬(Bird(ida)) [from P3, P1]\nS2: Lays(ida) [from S1, P2]" in cases[1].completion
    assert "S2: Lays(ida) [from P2]" in cases[5].completion
    assert cases[0].expectation(judged("CORRECT", "proof_complete", 1.0)) is None
    assert cases[5].expectation(judged("INCORRECT", "step_invalid@2")) is None
    assert cases[5].expectation(judged("INCORRECT", "step_invalid@1"))
    assert cases[5].expectation(judged("CORRECT", "proof_complete", 1.0))


def test_every_variable_of_a_puzzle_is_changed():
    right, *wrong = ADAPTERS["logic/puzzles"](PUZZLE)
    assert right.completion == "<answer>ann=1; ben=2</answer>"
    assert [case.completion for case in wrong] == [
        "<answer>ann=2; ben=2</answer>",
        "<answer>ann=1; ben=1</answer>",
    ]
    for case in wrong:
        assert case.expectation(judged("INCORRECT", "assignment_violates@1")) is None
        assert case.expectation(judged("INCORRECT", "assignment_incomplete"))
        assert case.expectation(error("BAD_GROUND_TRUTH"))


@pytest.mark.parametrize(
    ("required", "as_script", "contained"),
    [
        ("rejected_before_solver", error("INVALID_TASK"), True),
        ("rejected_before_solver", judged("CORRECT", "correct_unsat", 1.0), False),
        ("bounded: a verdict", judged("CORRECT", "correct_unsat", 1.0), True),
        ("bounded: a verdict", error("BAD_GROUND_TRUTH", "undecided"), True),
        ("bounded: a verdict", error("SANDBOX_FAULT"), False),
        ("bounded: a verdict", judged("UNDECIDED", "solver_unknown", attempts=2), False),
    ],
)
def test_a_hostile_script_is_contained(required, as_script, contained):
    row = {"id": "h", "text": "(assert false)", "required": required}
    answer, honest, script, other = ADAPTERS["logic/hostile_smtlib"](row)
    assert (script.expectation(as_script) is None) is contained
    assert answer.expectation(judged("MALFORMED", "parse_error.syntax")) is None
    assert answer.expectation(judged("CORRECT", "model_satisfies", 1.0))
    assert answer.expectation(judged("INCORRECT", "model_violates@1"))
    assert honest.expectation(judged("CORRECT", "model_satisfies", 1.0)) is None
    assert honest.task != other.task


def test_a_file_that_a_hostile_script_writes_is_seen(tmp_path):
    path = tmp_path / "written"
    row = {"id": "h", "text": f'(set-option :x "{path}")', "required": "rejected_before_solver"}
    answer, *_ = ADAPTERS["logic/hostile_smtlib"](row)
    refused = judged("POLICY_VIOLATION", "forbidden.axiom")
    assert answer.expectation(refused) is None
    path.touch()
    assert "behind" in answer.expectation(refused)


def test_a_formula_is_read_or_not_as_labelled():
    read, same = ADAPTERS["logic/model_emitted_formulas"](
        {"id": "f", "formula": "Cat(tom)", "parses": True, "warnings": []}
    )
    assert read.expectation(judged("MALFORMED", "vocab.unknown_symbol")) is None
    assert read.expectation(judged("MALFORMED", "parse_error.syntax"))
    assert same.expectation(judged("CORRECT", "equivalent", 1.0)) is None
    assert same.expectation(error("BAD_GROUND_TRUTH", "trivial_gold")) is None
    assert same.expectation(error("INVALID_TASK"))
    (unread,) = ADAPTERS["logic/model_emitted_formulas"](
        {"id": "f", "formula": "Cat(", "parses": False}
    )
    assert unread.expectation(judged("MALFORMED", "parse_error.syntax")) is None
    assert unread.expectation(judged("MALFORMED", "vocab.unknown_symbol"))
