"""Assignments: the one solution, what is wrong with others, and puzzles that make no task."""

from typing import Any

import pytest

from tests.verifier_server.verifiers.logic.judging import refused, score

TASK: dict[str, Any] = {
    "shape": "assignment",
    "domains": {name: ["mon", "tue", "wed"] for name in ("ann", "ben", "cem")},
    "ordered": [["mon", "tue", "wed"]],
    "constraints": [
        ["diff", ["ann", "ben", "cem"]],
        ["lt", "ann", "ben"],
        ["not", ["next", "ann", "ben"]],
    ],
}
RIGHT = {"ann": "mon", "ben": "wed", "cem": "tue"}


@pytest.mark.parametrize(
    "answer",
    [
        "ann=mon; ben=wed; cem=tue",
        "cem: tue\nann: mon\nben: wed",
        '{"ann": "mon", "ben": "wed", "cem": "tue"}',
        "- ann = mon\n- ben = wed\n- cem = tue\n- cem = tue",
    ],
)
def test_the_solution_in_any_form(answer: str) -> None:
    found = score(TASK, answer)
    assert (found.reason, found.value, found.passed) == ("satisfies", 1.0, True)
    assert score({**TASK, "solution": RIGHT}, answer).passed


@pytest.mark.parametrize(
    ("answer", "reason", "verdict"),
    [
        ("ann=mon; ben=mon; cem=tue", "assignment_violates@1", "INCORRECT"),
        ("ann=tue; ben=mon; cem=wed", "assignment_violates@2", "INCORRECT"),
        ("ann=mon; ben=tue; cem=wed", "assignment_violates@3", "INCORRECT"),
        ("ann=mon; ben=wed", "assignment_incomplete", "INCORRECT"),
        ("ann=mon; ben=sun; cem=tue", "assignment_out_of_domain", "INCORRECT"),
        ("ann=mon; ben=wed; cem=tue; dan=mon", "assignment_unknown_variable", "INCORRECT"),
        ("ann=mon; ann=tue; ben=wed; cem=tue", "assignment_duplicate", "INCORRECT"),
        ("ann is mon", "parse_error.syntax", "MALFORMED"),
        ("", "no_answer", "NO_ANSWER"),
    ],
)
def test_nothing_is_paid_for_a_part(answer: str, reason: str, verdict: str) -> None:
    found = score(TASK, answer)
    assert (found.reason, found.verdict, found.value) == (reason, verdict, 0.0)


@pytest.mark.parametrize(
    ("change", "code", "reason", "pointer"),
    [
        (
            {"constraints": TASK["constraints"][:2]},
            "BAD_GROUND_TRUTH",
            "not_unique",
            "/constraints",
        ),
        (
            {"constraints": [*TASK["constraints"], ["eq", "ann", "ben"]]},
            "BAD_GROUND_TRUTH",
            "unsolvable",
            "/constraints",
        ),
        (
            {"solution": {**RIGHT, "cem": "wed"}},
            "BAD_GROUND_TRUTH",
            "wrong_solution",
            "/solution",
        ),
        ({"solution": {"ann": "mon"}}, "INVALID_TASK", "assignment_incomplete", "/solution"),
        ({"constraints": [["lt", "ann", "dan"]]}, "INVALID_TASK", None, "/constraints/0/2"),
        ({"constraints": [["smells", "ann"]]}, "INVALID_TASK", None, "/constraints/0"),
    ],
)
def test_what_makes_no_task(
    change: dict[str, Any], code: str, reason: str | None, pointer: str
) -> None:
    error = refused({**TASK, **change})
    assert error.code == code
    assert reason in (None, error.reason)
    assert error.pointer.startswith(pointer)


def test_both_solutions_are_told() -> None:
    error = refused({**TASK, "constraints": TASK["constraints"][:2]})
    assert "ann=mon, ben=tue, cem=wed" in error.message


def test_the_solution_is_privileged() -> None:
    found = score(TASK, "ann=mon; ben=mon; cem=mon")
    assert dict(found.diagnostics.privileged) == {"solution": "ann=mon, ben=wed, cem=tue"}
    assert "wed" not in found.diagnostics.message
    assert found.diagnostics.facts == ()
