"""Labels: the truth is computed, and a wrong task gives no reward."""

from typing import Any

import pytest

from verifier_server.contract import ErrorCode, TaskError, Verdict
from verifier_server.verifiers.logic.verifier import prepare

RIVER = ["∀x (River(x) → Wet(x))", "River(rhine)", "∀x (Desert(x) → ¬Wet(x))"]


def task(conclusion: str, premises: list[str] | None = None, **fields: Any) -> dict[str, Any]:
    given = RIVER if premises is None else premises
    return {"shape": "label", "premises": given, "conclusion": conclusion, **fields}


@pytest.mark.parametrize(
    ("conclusion", "truth"),
    [
        ("Wet(rhine)", "True"),
        ("¬Desert(rhine)", "True"),
        ("∃x Wet(x)", "True"),
        ("Desert(rhine)", "False"),
        ("∀x Desert(x)", "False"),
        ("Wet(gobi)", "Uncertain"),
        ("∃x Desert(x)", "Uncertain"),
        ("Wet(rhine) ∨ ¬Wet(rhine)", "True"),
    ],
)
def test_the_truth_is_computed(conclusion: str, truth: str) -> None:
    decide = prepare(task(conclusion, label=truth))
    for answer in ("True", "False", "Uncertain"):
        score = decide(f"Reasoning. <answer>{answer}</answer>")
        right = answer == truth
        assert score.passed is right
        assert score.reason == ("correct_label" if right else "wrong_label")
        assert score.verdict is (Verdict.CORRECT if right else Verdict.INCORRECT)


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        ("<answer>True or False</answer>", "no_answer"),
        ("True", "no_answer"),
        ("<answer>True", "no_answer"),
        ("<answer>True</answer> <answer>False</answer>", "multiple_answers"),
        ("<answer>Wet(rhine)</answer>", "no_answer"),
    ],
)
def test_what_is_no_label(completion: str, reason: str) -> None:
    score = prepare(task("Wet(rhine)"))(completion)
    assert (score.verdict, score.reason, score.value) == (Verdict.NO_ANSWER, reason, 0.0)


def test_nothing_open_gives_the_label_away() -> None:
    for conclusion in ("Wet(rhine)", "Desert(rhine)", "Wet(gobi)"):
        decide = prepare(task(conclusion))
        for answer in ("<answer>no</answer>", "<answer>unknown</answer>", ""):
            score = decide(answer)
            seen = score.diagnostics
            assert score.passed or ("truth" not in dict(seen.facts) and seen.message != "True")
            assert dict(seen.facts).keys() <= {"label"}
            assert "truth" in dict(seen.privileged)


def test_evidence_is_privileged() -> None:
    def seen(conclusion: str) -> dict[str, str]:
        return dict(prepare(task(conclusion))("").diagnostics.privileged)

    assert seen("Wet(rhine)")["proved_by"] == "P1: ∀x (River(x) → Wet(x))\nP2: River(rhine)"
    assert "P3: " in seen("Desert(rhine)")["refuted_by"]
    open_question = seen("Wet(gobi)")
    assert "Wet(gobi)" in open_question["model_where_true"]
    assert "Wet(gobi)" in open_question["model_where_false"]


def test_words_of_the_task() -> None:
    words = ["entailment", "contradiction", "neutral"]
    decide = prepare(task("Wet(gobi)", words=words, label="Neutral"))
    assert decide("<answer>Neutral.</answer>").passed
    assert decide("<answer>entailment</answer>").reason == "wrong_label"
    assert decide("<answer>Uncertain</answer>").reason == "no_answer"


@pytest.mark.parametrize(
    ("given", "code", "reason", "pointer"),
    [
        (task("Wet(rhine)", label="False"), "BAD_GROUND_TRUTH", "mislabelled", "/label"),
        (task("Wet(rhine)", label="Unknown"), "BAD_GROUND_TRUTH", "mislabelled", "/label"),
        (task("Wet(rhine)", label="maybe"), "INVALID_TASK", "unknown_label", "/label"),
        (
            task("Wet(rhine)", words=["a", "a", "b"]),
            "INVALID_TASK",
            "unusable_words",
            "/words",
        ),
        (
            task("Wet(rhine)", premises=[*RIVER, "¬Wet(rhine)"]),
            "BAD_GROUND_TRUTH",
            "premises_inconsistent",
            "/premises",
        ),
        (task("Wet(rhine) →"), "INVALID_TASK", "parse_error.syntax", "/conclusion"),
        (task("Wet(x)"), "INVALID_TASK", "ill_formed.free_variable", "/conclusion"),
        (
            task("⊥", premises=["∀x ∃y R(x, y)", "∀x ¬R(x, x)", "∀x ∀y ∀z (R(x,y)∧R(y,z)→R(x,z))"]),
            "BAD_GROUND_TRUTH",
            "undecided",
            "/conclusion",
        ),
    ],
)
def test_tasks_that_are_refused(
    given: dict[str, Any], code: str, reason: str, pointer: str
) -> None:
    with pytest.raises(TaskError) as caught:
        prepare(given)
    error = caught.value
    assert (error.code, error.reason, error.pointer) == (ErrorCode(code), reason, pointer)


def test_the_fault_names_both_labels_and_the_premises() -> None:
    with pytest.raises(TaskError, match=r"says False.*say True"):
        prepare(task("Wet(rhine)", label="False"))
    with pytest.raises(TaskError, match="numbered 1, 2, 4"):
        prepare(task("Wet(gobi)", premises=[*RIVER, "¬Wet(rhine)"]))


def test_declared_constants() -> None:
    assert prepare(task("P(x)", premises=["P(x)"], constants=["x"]))("<answer>True</answer>").passed
