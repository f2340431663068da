"""The options of a task: what each admits and what it refuses."""

import json
from importlib import resources
from typing import Any

import pytest

from verifier_server.contract import ErrorCode, Score, TaskError, Verdict
from verifier_server.task_json import check_schema
from verifier_server.verifiers.math.verifier import prepare

PACKAGE = "verifier_server.verifiers.math"
SCHEMA = json.loads(resources.files(PACKAGE).joinpath("task_schema.json").read_bytes())


def score(task: dict[str, Any], completion: str) -> Score:
    check_schema(task, PACKAGE)
    return prepare(task)(completion)


def outcome(task: dict[str, Any], completion: str) -> tuple[str, str]:
    found = score(task, completion)
    assert found.value == float(found.passed)
    return found.verdict.value, found.reason


@pytest.mark.parametrize("task", SCHEMA["examples"], ids=str)
def test_the_examples_of_the_schema(task: dict[str, Any]) -> None:
    answers = task["answer"] if isinstance(task["answer"], list) else [task["answer"]]
    for answer in answers:
        assert score(task, rf"\boxed{{{answer}}}").passed


@pytest.mark.parametrize(
    ("options", "answer", "completion", "passed"),
    [
        ({}, "50", r"\boxed{50\%}", True),
        ({}, "0.5", r"\boxed{50}\%", True),
        ({"percent": "strict"}, "50", r"\boxed{50\%}", False),
        ({"percent": "strict"}, r"50\%", r"\boxed{0.5}", True),
        ({}, "1, 2", r"\boxed{2, 1}", True),
        ({"order": "strict"}, "1, 2", r"\boxed{2, 1}", False),
        ({"order": "strict"}, "1, 2", r"\boxed{1} and \boxed{2}", True),
        ({}, "y = 2x", r"\boxed{b = 2a}", False),
        ({"rename_variables": True}, "y = 2x", r"\boxed{b = 2a}", True),
        ({}, r"\frac13", r"\boxed{0.333}", False),
        ({"significant_digits": 3}, r"\frac13", r"\boxed{0.333}", True),
        ({"significant_digits": 3}, r"\frac13", r"\boxed{0.33}", False),
        ({"tolerance": 0.01}, "100", r"\boxed{101}", True),
        ({"tolerance": 0.01}, "100", r"\boxed{102}", False),
        ({}, "2 hours", r"\boxed{2}", True),
        ({}, "2 hours", r"\boxed{120 \text{ minutes}}", False),
        ({"units": "required"}, "2 hours", r"\boxed{2}", False),
        ({"units": "convert"}, "2 hours", r"\boxed{120 \text{ minutes}}", True),
        ({"units": "convert"}, "2 hours", r"\boxed{2 \text{ minutes}}", False),
        ({"units": "convert"}, "2 hours", r"\boxed{120}\text{ minutes}", True),
        ({}, "210", r"\boxed{\sum_{k=1}^{20} k}", False),
        ({"form": "any"}, "210", r"\boxed{\sum_{k=1}^{20} k}", True),
        ({"form": "any"}, r"\frac{\sqrt2}{2}", r"\boxed{\sin\frac{\pi}{4}}", True),
        ({}, "42", "Answer: 42", True),
        ({"extract": "box"}, "42", "Answer: 42", False),
        ({"extract": "box"}, "42", r"\boxed{42}", True),
        ({}, "x < 3", "We find\nthat $x < 3$.", False),
        ({"extract": "math"}, "x < 3", "We find\nthat $x < 3$.", True),
        # One of several right answers.
        ({}, ["12", "twelve"], r"\boxed{Twelve}", True),
        ({}, ["12", "twelve"], r"\boxed{12}", True),
        ({}, ["12", "twelve"], r"\boxed{13}", False),
        ({}, ["3", r"\sum_{k=1}^2 k"], r"\boxed{\sum_{k=1}^2 k}", True),
        # A data set's solution, with its answer where a completion's would be.
        ({}, "2 + 2 = 4\n#### 4", r"\boxed{4}", True),
        ({}, r"Hence $x = \boxed{4}$.", "#### 4", True),
        ({}, "2 + 2 is 4. The final answer is $4$. I hope it is correct.", "#### 4", True),
        # The units that stand behind a box.
        ({}, "5 hours", r"\boxed{5}\text{ minutes}", False),
        ({}, "5 hours", r"$\boxed{5}$ minutes", False),
        ({}, "5 hours", r"$\boxed{5}$ hours", True),
        ({}, "5", r"$\boxed{5}$ in the end", True),
        # Words.
        ({}, "no solution", "No solution", True),
        ({}, "B", r"\boxed{A = B}", False),
        ({}, "B", "The answer is (B).", True),
    ],
)
def test_options(options: dict[str, Any], answer: Any, completion: str, passed: bool) -> None:
    assert score({"answer": answer, **options}, completion).passed is passed


@pytest.mark.parametrize(
    ("answer", "completion", "verdict", "reason"),
    [
        ("13", r"\boxed{13}", "CORRECT", "equal"),
        ("13", "16 - 3 = 13", "CORRECT", "equal"),
        ("42", "I think.\nThe total is 42 apples.\n", "CORRECT", "equal"),
        ("42", "So I get 41, then 42", "CORRECT", "equal"),
        ("1234.5", "I have $1,234.50 left", "CORRECT", "equal"),
        ("1234.5", "it costs 1,234.50€", "CORRECT", "equal"),
        ("1.5", "so 1 1/2 cups", "CORRECT", "equal"),
        ("1.5", r"so $1\frac{1}{2}$ cups", "CORRECT", "equal"),
        ("0.5", "about 50%", "CORRECT", "equal"),
        ("-3", "In 2020 it was -3.", "CORRECT", "equal"),
        ("3.2e-7 m", r"so it is 3.2 \times 10^{-7} m", "CORRECT", "equal"),
        ("5 m^2", "5 m^2", "CORRECT", "equal"),
        ("5 apples", "#### 5 red apples in total", "CORRECT", "equal"),
        ("5 apples", "#### 5 oranges", "INCORRECT", "wrong_unit"),
        ("5 hours", "#### 5 minutes", "INCORRECT", "wrong_unit"),
        ("2 hours", "#### 120 minutes", "INCORRECT", "wrong_unit"),
        ("13", r"\boxed{14}", "INCORRECT", "not_equal"),
        ("13", r"\boxed{16-3}", "MALFORMED", "not_a_number"),
        ("120", r"\boxed{5!}", "MALFORMED", "not_a_number"),
        ("32", r"\boxed{2^5}", "MALFORMED", "not_a_number"),
        ("2", r"\boxed{2x}", "MALFORMED", "not_a_number"),
        ("42", r"\boxed{41 or 42}", "MALFORMED", "not_a_number"),
        ("42", "it is not 42", "NO_ANSWER", "not_a_number"),
        ("42", "it is more than 42", "NO_ANSWER", "not_a_number"),
        ("42", "42 or so", "NO_ANSWER", "not_a_number"),
        ("2", "AZ2A", "NO_ANSWER", "not_a_number"),
        ("42", "42\nthat is what I found", "NO_ANSWER", "not_a_number"),
        ("42", r"\boxed{41} and \boxed{42}", "NO_ANSWER", "multiple_answers"),
        ("42", r"<think>42", "NO_ANSWER", "unfinished_reasoning"),
        ("42", "", "NO_ANSWER", "no_answer"),
    ],
)
def test_numeric(answer: str, completion: str, verdict: str, reason: str) -> None:
    assert outcome({"answer": answer, "mode": "numeric"}, completion) == (verdict, reason)


@pytest.mark.parametrize(
    "completion",
    [
        "41 = 42",
        "6 * 8 = 42",
        "from 41 to 42",
        "41, 42",
        "41 42",
        r"\boxed{41, 42}",
        r"\boxed{-x = 42}",
        r"\boxed{2x = 42}",
        r"\boxed{x + 1 = 42}",
        "so we find 2x = 42",
        r"\boxed{7 \cdot 5 = 42}",
        r"\boxed{42 i}",
        "42 million",
        "42 thousand",
        "42 dozen",
        "42 tenths",
        "42 squared",
        "42 factorial",
        "42.000.000",
        "minus 42",
        "negative 42",
        "twice 42",
        "half of 42",
        "the square root of 42",
        "the opposite of 42",
        "over 42",
        "below 42",
        "up to 42",
        "anything but 42",
        "is it 42?",
        "I guess 42",
        "42 is incorrect",
        "it is impossible to be 42",
        "Question 42",
        r"\boxed{f(42)}",
        r"\boxed{(42)_7}",
        r"\boxed{\text{base }7: 42}",
        r"\boxed{42 {7}}",
        "42 negative",
        "42 cm + C",
        "42 cm/2",
        "42 cm x",
        r"\boxed{42\text{ cm} = ?}",
        "#42",
    ],
)
def test_a_number_that_its_surroundings_change(completion: str) -> None:
    assert outcome({"answer": "42", "mode": "numeric"}, completion)[0] != "CORRECT"


@pytest.mark.parametrize(
    "completion",
    [
        "It adds up to: 42",
        "This comes to 42.",
        "which is equal to 42 apples",
        "So 3 boxes of 14 make 42 in total",
        "6 * 7 = 42",
        r"\boxed{6 \cdot 7 = 42}",
        r"\boxed{x = 42}",
        r"\boxed{\text{Area} = 42}",
        "v = d/t = 42",
    ],
)
def test_a_number_in_its_surroundings(completion: str) -> None:
    assert outcome({"answer": "42", "mode": "numeric"}, completion)[0] == "CORRECT"


@pytest.mark.parametrize(
    "completion",
    [
        "So it isn't $42$.",
        "not $42$",
        "more than $42$",
        "at most $42$",
        "if $x = 42$",
        "It's between $41$ and $42$",
        "I doubt it is $42$",
        "twice $42$",
        "minus $42$",
        "so we get -$42$",
        "step $42$",
        "it is $42$ or $43$",
        "$42$ is wrong",
    ],
)
def test_a_last_formula_that_its_surroundings_change(completion: str) -> None:
    found = outcome({"answer": "42", "extract": "math"}, completion)
    assert found[0] != "CORRECT"


@pytest.mark.parametrize(
    ("answer", "completion", "right"),
    [
        ("x - y", "y - x", False),
        ("x - y", "a - b", True),
        ("x - y", "z - x", False),
        ("y = 2x + z", "x = 2y + z", False),
        ("x^2 + C", "C^2 + x", False),
        ("x^2 + C", "t^2 + C", True),
        (r"\{x : x > a\}", r"\{a : a > x\}", False),
        ("A", "B", False),
        ("A, B", "C, D", False),
        ("(x, y)", "(y, x)", False),
    ],
)
def test_renamed_variables(answer: str, completion: str, right: bool) -> None:
    task = {"answer": answer, "rename_variables": True}
    found = outcome(task, rf"\boxed{{{completion}}}")
    assert (found[0] == "CORRECT") is right


def test_numeric_with_units_required() -> None:
    task = {"answer": "9.81 m/s^2", "mode": "numeric", "units": "required", "tolerance": 0.01}
    assert outcome(task, "so g is 9.8 m/s^2") == ("CORRECT", "equal")
    assert outcome(task, "so g is 9.8") == ("INCORRECT", "missing_unit")
    assert outcome(task, "so g is 9.8 m/s") == ("INCORRECT", "wrong_unit")
    assert outcome(task, "so g is 9.5 m/s^2") == ("INCORRECT", "not_equal")
    assert outcome(task | {"extract": "box"}, "so g is 9.8 m/s^2") == ("NO_ANSWER", "no_answer")


@pytest.mark.parametrize(
    ("answer", "completion", "verdict", "reason"),
    [
        (r"\frac{n(n+1)}{2}", r"\boxed{\frac{n^2+n}{2}}", "CORRECT", "equal"),
        (r"\frac{n(n+1)}{2}", r"\boxed{\sum_{k=1}^{n} k}", "CORRECT", "equal"),
        ("y = 2x + 1", r"\boxed{2y = 4x + 2}", "CORRECT", "equal"),
        ("y = 2x + 1", r"\boxed{b = 2a + 1}", "INCORRECT", "not_equal"),
        ("x + 1", r"\boxed{x + 2}", "INCORRECT", "not_equal"),
        ("x + 1", r"\boxed{\text{the sum}}", "MALFORMED", "not_an_expression"),
        ("x + 1", r"\boxed{x + 1, x + 2}", "MALFORMED", "not_an_expression"),
        ("x + 1", r"\boxed{5 \text{ cm}}", "MALFORMED", "not_an_expression"),
        ("42", r"\boxed{42\%}", "INCORRECT", "not_equal"),
        ("42", r"\boxed{4200\%}", "CORRECT", "equal"),
    ],
)
def test_expression(answer: str, completion: str, verdict: str, reason: str) -> None:
    found = outcome({"answer": answer, "mode": "expression"}, completion)
    assert found == (verdict, reason)


@pytest.mark.parametrize(
    ("task", "pointer"),
    [
        ({"answer": "1", "mode": "numeric", "form": "any"}, "/form"),
        ({"answer": "1", "mode": "numeric", "order": "strict"}, "/order"),
        ({"answer": "1", "mode": "numeric", "rename_variables": False}, "/rename_variables"),
        ({"answer": "x", "mode": "expression", "form": "any"}, "/form"),
        ({"answer": "x", "mode": "expression", "order": "free"}, "/order"),
        ({"answer": "x", "mode": "expression", "units": "convert"}, "/units"),
        ({"answer": "x", "mode": "expression", "percent": "loose"}, "/percent"),
        ({"answer": "x", "mode": "expression", "rename_variables": True}, "/rename_variables"),
    ],
)
def test_an_option_that_its_mode_does_not_take(task: dict[str, Any], pointer: str) -> None:
    with pytest.raises(TaskError) as caught:
        score(task, "1")
    error = caught.value
    assert (error.code, error.reason) == (ErrorCode.INVALID_TASK, "option_not_in_mode")
    assert error.pointer == pointer


@pytest.mark.parametrize(
    "task",
    [
        {"answer": ""},
        {"answer": []},
        {"answer": 42},
        {"answer": ["1"] * 17},
        {"answer": "1", "mode": "auto "},
        {"answer": "1", "tolerance": 0},
        {"answer": "1", "tolerance": 1},
        {"answer": "1", "significant_digits": 0},
        {"answer": "1", "units": "yes"},
        {"answer": "1", "extract": "last"},
        {"answer": "1", "answers": "2"},
        {},
    ],
    ids=str,
)
def test_a_task_outside_the_schema(task: dict[str, Any]) -> None:
    with pytest.raises(TaskError) as caught:
        score(task, "1")
    assert caught.value.code is ErrorCode.INVALID_TASK


@pytest.mark.parametrize(
    ("task", "reason", "pointer"),
    [
        ({"answer": ["1", "2 3"]}, "unparsable_answer", "/answer/1"),
        ({"answer": ["1", "x = x"]}, "vacuous_answer", "/answer/1"),
        ({"answer": "x + 1", "mode": "numeric"}, "not_a_number", "/answer"),
        ({"answer": "2 + 2", "mode": "numeric"}, "not_a_number", "/answer"),
        ({"answer": "yes", "mode": "numeric"}, "not_a_number", "/answer"),
        ({"answer": "1, 2", "mode": "numeric"}, "not_a_number", "/answer"),
        ({"answer": "yes", "mode": "expression"}, "not_an_expression", "/answer"),
        ({"answer": "1, 2", "mode": "expression"}, "not_an_expression", "/answer"),
        ({"answer": "5 cm", "mode": "expression"}, "not_an_expression", "/answer"),
    ],
)
def test_a_right_answer_that_cannot_be_used(
    task: dict[str, Any], reason: str, pointer: str
) -> None:
    with pytest.raises(TaskError) as caught:
        score(task, "1")
    error = caught.value
    assert (error.code, error.reason) == (ErrorCode.BAD_GROUND_TRUTH, reason)
    assert error.pointer == pointer


def test_the_position_of_what_cannot_be_read_is_told() -> None:
    with pytest.raises(TaskError, match=r"position \d+"):
        score({"answer": r"\frac{1}{2} 3 \bogus"}, "1")


def test_a_text_that_is_the_right_one_needs_no_comparing() -> None:
    found = score({"answer": r"2^{2025!}"}, r"\boxed{ 2^{2025!} }")
    assert found.verdict is Verdict.CORRECT
    assert ("stage", "text") in found.diagnostics.facts


def test_right_answers_are_in_privileged_diagnostics_only() -> None:
    task = {"answer": ["31337", "27182"]}
    for completion in (r"\boxed{1}", "no", r"\boxed{1}\boxed{2}", r"\boxed{\sum_{k=1}^9 k}"):
        diagnostics = score(task, completion).diagnostics
        shown = repr((diagnostics.extracted, diagnostics.message, diagnostics.facts))
        assert "31337" not in shown
        assert "27182" not in shown


def test_one_completion_changes_no_other_score() -> None:
    judge = prepare({"answer": r"\sqrt{8}"})
    completions = [r"\boxed{2\sqrt2}", r"\boxed{9^9^9^9}", r"\boxed{x=}", r"\boxed{1/0}", "none"]
    alone = [prepare({"answer": r"\sqrt{8}"})(each) for each in completions]
    assert [judge(each) for each in completions] == alone
    assert [judge(each) for each in reversed(completions)] == alone[::-1]
