"""Proofs: what completes one, which step is named as bad, and what a part of one is worth."""

from typing import Any

import pytest

from tests.verifier_server.verifiers.logic.judging import facts, judge, refused, score
from verifier_server.contract import Score

PREMISES = [
    "∀x (Otter(x) → Swims(x))",
    "∀x (Swims(x) → Wet(x))",
    "∀x (Wet(x) → Cold(x))",
    "Otter(ole)",
    "∀x (Cat(x) → ¬Wet(x))",
]
TASK: dict[str, Any] = {"shape": "proof", "premises": PREMISES, "goal": "Cold(ole)"}
LEMMAS: dict[str, Any] = {**TASK, "gold_lemmas": ["Swims(ole)", "Wet(ole)", "Cold(ole)"]}
WHOLE = [
    "S1: Swims(ole) [from P1, P4]",
    "S2: Wet(ole) [from P2, S1]",
    "S3: Cold(ole) [from S2, P3]",
]


def proved(steps: list[str], task: dict[str, Any] = TASK) -> Score:
    return score(task, "\n".join(steps))


def test_each_step_from_what_it_cites_completes_a_proof() -> None:
    found = proved(WHOLE)
    assert (found.reason, found.value, found.passed) == ("proof_complete", 1.0, True)
    assert [(part.name, part.passed, part.total) for part in found.components] == [
        ("answer", 1, 1),
        ("steps", 3, 3),
    ]


@pytest.mark.parametrize(
    "steps",
    [
        ["S1: ∀x (Otter(x) → Wet(x)) [from P1, P2]", "S2: Cold(ole) [from S1, P3, P4]"],
        ["S1: Cold(ole) [from P1, P2, P3, P4]"],
        ["Cold(ole) by modus ponens from P1, P2, P3 and P4"],
        [
            "S1: Wet(ole) ∨ ¬Wet(ole) [from ]",
            *[s.replace("S2", "S3").replace("S1", "S2") for s in WHOLE[:2]],
            "S4: ¬¬Cold(ole) [from S3, P3]",
        ],
        ["S1: all x. (-Cold(x) -> -Wet(x)) [from P3]", "S2: Cold(ole) [from P1, P2, P4, S1]"],
    ],
)
def test_other_ways(steps: list[str]) -> None:
    assert proved(steps).reason == "proof_complete"


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (WHOLE[:2], "proof_incomplete"),
        ([*WHOLE, "S4: Cold(ole) ∨ Cat(ole) [from S3]"], "proof_incomplete"),
        (["S1: Cold(ole) [from ]"], "step_invalid@1"),
        (["S1: Cold(ole) [from P3]"], "step_invalid@1"),
        ([WHOLE[0], "S2: Wet(ole) [from P2]", "S3: Cold(ole) [from S2, P3]"], "step_invalid@2"),
        (["S1: Cat(ole) ∧ ¬Cat(ole) [from P4]", "S2: Cold(ole) [from S1]"], "step_invalid@1"),
        ([WHOLE[0], "S2: Wet(ole) [from P2, S2]"], "step_bad_citation@2"),
        ([WHOLE[0], "S2: Wet(ole) [from P2, S3]"], "step_bad_citation@2"),
        ([WHOLE[0], "S2: Wet(ole) [from P9]"], "step_bad_citation@2"),
        ([WHOLE[0], "S2: Wet(ole)", "S3: Cold(ole) [from S2, P3]"], "step_bad_citation@2"),
        (["S1: Cold(ole) [from P1, P2, P3, P4, P5]"], "step_too_many_citations@1"),
        ([WHOLE[0], "S2: Wet(ole [from P2, S1]"], "parse_error.syntax@2"),
        ([WHOLE[0], "S3: Wet(ole) [from P2, S1]"], "parse_error.step_number@2"),
        ([WHOLE[0], "S2: Dry(ole) [from P2, S1]"], "vocab.unknown_symbol@2"),
        ([WHOLE[0], "S2: Wet(witness) [from P2, S1]"], "vocab.unknown_symbol@2"),
        ([WHOLE[0], "S2: Wet(x) [from P2, S1]"], "ill_formed.free_variable@2"),
        (["S1: Wet(ole) [from P1]", "S2: Wet(( [from P2, S1]"], "step_invalid@1"),
        (["axiom: Cold(ole)", "S1: Cold(ole) [from P1]"], "forbidden.axiom"),
        ([], "no_answer"),
    ],
)
def test_the_first_bad_step_is_named(steps: list[str], reason: str) -> None:
    found = proved(steps)
    assert (found.reason, found.value, found.passed) == (reason, 0.0, False)


def test_few_citations_make_small_steps() -> None:
    strict = {**TASK, "max_citations": 2}
    assert proved(WHOLE, strict).passed
    found = proved(["S1: Wet(ole) [from P1, P2, P4]", WHOLE[2].replace("S2", "S1")], strict)
    assert found.reason == "step_too_many_citations@1"


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        (WHOLE, 1.0),
        (WHOLE[:2], 2 / 3),
        (WHOLE[:1], 1 / 3),
        ([WHOLE[0], "S2: Cold(ole) [from P3]"], 1 / 3),
        (["S1: ¬¬Wet(ole) [from P1, P2, P4]"], 1 / 3),
        # Repetition, restatement, tautologies, and what is said after the first bad step.
        ([WHOLE[0], "S2: Swims(ole) [from S1]", "S3: ¬¬Swims(ole) [from S1]"], 1 / 3),
        (["S1: Otter(ole) [from P4]", "S2: Otter(ole) [from P4]"], 0.0),
        (["S1: Wet(ole) ∨ ¬Wet(ole) [from ]"], 0.0),
        (["S1: Cold(ole) [from P3]", "S2: Swims(ole) [from P1, P4]"], 0.0),
        (["S1: Swims(ole) ∨ Cat(ole) [from P1, P4]"], 0.0),
        # What cannot be read is worth nothing.
        ([WHOLE[0], "S2: Wet(( [from P2, S1]"], 0.0),
    ],
)
def test_parts_are_paid_for_lemmas_alone(steps: list[str], value: float) -> None:
    found = proved(steps, LEMMAS)
    assert found.value == pytest.approx(value)
    assert found.passed is (value == 1.0)
    if 0.0 < value < 1.0:
        assert found.verdict == "PARTIAL"


def test_one_lemma_on_a_way_of_two_steps_is_half_of_it() -> None:
    task = {
        "shape": "proof",
        "premises": PREMISES,
        "goal": "Wet(ole)",
        "gold_lemmas": ["Swims(ole)"],
    }
    assert proved(WHOLE[:1], task).value == 0.5
    assert proved(WHOLE[:1], {**task, "gold_lemmas": []}).value == 0.0


def test_a_proof_of_the_negation() -> None:
    task = {"shape": "proof", "premises": PREMISES, "goal": "Cat(ole)", "gold_lemmas": ["Wet(ole)"]}
    steps = ["S1: Wet(ole) [from P1, P2, P4]", "S2: ¬Cat(ole) [from S1, P5]"]
    found = proved(steps, task)
    assert (found.reason, found.value) == ("proof_refutes", 0.0)
    found = proved(steps, {**task, "settle": True})
    assert (found.reason, found.value) == ("refutation_complete", 1.0)


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({"premises": [*PREMISES, "¬Cold(ole)"]}, "BAD_GROUND_TRUTH", "premises_inconsistent"),
        ({"goal": "∃x Cat(x)"}, "BAD_GROUND_TRUTH", "goal_not_entailed"),
        ({"goal": "Wet(ole) ∨ ¬Wet(ole)"}, "BAD_GROUND_TRUTH", "trivial_goal"),
        ({"goal": "Wet(ole) ∧ ¬Wet(ole)"}, "BAD_GROUND_TRUTH", "trivial_goal"),
        ({"gold_lemmas": ["Cat(ole)"]}, "BAD_GROUND_TRUTH", "lemma_not_entailed"),
        ({"gold_lemmas": ["Wet(ole) → Wet(ole)"]}, "BAD_GROUND_TRUTH", "trivial_lemma"),
        ({"gold_lemmas": ["∀y (¬Cold(y) → ¬Wet(y))"]}, "BAD_GROUND_TRUTH", "trivial_lemma"),
        ({"goal": "∧ Cold(ole)"}, "INVALID_TASK", "parse_error.syntax"),
        ({"goal": "Cold(x)"}, "INVALID_TASK", "ill_formed.free_variable"),
    ],
)
def test_what_makes_no_task(change: dict[str, Any], code: str, reason: str) -> None:
    error = refused({**TASK, **change})
    assert (error.code, error.reason) == (code, reason)
    field = next(iter(change))
    assert error.pointer.startswith(f"/{field}")


def test_a_countermodel_of_the_bad_step_is_in_the_tasks_words() -> None:
    found = proved(["S1: Wet(ole) [from P1, P4]"])
    told = facts(found)["countermodel"]
    assert "true: Otter(ole)" in told
    assert "false: Wet(ole)" in told
    assert "P1" in dict(found.diagnostics.privileged)["goal_proved_by"]


def test_what_is_not_decided_is_undecided() -> None:
    # Without an end and a loop, an order is infinite: no finite countermodel of the step exists.
    premises = [
        "∀x ∃y Below(x, y)",
        "∀x ∀y ∀z (Below(x, y) ∧ Below(y, z) → Below(x, z))",
        "Otter(ole)",
        "∀x (Otter(x) → Swims(x))",
    ]
    task = {"shape": "proof", "premises": premises, "goal": "Swims(ole)"}
    steps = ["S1: ∃x Below(x, x) [from P1, P2]", "S2: Swims(ole) [from P3, P4]"]
    found = proved(steps, {**task, "gold_lemmas": []})
    assert (found.reason, found.verdict) == ("step_solver_unknown@1", "UNDECIDED")
    assert found.value == 0.0
    assert proved(["S1: Swims(ole) [from P3, P4]", steps[0].replace("S1", "S2")], task).value == 0.0


def test_the_units_are_the_same_on_every_run() -> None:
    judging = judge(TASK)
    text = "<answer>" + "\n".join(WHOLE) + "</answer>"
    assert judging(text) == judging(text) == judge(TASK)(text)
    assert int(dict(judging(text).diagnostics.privileged)["solver_units"]) > 0
