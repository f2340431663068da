"""Right formulas: equivalence, and on which side an answer misses."""

from typing import Any

import pytest
from hypothesis import given, settings

from tests.verifier_server.verifiers.logic.strategies import formulas
from verifier_server.contract import Score, TaskError
from verifier_server.verifiers.logic.formulas import Formula
from verifier_server.verifiers.logic.printing import show
from verifier_server.verifiers.logic.verifier import prepare

GOLD = "∀x (Bee(x) → ∃y (Flower(y) ∧ Visits(x, y)))"


def judge(answer: str, gold: str = GOLD, **fields: Any) -> Score:
    return prepare({"shape": "closed", "gold": gold, **fields})(f"<answer>{answer}</answer>")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (GOLD, "equivalent"),
        ("∀b (Bee(b) → ∃f (Visits(b, f) ∧ Flower(f)))", "equivalent"),
        ("∀x ∃y (Bee(x) → Flower(y) ∧ Visits(x, y))", "equivalent"),
        ("-(exists x. (Bee(x) & all y. (Flower(y) -> -Visits(x, y))))", "equivalent"),
        ("∃y ∀x (Bee(x) → Flower(y) ∧ Visits(x, y))", "not_equivalent.stronger"),
        ("∀x (Bee(x) → ∃y Visits(x, y))", "not_equivalent.weaker"),
        ("∀x (Bee(x) ∧ ∃y (Flower(y) ∧ Visits(x, y)))", "not_equivalent.stronger"),
        ("∀x (Bee(x) → ∀y (Flower(y) → Visits(x, y)))", "not_equivalent.incomparable"),
        ("∀x (Bee(x) → Bee(x))", "not_equivalent.weaker"),
        ("⊥", "not_equivalent.stronger"),
        ("∀x (Bee(x) → Wasp(x))", "vocab.unknown_symbol"),
        (f"{GOLD}; {GOLD} ∧ ⊤", "multiple_answers"),
        ("Definition: Bee(x) := Flower(x)", "forbidden.axiom"),
    ],
)
def test_answers(answer: str, reason: str) -> None:
    score = judge(answer)
    assert score.reason == reason
    assert score.passed is (reason == "equivalent")


def test_premises_lend_their_symbols_and_nothing_else() -> None:
    premises = ["∀x (Bee(x) ↔ Insect(x))"]
    assert judge("∀x (Insect(x) → Insect(x))", premises=premises).reason == "not_equivalent.weaker"
    answer = GOLD.replace("Bee", "Insect")
    assert judge(answer, premises=premises).reason == "not_equivalent.incomparable"
    assert judge(answer, definitions=premises).reason == "equivalent"


def test_what_tells_them_apart_is_privileged() -> None:
    score = judge("∀x (Bee(x) → ∃y Visits(x, y))")
    assert dict(score.diagnostics.facts) == {}
    seen = dict(score.diagnostics.privileged)
    assert seen["right_formula"] == GOLD
    assert "Bee" in seen["answer_true_right_false"]
    assert "answer_false_right_true" not in seen
    stronger = judge("∀x ∃y (Flower(y) ∧ Visits(x, y))").diagnostics
    assert "Bee" in dict(stronger.privileged)["answer_false_right_true"]
    assert "Flower" not in score.diagnostics.message


@pytest.mark.parametrize(
    ("fields", "reason", "pointer"),
    [
        ({"gold": "p ∨ ¬p"}, "trivial_gold", "/gold"),
        ({"gold": "p ∧ ¬p"}, "trivial_gold", "/gold"),
        ({"gold": "p", "definitions": ["p"]}, "trivial_gold", "/gold"),
        (
            {"gold": "p", "definitions": ["q", "¬q"]},
            "definitions_inconsistent",
            "/definitions",
        ),
        ({"gold": "p ∧"}, "parse_error.syntax", "/gold"),
        ({"gold": "p", "premises": ["p", "p → q)) ∧"]}, "parse_error.unbalanced", "/premises/1"),
    ],
)
def test_tasks_that_are_refused(fields: dict[str, Any], reason: str, pointer: str) -> None:
    with pytest.raises(TaskError) as caught:
        prepare({"shape": "closed", **fields})
    assert (caught.value.reason, caught.value.pointer) == (reason, pointer)


@given(formulas(depth=3))
@settings(max_examples=40, deadline=None)
def test_a_formula_is_equivalent_to_itself_and_not_to_its_negation(formula: Formula) -> None:
    text = show(formula)
    try:
        decide = prepare({"shape": "closed", "gold": text})
    except TaskError as error:
        if error.reason not in ("trivial_gold", "undecided"):
            raise
        return
    assert decide(f"<answer>{text}</answer>").reason in ("equivalent", "solver_unknown")
    assert decide(f"<answer>¬({text})</answer>").reason != "equivalent"
