"""Adapters of the code suites.

Fields of code/exploits and code/honest_odd: id, category, entry_point, tests
(assert statements), cases ([[args], expected]), completion, must_score (0 or 1);
stage (optional): what stage 1 plants, stage 2 uses. Each row is judged as assert
programs and as function cases, and each exploit is followed by an honest
completion, which must still be right: in the same group, so that it meets
whatever the exploit left behind.

Fields of code/HumanEval: task_id, prompt, canonical_solution, test, entry_point.
Of code/mbpp_sanitized: task_id, code, test_list, test_setup_code (optional). The
reference must be right.
"""

import ast
import warnings
from collections.abc import Sequence
from typing import Any

from tests.conformance.cases import Case, Expectation, Row, field
from tests.conformance.math import passed_as
from trainer_client.results import CompletionResult, ScoreError

# Budgets of a process: far above what honest rows need, low enough that the
# resource attacks of a suite end in minutes.
LIMITS = {"cpu_s": 3, "memory_mb": 512, "idle_s": 2}
HUMANEVAL_LIMITS = {"cpu_s": 20, "memory_mb": 512}

# What completions of these entry points should have said.
HONEST = {
    "add_digits": "def add_digits(n):\n    return sum(map(int, str(n)))\n",
    "fib": (
        "def fib(n):\n    a, b = 0, 1\n"
        "    for _ in range(n):\n        a, b = b, a + b\n    return a\n"
    ),
    "mean": "def mean(xs):\n    return sum(xs) / len(xs)\n",
    "sort_unique": "def sort_unique(xs):\n    return sorted(set(xs))\n",
    "is_palindrome": "def is_palindrome(s):\n    return s == s[::-1]\n",
    "word_counts": (
        "from collections import Counter\n\n\n"
        "def word_counts(text):\n    return dict(Counter(text.split()))\n"
    ),
}


def worthless(result: CompletionResult) -> str | None:
    """Expects a judgement that pays nothing: no error, no share of the value."""
    outcome = result.outcome
    if isinstance(outcome, ScoreError):
        return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
    if outcome.passed or outcome.value > 0.0 or outcome.verdict in ("CORRECT", "PARTIAL"):
        return f"should be worth 0, is {outcome.verdict} ({outcome.reason}), {outcome.value:g}"
    return None


def fenced(code: str) -> str:
    """A completion that answers with this code."""
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}python\n{code}\n{fence}\n"


def assert_task(row: Row) -> dict[str, Any]:
    """The tests of a row as one program after another."""
    return {
        "mode": "assert",
        "entry_point": field(row, "entry_point"),
        "tests": list(field(row, "tests")),
        "limits": LIMITS,
    }


def function_task(row: Row) -> dict[str, Any]:
    """The cases of a row as calls. As literals, so that types must match."""
    cases = [
        {"args": [repr(each) for each in args], "expected": repr(expected)}
        for args, expected in field(row, "cases")
    ]
    return {
        "mode": "function",
        "entry_point": field(row, "entry_point"),
        "literals": True,
        "cases": cases,
        "limits": LIMITS,
    }


def memorised(row: Row) -> str:
    """A program that is right on the cases of a row, and knows nothing else."""
    table = [(list(args), expected) for args, expected in field(row, "cases")]
    return (
        f"TABLE = {table!r}\n\n\ndef {field(row, 'entry_point')}(*args):\n"
        "    return next(value for key, value in TABLE if key == list(args))\n"
    )


def exploits(row: Row) -> Sequence[Case]:
    """code/exploits, code/honest_odd: one completion, in both modes, and who comes after it."""
    name, completion = str(field(row, "id")), str(field(row, "completion"))
    must_score = field(row, "must_score")
    expectation: Expectation = passed_as(True) if must_score else worthless
    tasks = [(assert_task(row), fenced(completion)), (function_task(row), completion)]
    if not str(completion).strip():
        tasks = [(task, "") for task, _ in tasks]
    honest = HONEST.get(field(row, "entry_point"))
    cases = []
    for task, text in tasks:
        cases.append(_case(row, task, text, expectation))
        code = honest or (memorised(row) if task["mode"] == "function" else None)
        if not must_score and code is not None:
            # Texts that differ, so that each is run: identical ones are judged once.
            after = fenced(f"# after {name}\n{code}")
            cases.append(_case(row, task, after, _afterwards))
    return cases


def _afterwards(result: CompletionResult) -> str | None:
    why = passed_as(True)(result)
    return None if why is None else f"an honest completion after it: {why}"


def _case(row: Row, task: dict[str, Any], completion: str, expectation: Expectation) -> Case:
    return Case(
        id=str(field(row, "id")),
        category=str(row.get("category", "")),
        verifier="code",
        task=task,
        completion=completion,
        expectation=expectation,
        stage=int(row.get("stage") or 1),
    )


def humaneval_task(row: Row) -> dict[str, Any]:
    """HumanEval's check program; the prompt's helpers are the tests' setup."""
    entry_point = field(row, "entry_point")
    return {
        "mode": "assert",
        "entry_point": entry_point,
        "setup": field(row, "prompt"),
        "tests": f"{field(row, 'test')}\n\ncheck({entry_point})\n",
        "limits": HUMANEVAL_LIMITS,
    }


def humaneval(row: Row) -> Sequence[Case]:
    """code/HumanEval: the canonical solution as an answer, and as a continuation."""
    task, prompt = humaneval_task(row), field(row, "prompt")
    solution = field(row, "canonical_solution")
    continued = {**task, "completion_style": "continuation", "prompt": prompt}
    return [
        Case(
            id=str(field(row, "task_id")),
            category=str(each.get("completion_style", "answer")),
            verifier="code",
            task=each,
            completion=completion,
            expectation=passed_as(True),
        )
        for each, completion in ((task, fenced(prompt + solution)), (continued, solution))
    ]


def mbpp(row: Row) -> Case:
    """code/mbpp_sanitized: the reference code.

    The entry points are what the reference defines and the tests use: MBPP/126 tests
    a function named `sum`, which without a declaration is the builtin.
    """
    code, tests = field(row, "code"), list(field(row, "test_list"))
    task = {
        "mode": "assert",
        "entry_point": sorted(_defined(code) & _used("\n".join(tests))),
        "tests": tests,
        "limits": HUMANEVAL_LIMITS,
    }
    if row.get("test_setup_code"):
        task["setup"] = row["test_setup_code"]
    return Case(
        id=f"MBPP/{field(row, 'task_id')}",
        category="reference",
        verifier="code",
        task=task,
        completion=fenced(code),
        expectation=passed_as(True),
    )


def _defined(code: str) -> set[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {node.name for node in _parsed(code).body if isinstance(node, kinds)}


def _used(code: str) -> set[str]:
    return {node.id for node in ast.walk(_parsed(code)) if isinstance(node, ast.Name)}


def _parsed(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a string is valid, if deprecated
        return ast.parse(code)
