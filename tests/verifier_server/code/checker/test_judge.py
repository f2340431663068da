"""Special judges: what they may return, and whose fault a failing one is."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.verifier_server.code.checker.kit import Nursery, checker
from verifier_server.verifiers.code.guest.checker import judge
from verifier_server.verifiers.code.guest.checker.task_fault import TaskFault
from verifier_server.verifiers.code.guest.encode import encode


def refuse(value: Any, base: type | None) -> Any:
    raise AssertionError(value)


def function(output: Any, args: Any = (), **expected: Any) -> dict[str, Any]:
    case = {"input": encode(args, refuse), "output": encode(output, refuse), "mode": "function"}
    return case | {name: encode(value, refuse) for name, value in expected.items()}


def stdio(output: str, given: str = "", **expected: str) -> dict[str, Any]:
    return {"mode": "stdio", "input": given, "output": output, **expected}


def score(source: str, *cases: Mapping[str, Any]) -> dict[str, Any]:
    return judge.prepare({"source": source}).serve({"cases": cases}, -1)


def values(source: str, *cases: Mapping[str, Any]) -> list[float]:
    answer = score(source, *cases)
    assert answer["task_error"] is None
    return [case["value"] for case in answer["cases"]]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def check(output): return output == [2, 1]", 1.0),
        ("def check(input, output, expected): return sorted(output) == expected", 1.0),
        ("def check(output, input): return input[0] == 3 and output == [2, 1]", 1.0),
        ("def check(**given): return given['output'] == [2, 1]", 1.0),
        ("def check(expected, *, output, strict=True): return strict and output != expected", 1.0),
        ("def check(output): return 0.25", 0.25),
        ("def check(output): return 1", 1.0),
        ("def check(output): return False, 'not this'", 0.0),
        ("def check(output): return 0.5, 'half'", 0.5),
        ("import numpy as np\ndef check(output): return np.all(np.array(output) > 0)", 1.0),
        ("import numpy as np\ndef check(output): return np.float64(0.5)", 0.5),
        ("class check:\n    def __new__(cls, output): return True", 1.0),
    ],
)
def test_a_judge_names_what_it_takes_and_returns_a_score(source: str, expected: float) -> None:
    assert values(source, function([2, 1], (3,), expected=[1, 2])) == [expected]


def test_the_judges_words_are_privileged() -> None:
    answer = score("def check(output): return False, 'wanted 42'", function(1))
    assert answer["cases"] == [
        {"value": 0.0, "reason": "judge_rejected", "privileged": "wanted 42"}
    ]


def test_stdio_judges_see_text() -> None:
    source = "def check(input, output, expected): return output.split() == input.split()[::-1]"
    cases = [stdio("b a", "a b", expected="x"), stdio("a b", "a b", expected="x")]
    assert values(source, *cases) == [1.0, 0.0]


def test_a_case_without_expected_output_gets_none() -> None:
    assert values("def check(output, expected): return expected is None", function(1)) == [1.0]


def test_values_are_copies_of_each_call() -> None:
    source = "def check(input, output): output.append(1); input[0].clear(); return len(output) == 1"
    case = function([], ([5],))
    assert values(source, case, case) == [1.0, 1.0]


@pytest.mark.parametrize(
    "body",
    [
        "return output[0]",
        "return None",
        "return 'yes'",
        "return 2",
        "raise SystemExit(0)",
        "return float('nan')",
    ],
)
def test_a_judge_that_fails_on_a_candidates_output_rejects_it(body: str) -> None:
    source = f"def check(output):\n    if output == 7: return True\n    {body}"
    assert values(source, function(3, expected=7)) == [0.0]
    assert values(source, function(3)) == [0.0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return misspelt", "judge_raised"),
        ("return None", "judge_value"),
        ("return 7", "judge_value"),
        ("return -0.1", "judge_value"),
        ("return (True, 'a', 'b')", "judge_value"),
        ("raise KeyboardInterrupt", "judge_raised"),
    ],
)
def test_a_judge_that_fails_on_the_expected_output_too_is_the_tasks_fault(
    body: str, reason: str
) -> None:
    answer = score(f"def check(output): {body}", function(3, expected=7))
    assert answer["task_error"]["code"] == "BAD_GROUND_TRUTH"
    assert answer["task_error"]["reason"] == reason


@pytest.mark.parametrize(
    "body",
    [
        "a, b = output",
        "return output[0] == 1",
        "return int(str(output) + 'x')",
        "return output.no_such",
        "assert output == 7",
        "raise SystemExit",
    ],
)
def test_no_output_makes_a_fault_of_a_task_that_expects_something_else_than_an_output(
    body: str,
) -> None:
    source = f"def check(output):\n    if output == [1, 1]: return True\n    {body}"
    assert values(source, function(5, expected=2)) == [0.0]


@pytest.mark.parametrize(
    ("source", "code", "reason"),
    [
        ("def check(output: return 1", "INVALID_TASK", "syntax_error"),
        ("1 / 0", "BAD_GROUND_TRUTH", "judge_raised"),
        ("raise SystemExit", "BAD_GROUND_TRUTH", "judge_raised"),
        ("x = 1", "INVALID_TASK", "judge_without_check"),
        ("check = 1", "INVALID_TASK", "judge_without_check"),
        ("def check(result): return True", "INVALID_TASK", "judge_signature"),
        ("def check(output, /): return True", "INVALID_TASK", "judge_signature"),
        ("import no_such_module\ndef check(output): return 1", "INVALID_TASK", "module_missing"),
    ],
)
def test_a_judge_that_cannot_be_used_fails_the_task(source: str, code: str, reason: str) -> None:
    with pytest.raises(TaskFault) as caught:
        judge.prepare({"source": source})
    assert (caught.value.code, caught.value.reason) == (code, reason)


def test_in_a_checker(nursery: Nursery) -> None:
    source = "seen = []\ndef check(output): seen.append(1); return len(seen) == 1"
    with checker(nursery, "judge", source=source) as started:
        assert started.prepared == {
            "prepared": True,
            "names": [],
            "capture": False,
            "forks": True,
        }
        for _ in range(2):  # a judge keeps no state from one completion to the next
            assert started.ask({"cases": [function(1)]})["cases"][0]["value"] == 1.0


def test_a_judge_that_overspends_or_crashes_costs_its_item(nursery: Nursery) -> None:
    source = """
import os
def check(output):
    while output == 'spin':
        pass
    if output == 'crash':
        os.kill(os.getpid(), 11)
    if output == 'leave':
        os._exit(0)
    return True
"""
    with checker(nursery, "judge", source=source, cpu_s=0.1) as started:
        assert started.ask({"cases": [function("spin")]}) == {"checker_cpu": True}
        assert started.ask({"cases": [function("crash")]}) == {"crashed": -11, "trust": ""}
        assert started.ask({"cases": [function("leave")]}) == {"crashed": 0, "trust": ""}
        assert started.ask({"cases": [function("fine")]})["cases"][0]["value"] == 1.0
